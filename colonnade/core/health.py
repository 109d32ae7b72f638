"""Is the server ready? Plain values for `/readyz`, `doctor` and the weekly letter."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, connection

from colonnade.core import db, events, work
from colonnade.core.models import Heartbeat, Job, Outbox, Setback
from colonnade.primitives import clock

log = logging.getLogger(__name__)

HEARTBEAT_LATE_S = 30
WORK_LATE_S = 300
STAMP_LATE_S = 10


def ready() -> dict[str, Any]:
    """What stands in `/readyz`. `ready` is False, and `reasons` says why in plain words, when people should look.

    Keys: ready, reasons, database, durability, workers (name -> seconds since it was heard), oldest_due_work_s,
    failed_work, parked_events, unstamped_events, event_lag.
    """
    try:
        facts = _facts()
    except DatabaseError:
        # The error names hosts and users: it goes to the log, not to whoever asks.
        log.warning("The database does not answer", exc_info=True)
        if not connection.in_atomic_block:
            connection.close()
        return {"ready": False, "reasons": ["The database does not answer."], "database": db.vendor()}
    reasons = _reasons(facts)
    return {"ready": not reasons, "reasons": reasons, **facts}


def _facts() -> dict[str, Any]:
    now = clock.now_ms()
    oldest_due = work.oldest_due_ms()
    waiting = Outbox.objects.filter(seq__isnull=True)
    oldest_unstamped = waiting.order_by("id").values_list("at_ms", flat=True).first()
    workers = Heartbeat.objects.order_by("process").values_list("process", "at_ms")
    return {
        "database": db.vendor(),
        "durability": durability(),
        "workers": {process: round((now - at) / 1000, 1) for process, at in workers},
        "oldest_due_work_s": 0.0 if oldest_due is None else round((now - oldest_due) / 1000, 1),
        "failed_work": Job.objects.filter(state=Job.State.FAILED).count(),
        "parked_events": Setback.objects.filter(parked=True).count(),
        "unstamped_events": waiting.count(),
        "oldest_unstamped_s": 0.0 if oldest_unstamped is None else round((now - oldest_unstamped) / 1000, 1),
        "event_lag": events.lag(),
    }


def durability() -> dict[str, str]:
    """The database's settings that decide whether what was acknowledged survives a power cut, by their own names."""
    names = (
        ("fsync", "synchronous_commit", "full_page_writes")
        if db.is_postgres()
        else ("journal_mode", "synchronous")
    )
    found = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SHOW {name}" if db.is_postgres() else f"PRAGMA {name}")
            found[name] = str(cursor.fetchone()[0])
    return found


def _reasons(facts: dict[str, Any]) -> list[str]:
    reasons = [
        f"{name} is {value}: what people were told is saved may be lost in a power cut."
        for name, value in _weak(facts)
    ]
    alive = [age for age in facts["workers"].values() if abs(age) <= HEARTBEAT_LATE_S]
    if not alive:
        reasons.append("No worker has been heard of for 30 seconds: nothing goes out and nothing comes in.")
    if facts["oldest_due_work_s"] > WORK_LATE_S:
        reasons.append(f"Work has been due for {facts['oldest_due_work_s']:.0f} seconds and was not taken.")
    if facts["parked_events"]:
        reasons.append(f"{facts['parked_events']} events were given up after five tries and are parked.")
    if facts["oldest_unstamped_s"] > STAMP_LATE_S:
        reasons.append(
            f"{facts['unstamped_events']} events have waited {facts['oldest_unstamped_s']:.0f} seconds for their number."
        )
    return reasons


def _weak(facts: dict[str, Any]) -> list[tuple[str, str]]:
    strong = {
        "fsync": ("on",),
        "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
        "full_page_writes": ("on",),
        "journal_mode": ("wal", "delete", "truncate", "persist"),
        "synchronous": ("2", "3"),
    }
    return [(name, value) for name, value in facts["durability"].items() if value not in strong[name]]
