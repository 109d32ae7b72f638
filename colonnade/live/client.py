"""One open stream, as the hub knows it. Kept small: there are ten thousand of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from colonnade.core.push.tokens import Channels
from colonnade.live.wire import Wire

Send = Callable[[dict[str, Any]], Awaitable[None]]
Hint = tuple[int | None, int | None, int | None]
"""Place, conversation, watch: where to look."""

MANY: frozenset[Hint] = frozenset({(None, None, None)})
"""Too much at once to name: look everywhere."""


class Client:
    """A stream and what it has not been told yet.

    The state is bounded: not a queue of events but one small set of places to look at, however slow the reader.
    """

    __slots__ = (
        "address",
        "audiences",
        "brief",
        "channels",
        "congested_since",
        "due",
        "flushed_at",
        "keys",
        "parting",
        "ready",
        "send",
        "slot",
        "unsaid",
        "wire",
    )

    def __init__(
        self,
        channels: Channels,
        audiences: frozenset[int],
        keys: frozenset[int],
        send: Send,
        wire: Wire,
        address: str = "",
    ) -> None:
        self.channels = channels
        self.audiences = audiences
        self.keys = keys
        self.send = send
        self.wire = wire
        self.address = address
        self.unsaid: frozenset[Hint] | None = None
        self.ready = False  # false until the backlog is read: nothing is sent before it
        self.due = False  # whether a flush is already arranged
        self.flushed_at = float("-inf")
        self.congested_since: float | None = None
        self.parting: bytes | None = None
        self.slot = 0
        self.brief = False  # whether its token ends so soon that it is ended by a clock of its own

    def mark(self, hints: frozenset[Hint], most: int) -> None:
        """There is something to look at. Beyond `most` places they become "look everywhere"."""
        if self.unsaid is None:
            self.unsaid = hints
        elif self.unsaid is not MANY and self.unsaid is not hints:
            joined = self.unsaid | hints
            self.unsaid = joined if len(joined) <= most and hints is not MANY else MANY
