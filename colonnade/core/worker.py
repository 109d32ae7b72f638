"""The loop of a worker process: numbers facts, lets subscribers hear them, runs due work, keeps the house.

Several threads, so that a slow piece of work never holds up what people wait for: one listens for wakes and rings the
others, one numbers (PostgreSQL), one pumps, `COLONNADE_WORK_THREADS` run work, each stream that is read has one of its own,
and the caller's own keeps: heartbeat, schedules, audit chain, checkpoints.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection

from colonnade.core import audit, db, events, stream, wake, work
from colonnade.core.models import Heartbeat
from colonnade.primitives import clock

log = logging.getLogger(__name__)

HEARTBEAT_S = 5
DECLARE_S = 3600
KEEP_S = 1
BUSY_S, REST_S = 0.010, 0.100
SET_BACK_S = 30
MOST_STREAMS = 16


class Bell:
    """Rings every thread of this process when another process has something for it."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.rung = 0

    def ring(self) -> None:
        with self._condition:
            self.rung += 1
            self._condition.notify_all()

    def wait(self, heard: int, timeout_s: float) -> None:
        """Wait until it has rung more than `heard` times, at most so many seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self.rung != heard, timeout_s)


def run(stop: threading.Event, name: str) -> None:
    """Work until `stop` is set, under the process name `name`; returns when what was begun has ended.

    An error in one of the threads is logged, and that thread goes on a second later with a new connection.
    """
    events.subscribers()
    work.discover()
    bell = Bell()
    loops: dict[str, Callable[[], None]] = {
        "listen": lambda: _listen(stop, bell),
        "pump": lambda: _steadily(stop, bell, lambda: events.pump() > 0),
        "streams": lambda: _streams(stop),
    }
    if stream.is_shared():
        loops["shared"] = lambda: _steadily(stop, bell, stream.take_turns)
    if db.is_postgres():
        loops["stamp"] = lambda: _stamp(stop)
    for number in range(settings.COLONNADE_WORK_THREADS):
        loops[f"work-{number}"] = lambda: _steadily(stop, bell, lambda: work.run_due(1) > 0)
    threads = [threading.Thread(target=loop, name=label, daemon=True) for label, loop in loops.items()]
    for thread in threads:
        thread.start()
    try:
        _keep(stop, name)
    finally:
        bell.ring()
        for thread in threads:
            thread.join()
        with contextlib.suppress(DatabaseError):
            silence(name)
        connection.close()


def _listen(stop: threading.Event, bell: Bell) -> None:
    with wake.Waiter() as waiter:
        while not stop.is_set():
            if waiter.wait(wake.POLL_S):
                bell.ring()
    bell.ring()


def _steadily(stop: threading.Event, bell: Bell, turn: Callable[[], bool]) -> None:
    """Take turns until stopped; `turn` says whether there was anything to do, and when not, wait for the bell."""
    try:
        while not stop.is_set():
            heard = bell.rung
            if not _safely(stop, turn):
                bell.wait(heard, wake.POLL_S)
    finally:
        connection.close()


def _safely(stop: threading.Event, turn: Callable[[], bool]) -> bool:
    try:
        return turn()
    except Exception:
        log.exception("A turn of %s failed", threading.current_thread().name)
        connection.close()
        stop.wait(1)
        return False


def _streams(stop: threading.Event) -> None:
    """Give a thread of its own to each piece of work that lasts as long as the worker."""
    running: list[threading.Thread] = []

    def turn() -> bool:
        running[:] = [thread for thread in running if thread.is_alive()]
        free = MOST_STREAMS - len(running)
        for claimed in work.claim(free, queues=(work.STREAMS,)) if free else []:
            label = f"stream-{claimed.id}"
            thread = threading.Thread(target=_stream, args=(claimed, stop), name=label, daemon=True)
            running.append(thread)
            thread.start()
        return False

    try:
        while not stop.is_set():
            _safely(stop, turn)
            stop.wait(KEEP_S)
    finally:
        connection.close()
        for thread in running:
            thread.join()


def _stream(claimed: work.Claim, stop: threading.Event) -> None:
    try:
        work.run_claimed(claimed, stop)
    except Exception:
        log.exception("A stream failed")
    finally:
        connection.close()


def _stamp(stop: threading.Event) -> None:
    # Busy for a second after something came, then at rest.
    quiet_since = clock.monotonic_s()
    try:
        while not stop.is_set():
            if _safely(stop, lambda: events.stamp() > 0):
                quiet_since = clock.monotonic_s()
            else:
                stop.wait(BUSY_S if clock.monotonic_s() - quiet_since < 1 else REST_S)
    finally:
        connection.close()


class _Keeper:
    """What is done about once a second, and what every so often."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.last: dict[str, float] = {}
        self.ahead = float("inf")

    def turn(self) -> bool:
        if self._time_for("beat", HEARTBEAT_S):
            beat(self.name)
        if self._time_for("declare", DECLARE_S):
            work.declare()
        self._watch_the_clock()
        work.come_round()
        audit.seal()
        db.checkpoint()
        return False

    def _time_for(self, what: str, every_s: float) -> bool:
        now = clock.monotonic_s()
        if now - self.last.get(what, float("-inf")) < every_s:
            return False
        self.last[what] = now
        return True

    def _watch_the_clock(self) -> None:
        # By how much the wall's clock is ahead of the one that nobody can set; at the start it may have been set before.
        ahead = clock.now_s() - clock.monotonic_s()
        if ahead < self.ahead - SET_BACK_S:
            work.make_up_for_clock()
            events.make_up_for_clock()
            beat(self.name)
        self.ahead = ahead


def _keep(stop: threading.Event, name: str) -> None:
    keeper = _Keeper(name)
    while not stop.is_set():
        _safely(stop, keeper.turn)
        stop.wait(KEEP_S)


def beat(process: str) -> None:
    """Say that this process lives."""
    now = clock.now_ms()
    with db.machinery():
        if not Heartbeat.objects.filter(process=process).update(at_ms=now):
            Heartbeat.objects.create(process=process, started_ms=now, at_ms=now)


def silence(process: str) -> None:
    """Say that this process has ended as it should, so that nobody looks for it."""
    with db.machinery():
        Heartbeat.objects.filter(process=process).delete()


def settle(rounds: int = 50) -> int:
    """Stamp, pump, run due work and chain the audit log in this thread until nothing is left; returns how much was
    done. For tests and short commands; what is due later is not waited for."""
    total = 0
    for _ in range(rounds):
        count = events.stamp() + events.pump() + work.run_due(50) + audit.seal()
        total += count
        if not count:
            break
    return total
