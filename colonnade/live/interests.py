"""What a page shows and wants to be woken for. Interests filter; they never open anything."""

from __future__ import annotations

from urllib.parse import parse_qsl

import msgspec

from colonnade.primitives import ids

MOST = 64  # places, conversations and watches that one stream may name
_MOST_FIELDS = 100

PLACE, CONVERSATION, WATCH = 1, 2, 3
EVERYTHING = 0  # the key of "whatever I may see"


class TooMany(ValueError):
    """More interests than one stream may name; its text is a sentence for the caller."""


class Asked(msgspec.Struct, frozen=True):
    """What the address of a stream asks: index keys, cursors already held, and a token where no cookie can be."""

    keys: frozenset[int]
    after: tuple[str, ...]
    channels: str


def key(kind: int, id_: int) -> int:
    """One number for one place, conversation or watch, so that an index holds plain integers."""
    return id_ << 2 | kind


def read(query: str) -> Asked:
    """The interests in a query string. What is no id is passed over; raises TooMany."""
    kinds = {"place": PLACE, "conversation": CONVERSATION, "watch": WATCH}
    keys: set[int] = set()
    after: list[str] = []
    channels = ""
    try:
        fields = parse_qsl(query, max_num_fields=_MOST_FIELDS)
    except ValueError as fault:
        raise TooMany(f"A stream may name at most {MOST} places, conversations and watches.") from fault
    for name, value in fields:
        if name in kinds and (id_ := ids.parse(value)) is not None:
            keys.add(key(kinds[name], id_))
        elif name == "all" and value == "1":
            keys.add(EVERYTHING)
        elif name == "after" and value:
            after.append(value)
        elif name == "channels":
            channels = value
    if len(keys) > MOST:
        raise TooMany(f"A stream may name at most {MOST} places, conversations and watches.")
    return Asked(frozenset(keys), tuple(after), channels)
