"""How fast the streams go: every interval and bound of the room, so that a test can give others."""

from __future__ import annotations

import msgspec


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds, sizes in pieces unless they say bytes."""

    flush_gap_s: float = 0.25
    """At least this long between two hints to one stream: at most four a second."""
    beat_s: int = 20
    """Between two heartbeats of one stream, in whole ticks."""
    tick_s: float = 1.0
    epoch_s: float = 3.0
    """Between two looks at the epochs of those who are connected."""
    renew_before_s: float = 45.0
    """A stream asks for a new token this long before the old one ends; must exceed one round of heartbeats."""
    stuck_s: float = 10.0
    """A reader whose buffer has been full this long is cut."""
    grace_s: float = 5.0
    """After that, the time in which it may still read the marker that says so."""
    write_buffer_bytes: int = 16_384
    socket_buffer_bytes: int = 32_768
    merged: int = 16
    """Distinct hints in one event; more become "look everywhere"."""
    remembered: int = 5_000
    """Outbox rows kept in memory, from which most reconnects catch up."""
    scanned: int = 20_000
    """Outbox rows read for one catch-up at most; whoever missed more reloads the page."""
    per_principal: int = 24
    per_address: int = 400
    """Streams from one address; loopback, where a reverse proxy may stand, is not counted."""
    poll_s: float = 0.25
    """How often the outbox is read where no wake-up comes."""
