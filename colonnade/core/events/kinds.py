"""What a fact looks like: events and the hints that travel beside them."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

E = TypeVar("E", bound="Event")

_kinds: dict[str, type[Event]] = {}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that an action announces: ids and small plain values only, never text that somebody wrote.

    Each room's `events.py` holds its own: `class PostsReceived(Event, frozen=True, kw_only=True): posts: list[int]`.
    A new field needs a default, since rows of the last release are still to be heard.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _kinds[kind_of(cls)] = cls


class Hint(msgspec.Struct, frozen=True, array_like=True):
    """Where a viewer who sees `audience` should look again; 0 means no particular one. Never what has changed."""

    audience: int
    place: int = 0
    conversation: int = 0
    watch: int = 0


def kind_of(event: type[Event]) -> str:
    """The name under which an event is stored: `room.ClassName`."""
    parts = event.__module__.split(".")
    room = parts[1] if parts[0] == "colonnade" and len(parts) > 1 else parts[-1]
    return f"{room}.{event.__name__}"


def kinds() -> dict[str, type[Event]]:
    """Every kind of event that this process knows, by its name."""
    return dict(_kinds)


def decode(kind: str, payload: str) -> Event:
    """The event stored under `kind`; KeyError when this release does not know the kind."""
    return msgspec.json.decode(payload, type=_kinds[kind])
