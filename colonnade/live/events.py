"""What a stream says, in the bytes of server-sent events. The protocol is written down in docs/rooms/live.md."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from colonnade.core.push import cursors
from colonnade.live.client import MANY, Hint

END = b"event: end\ndata: {}\n\n"
"""What you may see has changed: fetch a new token, or go."""

CUT = b"event: cut\ndata: {}\n\n"
"""You read too slowly: come back with the last id you have."""

BEAT = b":\n\n"

_FIELDS = ("place", "conversation", "watch")


def hint(unsaid: frozenset[Hint], position: int) -> bytes:
    """Where to look, and the cursor of having said so."""
    return b"id: %b\nevent: hint\ndata: %b\n\n" % (_cursor(position), msgspec.json.encode(_data(unsaid)))


def renew(position: int) -> bytes:
    """Your token is about to end: fetch another and come back."""
    return b"id: %b\nevent: renew\ndata: {}\n\n" % _cursor(position)


def reload(position: int) -> bytes:
    """You were away for longer than is remembered: load the page again."""
    return b"id: %b\nevent: reload\ndata: {}\n\n" % _cursor(position)


def beat(position: int) -> bytes:
    """Still here; and, without waking anybody, a newer cursor."""
    return b":\nid: %b\n\n" % _cursor(position)


def greeting(position: int, retry_ms: int) -> bytes:
    """The first bytes: how long to wait before coming back, and where this stream begins."""
    return b"retry: %d\nid: %b\n\n" % (retry_ms, _cursor(position))


def _cursor(position: int) -> bytes:
    return cursors.seal(position).encode()


def _data(unsaid: frozenset[Hint]) -> dict[str, Any]:
    """One hint as it is; several as what they have in common, with each of them under `parts`."""
    if unsaid is MANY:
        return {**dict.fromkeys(_FIELDS), "many": True}
    parts = [_named(one) for one in sorted(unsaid, key=_order)]
    if len(parts) == 1:
        return {**parts[0]}
    common = {name: _common(part[name] for part in parts) for name in _FIELDS}
    return {**common, "parts": parts}


def _named(one: Hint) -> dict[str, str | None]:
    """Ids as strings: JavaScript loses digits of a number above 2**53."""
    return {name: None if id_ is None else str(id_) for name, id_ in zip(_FIELDS, one, strict=True)}


def _common(values: Iterable[str | None]) -> str | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _order(one: Hint) -> tuple[int, ...]:
    return tuple(id_ or 0 for id_ in one)
