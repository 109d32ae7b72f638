"""Facts that this room announces."""

from __future__ import annotations

from colonnade.core.events import Event


class NoticeMade(Event):
    """Somebody is told something; without `rings` their devices stay silent: it waits in the list and for the letter."""

    notice: int
    person: int
    rings: bool = True
