"""Attempts: written down before the call."""

from __future__ import annotations

from colonnade.core.db import action
from colonnade.deliveries import rules
from colonnade.deliveries.actions import worker
from colonnade.deliveries.actions.leases import held, release
from colonnade.deliveries.actions.turning import turn_dispatch
from colonnade.deliveries.actions.waiting import back_to_wait
from colonnade.deliveries.models import Attempt, AttemptKind, Delivery, Outcome
from colonnade.deliveries.types import PATIENCE, Patience
from colonnade.primitives import clock


@action
def begin_attempt(delivery: Delivery, kind: str = AttemptKind.WRITE) -> Attempt:
    """Write down that the network is about to be called; committed before the call. Raises LostLease."""
    row = held(delivery)
    if kind == AttemptKind.WRITE and row.state not in ("sending", "uncertain"):
        raise rules.LostLease(f"Delivery {row.pk} is {row.state} by now: there is nothing to send.")
    attempt = add_attempt(row, kind)
    turn_dispatch(row.dispatch)
    return attempt


def add_attempt(delivery: Delivery, kind: str, **fields: object) -> Attempt:
    """The next attempt of a delivery; the caller holds its lock."""
    moment = worker.this_moment()
    values = {
        "number": Attempt.objects.filter(delivery=delivery).count() + 1,
        "started_at": moment.wall,
        "machine": moment.machine,
        "ticks": moment.ticks,
        **fields,
    }
    return Attempt.objects.create(delivery=delivery, kind=kind, **values)


def close(attempt: Attempt, outcome: str, detail: str = "") -> None:
    """Note how a call ended. What somebody else has settled meanwhile stays settled, unless the network took it."""
    attempt.refresh_from_db(fields=["settled_by", "outcome"])
    if not attempt.settled_by or outcome == Outcome.TAKEN:
        attempt.outcome = outcome
    attempt.detail, attempt.finished_at = detail[:500], clock.now()
    attempt.save(update_fields=["outcome", "detail", "finished_at"])


@action
def put_off(delivery: Delivery, reason: str, patience: Patience = PATIENCE) -> None:
    """Nothing was begun (no connection could be set up, the worker ends): wait and try again. Raises LostLease."""
    row = held(delivery)
    release(row)
    row.last_error = reason[:500]
    back_to_wait(row, None, patience)
    row.save()
    turn_dispatch(row.dispatch)


@action
def leave_to_person(delivery: Delivery, reason: str = "") -> None:
    """Nobody but a person can tell whether it arrived. Raises LostLease."""
    row = held(delivery)
    release(row)
    row.due_at = None
    row.last_error = (reason or row.last_error)[:500]
    row.save()
