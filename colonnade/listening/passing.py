"""Posts that stream by and are dropped: a room above may listen to them too, to count and to keep nothing else.

It registers with `heard_by` when the program starts. `hear` only takes notes in memory; `keep` is called in the transaction
that writes how far the stream was read, and writes what was noted, as often as it sees fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from colonnade.listening.language.reading import Heard
from colonnade.places.models import Place


class Listener(Protocol):
    """Hears what passes by of one source, in one process."""

    def hear(self, posts: Sequence[Heard]) -> None:
        """Take note of posts that are dropped. Called for each batch, so it costs microseconds a post."""

    def keep(self, *, last: bool = False) -> None:
        """Write what was noted, or leave it for later unless it is the `last` time; in the transaction that moves the cursor
        behind it."""


class _Deaf:
    def hear(self, posts: Sequence[Heard]) -> None:
        """Nobody listens."""

    def keep(self, *, last: bool = False) -> None:
        """There is nothing."""


_made: list[Callable[[Place], Listener | None]] = []


def heard_by(made: Callable[[Place], Listener | None]) -> None:
    """Have this called for each source that streams: who listens to it, None for nobody. Called at start, by one room."""
    _made[:] = [made]


def listener_for(place: Place) -> Listener:
    """Who hears what passes by of a source."""
    return (_made[0](place) if _made else None) or _Deaf()
