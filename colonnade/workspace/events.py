"""Facts that this room announces."""

from __future__ import annotations

from colonnade.core.events import Event


class NoticeMade(Event):
    """Somebody is told something."""

    notice: int
    person: int
