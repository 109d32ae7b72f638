"""The queue: putting work in, taking it out under a lease, finishing it, giving it up."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import F, Q

from colonnade.core import db, points, wake
from colonnade.core.models import Job
from colonnade.core.work.register import DEFAULT_LEASE_S, STREAMS, Entry, entry_of
from colonnade.primitives import clock

BACKOFF_S = (5, 30, 120, 600)


@dataclass(frozen=True, slots=True)
class Claim:
    """Work taken under a lease. `ends_s` is the end of the lease on this process's own clock (`monotonic_s`)."""

    id: int
    function: str
    args: list[Any]
    tries: int
    token: str
    ends_s: float


def enqueue(function: Callable[..., Any], *args: Any, due: datetime | None = None, key: str = "") -> None:
    """Queue a registered function with plain arguments, to be run at `due` (aware) or as soon as possible.

    Inside an action the row stands or falls with it. At most one row of a function waits under the same non-empty
    `key`: another one only brings the moment forward, the arguments of the first stay. TypeError for a function that is
    not work or arguments that are not plain.
    """
    put(entry_of(function), args, due_ms=None if due is None else int(due.timestamp() * 1000), key=key)


_PUT = """
INSERT INTO core_job (function, args, queue, key, state, next_ms, token, tries, since_ms, fixed, error)
VALUES (%s, %s, %s, %s, 'waiting', %s, '', 0, %s, %s, '')
"""
_ONE_WAITING = """
ON CONFLICT (function, key) WHERE state = 'waiting' AND NOT (key = '')
DO UPDATE SET next_ms = CASE WHEN excluded.next_ms < core_job.next_ms THEN excluded.next_ms ELSE core_job.next_ms END,
    fixed = CASE WHEN excluded.next_ms < core_job.next_ms THEN excluded.fixed ELSE core_job.fixed END
"""


def put(entry: Entry, args: tuple[Any, ...], *, due_ms: int | None, key: str) -> int:
    """`enqueue` for an entry; returns the number of the row."""
    now = clock.now_ms()
    try:
        text = msgspec.json.encode(args).decode()
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{entry.name} was queued with arguments that are not plain values: {error}"
        ) from None
    values: list[str | int | bool] = [
        entry.name,
        text,
        entry.queue,
        key,
        now if due_ms is None else due_ms,
        now,
        due_ms is not None,
    ]
    with db.machinery(), connection.cursor() as cursor:
        cursor.execute(f"{_PUT} {_ONE_WAITING if key else ''} RETURNING id", values)
        number = int(cursor.fetchone()[0])
    points.reach("work.after-enqueue")
    wake.after_commit()
    return number


