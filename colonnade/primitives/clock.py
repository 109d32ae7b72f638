"""The one source of time, so that a test can move it.

Every other module asks `now()` or `now_ms()`; nothing else in the house calls `time.time()` or `datetime.now()`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_wall: Callable[[], float] = time.time
_told: ContextVar[float | None] = ContextVar("told", default=None)


def now_s() -> float:
    """Seconds since 1970-01-01 UTC, as a float."""
    told = _told.get()
    return _wall() if told is None else told


def now_ms() -> int:
    """Whole milliseconds since 1970-01-01 UTC: those of `now()`."""
    return (
        round(now_s() * 1_000_000) // 1000
    )  # a float of seconds times 1000 falls short of some milliseconds


def ms_of(moment: datetime) -> int:
    """The whole milliseconds since 1970-01-01 UTC of an aware moment, exactly."""
    return (moment - _EPOCH) // _MILLISECOND


def moment_of(ms: int) -> datetime:
    """The moment, aware and in UTC, that lies `ms` milliseconds after 1970-01-01 UTC, exactly."""
    return _EPOCH + timedelta(milliseconds=ms)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.fromtimestamp(now_s(), UTC)


def monotonic_s() -> float:
    """Seconds on a clock that no one can set back: for durations and leases inside one process."""
    return time.monotonic()


@contextmanager
def told_as_of(seconds: float) -> Iterator[None]:
    """For a made-up past: whatever this thread does meanwhile happens at that moment (seconds since 1970), and no other
    thread notices."""
    token = _told.set(seconds)
    try:
        yield
    finally:
        _told.reset(token)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[Callable[[float], None]]:
    """Stop the clock at `moment` (aware); yields a function that moves it by some seconds, back when negative."""
    global _wall
    before, at = _wall, [moment.timestamp()]

    def move(seconds: float) -> None:
        at[0] += seconds

    _wall = lambda: at[0]  # noqa: E731
    try:
        yield move
    finally:
        _wall = before


@contextmanager
def running_from(moment: datetime) -> Iterator[None]:
    """Go on as ever, only that it is `moment` (aware) at the beginning."""
    global _wall
    before, began = _wall, moment.timestamp() - time.monotonic()
    _wall = lambda: began + time.monotonic()  # noqa: E731
    try:
        yield
    finally:
        _wall = before
