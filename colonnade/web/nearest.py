"""What stands nearest to an address that leads nowhere: a way on, out of what its viewer may see.

Words of an address count only where nothing of ours answers such addresses at all. Where a page of ours says that a
thing is not there, its address must not change the answer: hidden and absent would differ by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import PostLine
from colonnade.places import queries as places
from colonnade.places.models import Place, PlaceKind

LOOKED_AT = 40
SHOWN = 4
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Nearest:
    """Talks and spaces, the nearest first; `words` are those of the address, for the search box."""

    talks: list[PostLine]
    spaces: list[Place]
    words: str


def nearest(request: HttpRequest, viewer: Viewer) -> Nearest:
    """The nearest things; five to six statements, however the address reads."""
    words = words_of(request)
    rows = places.places_for(viewer).filter(kind=PlaceKind.SPACE).select_related("space")
    spaces = list(rows.order_by("name")[:50])
    newest = conversations.newest(viewer, places=[one.pk for one in spaces], limit=LOOKED_AT)
    first_of_talk: dict[int, PostLine] = {}
    for line in sorted(conversations.lines(viewer, newest), key=lambda one: (-_talk(one, words), -one.id)):
        first_of_talk.setdefault(line.conversation, line)
    spaces.sort(key=lambda place: -_near(words, place.name, place.space.purpose))
    return Nearest(list(first_of_talk.values())[:SHOWN], spaces[:SHOWN], " ".join(words))


def words_of(request: HttpRequest) -> list[str]:
    """The words of an address that none of our pages answers; none of any other."""
    if request.resolver_match is not None:
        return []
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(request.path)))[:8]


def _talk(line: PostLine, words: list[str]) -> int:
    return _near(words, line.title, line.text, line.place_name)


def _near(words: list[str], *texts: str) -> int:
    """How many of the words begin a word of the texts."""
    there = {word.lower() for text in texts for word in _WORD.findall(text)}
    return sum(any(one.startswith(word) for one in there) for word in words)
