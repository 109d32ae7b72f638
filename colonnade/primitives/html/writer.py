"""Plain text as safe HTML."""

from __future__ import annotations

import re
from collections.abc import Callable

from colonnade.primitives.entities import Dialect, Entity, entities
from colonnade.primitives.html.cleaner import REL, written_by_us
from colonnade.primitives.html.safe import SafeHtml
from colonnade.primitives.html.tidy import leads_somewhere
from colonnade.primitives.html.tokens import escape, escape_attribute
from colonnade.primitives.text import MAX_TEXT, bounded, normalise

AddressOf = Callable[[Entity], str | None]

MAX_LINKS = 300
"""Entities that become links; a text with more is no message, and the rest stay plain words."""
MAX_PARAGRAPHS = 500

_SHOWN = 40
_BETWEEN_PARAGRAPHS = re.compile(r"\n(?:\s|&nbsp;)*\n")
_BARE_AND_MEANT = re.compile(r"www\.|[^/]*/|(?:[^/]*\.)?[^/.]+\.(?:com|net|org)\Z", re.IGNORECASE)


def usual_address(entity: Entity) -> str | None:
    """Where an entity leads when nobody knows better: an address to itself, a person of another server to their page
    there; a hashtag and a local name nowhere.

    An address written without a scheme is meant as one if it begins with "www.", has a path or ends in com, net or
    org: "report.py" is a file and "3.am" a time, though both end as domains do.
    """
    if entity.kind == "url":
        bare = entity.value.removeprefix("https://")
        return entity.value if not entity.bare or _BARE_AND_MEANT.match(bare) else None
    if entity.kind == "mention" and entity.host:
        return f"https://{entity.host}/@{entity.value}"
    return None


def from_text(
    text: str, *, dialect: Dialect = Dialect.FEDIVERSE, address_of: AddressOf = usual_address
) -> SafeHtml:
    """Plain `text` as safe HTML: paragraphs at blank lines, breaks at line ends, addresses and mentions as links.

    `address_of` gives where an entity leads, or None for nowhere (mentions and hashtags are then marked but no links).
    Long addresses are shown short, with the rest there for who copies them. Cut at MAX_TEXT, which `was_cut` tells.
    """
    text, was_huge = bounded(text, 2 * MAX_TEXT)
    text, was_long = bounded(normalise(normalise(text).strip()))
    pieces: list[str] = []
    at = 0
    for entity in entities(text, dialect)[:MAX_LINKS]:
        pieces += [
            escape(text[at : entity.start]),
            _linked(entity, text[entity.start : entity.end], address_of),
        ]
        at = entity.end
    pieces.append(escape(text[at:]))
    return written_by_us(_in_paragraphs("".join(pieces)), was_cut=was_huge or was_long)


def _in_paragraphs(line_by_line: str) -> str:
    if not line_by_line:
        return ""
    paragraphs = _BETWEEN_PARAGRAPHS.split(line_by_line, maxsplit=MAX_PARAGRAPHS - 1)
    return "".join("<p>" + paragraph.replace("\n", "<br>") + "</p>" for paragraph in paragraphs)


def _linked(entity: Entity, written: str, address_of: AddressOf) -> str:
    address = address_of(entity)
    class_ = f' class="{entity.kind}"' if entity.kind in ("mention", "hashtag") else ""
    shown = _short(written, bare=entity.bare) if entity.kind == "url" else escape(written)
    if address and (address := leads_somewhere(address)):
        return f'<a href="{escape_attribute(address)}"{class_} rel="{REL}">{shown}</a>'
    return f"<span{class_}>{escape(written)}</span>" if class_ else escape(written)


def _short(address: str, *, bare: bool) -> str:
    """An address with its scheme and its far end hidden, so that the host comes first; all of it stays in the text."""
    scheme, separator, rest = ("", "", address) if bare else address.partition("://")
    hidden = f'<span class="invisible">{escape(scheme + separator)}</span>' if separator else ""
    if len(rest) <= _SHOWN:
        return hidden + escape(rest)
    return (
        f'{hidden}<span class="ellipsis">{escape(rest[:_SHOWN])}</span>'
        f'<span class="invisible">{escape(rest[_SHOWN:])}</span>'
    )
