"""The loop of a worker process: numbers facts, lets subscribers hear them, runs due work, keeps the house.

Four kinds of thread, so that a slow piece of work never holds up what people wait for: one numbers (PostgreSQL), one
pumps, `COLONNADE_WORK_THREADS` run work, and the caller's own keeps: heartbeat, schedules, checkpoints, forgetting.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import connection

from colonnade.core import audit, db, events, wake, work
from colonnade.core.models import Heartbeat
from colonnade.primitives import clock

log = logging.getLogger(__name__)

HEARTBEAT_S = 5
BUSY_S, REST_S = 0.010, 0.100


def run(stop: threading.Event, name: str) -> None:
    """Work until `stop` is set, under the process name `name`; returns when what was begun has ended.

    An error in one of the threads is logged and that thread goes on a second later with a new connection.
    """
    events.subscribers()
    work.discover()
    threads = [threading.Thread(target=_pump_loop, args=(stop,), name="pump", daemon=True)]
    if db.is_postgres():
        threads.append(threading.Thread(target=_stamp_loop, args=(stop,), name="stamp", daemon=True))
    for number in range(settings.COLONNADE_WORK_THREADS):
        threads.append(threading.Thread(target=_work_loop, args=(stop,), name=f"work-{number}", daemon=True))
    for thread in threads:
        thread.start()
    try:
        _keep_loop(stop, name)
    finally:
        for thread in threads:
            thread.join()
        silence(name)
        connection.close()


def _steadily(stop: threading.Event, turn: Callable[[], bool], rest: Callable[[], object]) -> None:
    """Take turns until stopped; `turn` says whether there was anything to do, `rest` waits when there was not."""
    try:
        while not stop.is_set():
            try:
                if not turn():
                    rest()
            except Exception:
                log.exception("A turn of %s failed", threading.current_thread().name)
                connection.close()
                stop.wait(1)
    finally:
        connection.close()


def _pump_loop(stop: threading.Event) -> None:
    with wake.Waiter() as waiter:
        _steadily(stop, lambda: events.pump() > 0, lambda: waiter.wait(wake.POLL_S))


def _work_loop(stop: threading.Event) -> None:
    with wake.Waiter() as waiter:
        _steadily(stop, lambda: work.run_due(1) > 0, lambda: waiter.wait(wake.POLL_S))


def _stamp_loop(stop: threading.Event) -> None:
    idle = [0]

    def rest() -> None:
        # Busy for the first second after something came, at rest then.
        idle[0] += 1
        stop.wait(BUSY_S if idle[0] < 100 else REST_S)

    def turn() -> bool:
        count = events.stamp()
        if count:
            idle[0] = 0
        return count > 0

    _steadily(stop, turn, rest)


def _keep_loop(stop: threading.Event, name: str) -> None:
    last = {"beat": float("-inf"), "declared": float("-inf")}

    def turn() -> bool:
        now = clock.monotonic_s()
        if now - last["declared"] >= 3600:
            work.declare()
            last["declared"] = now
        if now - last["beat"] >= HEARTBEAT_S:
            beat(name)
            last["beat"] = now
        work.come_round()
        audit.seal()
        db.checkpoint()
        return False

    _steadily(stop, turn, lambda: stop.wait(1))


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
    """Stamp, pump, run due work and chain the audit log in this thread until nothing is left; returns how much was done. For tests and
    short commands; what is due later is not waited for."""
    total = 0
    for _ in range(rounds):
        count = events.stamp() + events.pump() + work.run_due(50) + audit.seal()
        total += count
        if not count:
            break
    return total
