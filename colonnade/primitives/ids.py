"""64-bit ids that sort by time: milliseconds since 1970 shifted by 16, plus 16 random bits.

Newest first, the hour, and paging come from the id alone. An id says when a thing was *published*; the order of
*arrival* is the event sequence. In JSON an id is a string, since JavaScript loses digits above 2**53.
"""

from __future__ import annotations

import os
import random
import threading
from datetime import datetime

from colonnade.primitives import clock

EARLIEST_MS = 946_684_800_000  # 2000-01-01T00:00:00Z
_RANDOM_BITS = 16
_RANDOM = 1 << _RANDOM_BITS
_MAX = (1 << 63) - 1
_REMEMBERED = 4_096

# Not secret: an id must be hard to meet again, not hard to guess. A forked child draws numbers of its own.
_random = random.Random()
os.register_at_fork(after_in_child=_random.seed)

_recent: dict[int, set[int]] = {}
_lock = threading.Lock()


def clamp_ms(published_ms: int, arrived_ms: int) -> int:
    """`published_ms` held between the year 2000 and its own arrival: a sender's clock is not to be trusted."""
    return max(EARLIEST_MS, min(published_ms, arrived_ms))


def at(ms: int) -> int:
    """A new id in the given millisecond, or in the next one that has room when half of it is taken.

    Never the same twice in one process while the millisecond is among the last 4,096 used; beyond that, and between
    processes, the database's unique key finds the rare collision and the caller tries again.
    """
    with _lock:
        while True:
            taken = _recent.get(ms)
            if taken is None:
                if len(_recent) >= _REMEMBERED:
                    del _recent[next(iter(_recent))]
                taken = _recent[ms] = set()
            if len(taken) < _RANDOM // 2:
                break
            ms += 1
        while (low := _random.getrandbits(_RANDOM_BITS)) in taken:
            pass
        taken.add(low)
    return (ms << _RANDOM_BITS) | low


def new() -> int:
    """A new id for this moment."""
    return at(clock.now_ms())


def first_of(ms: int) -> int:
    """The smallest id of a millisecond: `id >= first_of(t)` means "published at t or later"."""
    return ms << _RANDOM_BITS


def ms_of(id_: int) -> int:
    """The millisecond that an id carries."""
    return id_ >> _RANDOM_BITS


def moment_of(id_: int) -> datetime:
    """The moment that an id carries, aware, in UTC."""
    return clock.moment_of(ms_of(id_))


def parse(text: str) -> int | None:
    """The id written in `text`, or None if that is no id (not digits, out of range)."""
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    value = int(text)
    return value if value <= _MAX else None