# The rows are chosen once, before any is taken: PostgreSQL may ask a subquery with a limit again for each row of the table,
# skips what it has locked, and takes more than the limit.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM core_job WHERE state <> 'failed' AND next_ms <= %s {queues} ORDER BY next_ms, id LIMIT %s {lock}
)
UPDATE core_job SET state = 'taken', next_ms = %s, since_ms = %s, token = %s, tries = tries + 1
WHERE id IN (SELECT id FROM due)
RETURNING id, function, args, tries, token
"""


def claim(limit: int, lease_s: float = DEFAULT_LEASE_S, *, queues: tuple[str, ...] = ()) -> list[Claim]:
    """Take up to `limit` due pieces of work for `lease_s` seconds, those with a lease that ran out included.

    From all queues but that of streams unless some are named. No two workers are ever given the same piece under a valid lease.
    """
    now = clock.now_ms()
    if not Job.objects.filter(next_ms__lte=now).exclude(state=Job.State.FAILED).exists():
        return []
    ends_s = clock.monotonic_s() + lease_s
    sql = _CLAIM.format(
        queues=f"AND queue IN ({', '.join(['%s'] * len(queues))})" if queues else "AND queue <> %s",
        lock="FOR UPDATE SKIP LOCKED" if db.is_postgres() else "",
    )
    values: list[str | int] = [
        now,
        *(queues or (STREAMS,)),
        limit,
        now + int(lease_s * 1000),
        now,
        secrets.token_hex(8),
    ]
    with db.machinery(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    if rows:
        points.reach("work.claimed")
    return [
        Claim(i, function, msgspec.json.decode(a), tries, token, ends_s)
        for i, function, a, tries, token in sorted(rows)
    ]


def _held(claimed: Claim) -> Any:
    return Job.objects.filter(id=claimed.id, token=claimed.token, state=Job.State.TAKEN)


def renew(claimed: Claim, lease_s: float) -> bool:
    """Lengthen a lease to `lease_s` seconds from now; False when another worker has taken the work meanwhile."""
    with db.machinery():
        now = clock.now_ms()
        return bool(_held(claimed).update(next_ms=now + int(lease_s * 1000), since_ms=now))


def done(claimed: Claim) -> bool:
    """The work is finished: its row goes. False when the lease was lost meanwhile and another one has it."""
    points.reach("work.before-done")
    with db.machinery():
        deleted, _ = _held(claimed).delete()
    points.reach("work.after-done")
    return bool(deleted)


def again(claimed: Claim, in_s: float, *, error: str, counts: bool = True) -> None:
    """Put work back to wait for `in_s` seconds; `counts` says whether this was one of its tries.

    When another row waits under the same key, that one will do the work, and this one goes.
    """
    with db.machinery(), transaction.atomic():
        job = _held(claimed).select_for_update().first()
        if job is None:
            return
        if (
            job.key
            and Job.objects.filter(function=job.function, key=job.key, state=Job.State.WAITING).exists()
        ):
            job.delete()
            return
        job.state, job.fixed = Job.State.WAITING, False
        job.since_ms = clock.now_ms()
        job.next_ms = job.since_ms + int(in_s * 1000)
        job.tries = job.tries if counts else max(0, job.tries - 1)
        job.token, job.error = "", error[-4000:]
        job.save(update_fields=["state", "fixed", "since_ms", "next_ms", "tries", "token", "error"])


def give_up(claimed: Claim, error: str) -> None:
    """Keep work as failed, with its last error, to be shown and perhaps tried again by a person."""
    with db.machinery():
        _held(claimed).update(state=Job.State.FAILED, token="", error=error[-4000:])


def failed(limit: int = 100) -> list[Job]:
    """Work that was given up, newest first."""
    return list(Job.objects.filter(state=Job.State.FAILED).order_by("-id")[:limit])


def retry_failed(number: int) -> bool:
    """Queue failed work again from its first try; False when there is no such row."""
    with db.machinery(), transaction.atomic():
        job = Job.objects.filter(id=number, state=Job.State.FAILED).select_for_update().first()
        if job is None:
            return False
        put(
            Entry(job.function, lambda: None, 0, 0, job.queue),
            tuple(msgspec.json.decode(job.args)),
            due_ms=None,
            key=job.key,
        )
        job.delete()
    return True


def held(function: Callable[..., Any], key: str) -> bool:
    """Whether a worker has work of this function and key under a lease that has not run out."""
    rows = Job.objects.filter(function=entry_of(function).name, key=key, state=Job.State.TAKEN)
    return rows.filter(next_ms__gt=clock.now_ms()).exists()


def oldest_due_ms() -> int | None:
    """Since when (ms since 1970) the oldest due work has been waiting to be taken; None when nothing is due."""
    due = Job.objects.filter(next_ms__lte=clock.now_ms()).exclude(state=Job.State.FAILED)
    return due.order_by("next_ms").values_list("next_ms", flat=True).first()


SKEW_MS = 60_000


def make_up_for_clock() -> int:
    """After the clock was set back: let pauses and leases that began "in the future" run from now; returns how many.

    Moments that somebody named stay. Up to a minute is taken for the clocks of several machines and left alone.
    """
    now = clock.now_ms()
    with db.act():
        ahead = Job.objects.filter(since_ms__gt=now + SKEW_MS).exclude(state=Job.State.FAILED)
        paused = ahead.filter(Q(state=Job.State.TAKEN) | Q(fixed=False))
        return paused.update(next_ms=F("next_ms") - F("since_ms") + now, since_ms=now)
