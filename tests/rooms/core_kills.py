"""Run as a process of its own: at each point a forked child kills itself, and the next one goes on where it ended.

The process that forks has no connection and no thread. It prints one line of JSON for each point: whether signal 9 was
seen, what was announced, how often the subscriber's effect and the work's are found in the end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta

import django

POINTS = (
    "event.after-announce",
    "event.before-stamp",
    "event.after-stamp",
    "pump.after-handler",
    "pump.before-cursor",
    "pump.after-cursor",
    "pump.after-commit",
    "work.after-enqueue",
    "work.claimed",
    "work.before-done",
    "work.after-done",
    "audit.before-seal",
)


def fork(do: Callable[[], None]) -> int:
    """Run `do` in a child; the signal that ended it, 0 when it ended well, -1 when it raised."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            do()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    return -1 if os.WEXITSTATUS(status) else 0


def main() -> None:
    django.setup()
    from colonnade.core import audit, db, events, points, stream, work, worker
    from colonnade.primitives import clock
    from tests.rooms import core_events

    def on_called(event: core_events.Called) -> None:
        name = POINTS[event.number]
        stream.append(f"heard {name}", [b"1"])
        audit.record("bell.rung", by=None, subject=name)
        work.enqueue(toll, event.number)

    @db.action
    def toll_once(name: str) -> None:
        stream.append(f"tolled {name}", [b"1"])

    def toll(number: int) -> None:
        toll_once(POINTS[number])

    toll.__qualname__ = "toll"
    work.work()(toll)
    events.subscriber(core_events.Called)(on_called)
    events.subscribers()
    work.discover()

    def begin(number: int) -> None:
        def die(reached: str) -> None:
            if reached == POINTS[number]:
                os.kill(os.getpid(), signal.SIGKILL)

        points.install(die)
        core_events.call(POINTS[number], number)
        worker.settle()

    def go_on() -> None:
        worker.settle()
        with clock.stopped_at(clock.now() + timedelta(seconds=61)):  # the dead one's lease has run out
            worker.settle()

    def tell(number: int, ended_by: int, went_on: int) -> None:
        name = POINTS[number]
        print(
            json.dumps(
                {
                    "point": name,
                    "ended_by": ended_by,
                    "went_on": went_on,
                    "announced": sum(
                        fact.subject == name for fact in events.since(0, kinds=[core_events.Called])
                    ),
                    "heard": len(stream.read(f"heard {name}")),
                    "tolled": len(stream.read(f"tolled {name}")),
                    "left": work.oldest_due_ms() is not None or bool(work.failed()),
                    "chain": audit.verify(),
                }
            ),
            flush=True,
        )

    for number in range(len(POINTS)):
        ended_by = fork(lambda number=number: begin(number))  # type: ignore[misc]
        went_on = fork(go_on)
        fork(lambda *given, number=number, e=ended_by, w=went_on: tell(number, e, w))


if __name__ == "__main__":
    main()
