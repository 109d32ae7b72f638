"""Durable work: due rows claimed under a lease; a dead worker's lease runs out and the work is taken again.

`@work()` on a function in a room's `work.py`, `enqueue(function, ids…)` in an action, `@every(seconds)` for what comes
round by itself. The worker calls `run_due` and `come_round`.
"""

from colonnade.core.work.queue import (
    Claim,
    again,
    claim,
    done,
    enqueue,
    failed,
    give_up,
    held,
    make_up_for_clock,
    oldest_due_ms,
    put,
    renew,
    retry_failed,
)
from colonnade.core.work.register import STREAMS, Entry, UnknownWork, discover, entry_of, every, find, work
from colonnade.core.work.running import (
    Later,
    LeaseLost,
    attempt_number,
    keep,
    run_claimed,
    run_due,
    stopping,
)
from colonnade.core.work.schedules import come_round, declare, schedule, unschedule

__all__ = [
    "STREAMS",
    "Claim",
    "Entry",
    "Later",
    "LeaseLost",
    "UnknownWork",
    "again",
    "attempt_number",
    "claim",
    "come_round",
    "declare",
    "discover",
    "done",
    "enqueue",
    "entry_of",
    "every",
    "failed",
    "find",
    "give_up",
    "held",
    "keep",
    "make_up_for_clock",
    "oldest_due_ms",
    "put",
    "renew",
    "retry_failed",
    "run_claimed",
    "run_due",
    "schedule",
    "stopping",
    "unschedule",
    "work",
]
