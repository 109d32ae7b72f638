"""Facts that this room announces."""

from __future__ import annotations

from colonnade.core.events import Event


class GrantMade(Event):
    """A program may act in a person's name."""

    grant: int
    person: int


class GrantRevoked(Event):
    """A token is dead."""

    grant: int
    person: int
