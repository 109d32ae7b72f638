"""What a text points at: pages, people, topics and stocks, with the code points where each stands.

Written from Unicode's properties and from how the networks describe their own texts; measured on the conformance cases
of twitter-text. Every function here is linear in the length of the text.
"""

from __future__ import annotations

from colonnade.primitives.entities.hosts import is_top_level
from colonnade.primitives.entities.mentions import mentions, replied_to
from colonnade.primitives.entities.tags import cashtags, hashtags
from colonnade.primitives.entities.types import Dialect, Entity, Kind
from colonnade.primitives.entities.urls import urls

__all__ = [
    "Dialect",
    "Entity",
    "Kind",
    "cashtags",
    "entities",
    "hashtags",
    "is_top_level",
    "mentions",
    "replied_to",
    "urls",
]


def entities(text: str, dialect: Dialect = Dialect.FEDIVERSE) -> list[Entity]:
    """Everything found in `text`, in order and without overlap; what begins first wins, and a url over the rest."""
    found = [*urls(text), *mentions(text, dialect), *hashtags(text), *cashtags(text)]
    found.sort(key=lambda entity: (entity.start, entity.kind != "url"))
    kept: list[Entity] = []
    for entity in found:
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    return kept
