"""What the network answered when something was said there."""

from __future__ import annotations

from colonnade.core import points
from colonnade.core.db import action
from colonnade.deliveries import queries, rules
from colonnade.deliveries.actions.arriving import arrive, keep, settle_open_writes
from colonnade.deliveries.actions.attempts import close
from colonnade.deliveries.actions.leases import release
from colonnade.deliveries.actions.turning import locked, turn, turn_dispatch
from colonnade.deliveries.actions.waiting import (
    back_to_wait,
    come_back_later,
    patient_or_paused,
    still_uncertain,
)
from colonnade.deliveries.models import Attempt, Delivery, Outcome, Settler
from colonnade.deliveries.types import PATIENCE, Patience
from colonnade.networks.base import Capabilities, Duplicate, NetworkError, Receipt, Refused
from colonnade.primitives import clock


@action
def finish_write(
    attempt: Attempt, answer: Receipt | Exception, can: Capabilities, patience: Patience = PATIENCE
) -> Delivery:
    """What a call of `write` brought: the receipt, or the error that it raised.

    A receipt counts even when the lease was lost meanwhile: it is the network's word. An error then says nothing new.
    """
    row = locked(attempt.delivery_id)
    ours = bool(attempt.delivery.leased_by) and row.leased_by == attempt.delivery.leased_by
    if isinstance(answer, Receipt):
        close(attempt, Outcome.TAKEN)
        _taken(row, answer, can, patience)
    elif ours:
        close(attempt, _outcome(answer), rules.sentence(answer))
        _not_answered(row, answer, can, patience)
    else:
        return row
    if ours or row.state in rules.SETTLED:
        release(row)
    row.save()
    turn_dispatch(row.dispatch)
    points.reach("delivery.before-commit")
    return row


def _outcome(error: Exception) -> str:
    if isinstance(error, Refused):
        return Outcome.REFUSED
    if isinstance(error, Duplicate):
        return Outcome.DUPLICATE
    return Outcome.UNKNOWN if _reached(error) else Outcome.NOT_TAKEN


def _reached(error: Exception) -> bool:
    """Whether it may have arrived. An error that is none of the network's own says nothing, so it may."""
    return error.reached if isinstance(error, NetworkError) else True


def _taken(row: Delivery, receipt: Receipt, can: Capabilities, patience: Patience) -> None:
    """The network took it. Where it knows repeats for what they are, that answers for earlier attempts too."""
    others = queries.open_writes(queries.attempts_of(row))
    if can.delivery_class == "E":
        row.maybe_twice = row.maybe_twice or bool(others)
    else:
        settle_open_writes(row, Outcome.THERE, Settler.NETWORK)
    row.sent_at = row.sent_at or receipt.accepted or clock.now()
    row.last_error = ""
    points.reach("delivery.before-receive")
    if not arrive(row, receipt):
        keep(row, receipt)
    if row.state in ("sending", "uncertain"):
        row.due_at = come_back_later(0, patience) if can.can_find else None
        turn(row, "sent")
    elif row.state in ("waiting", "failed"):
        row.due_at = None
        turn(row, "confirmed")


def _not_answered(row: Delivery, error: Exception, can: Capabilities, patience: Patience) -> None:
    patient_or_paused(row.account, error)
    if row.state not in rules.SETTLED:
        row.last_error = rules.sentence(error)
    if row.state == "uncertain" and isinstance(error, Duplicate) and not can.can_find:
        _has_it_already(row, error)
    elif row.state == "uncertain":
        still_uncertain(row, error, can, patience.tries, patience)
    elif row.state == "sending":
        _not_sent(row, error, can, patience)


def _has_it_already(row: Delivery, error: Duplicate) -> None:
    """A repeat was called a duplicate, and nobody can look: the post that the network names is ours, or a person says."""
    row.due_at = None
    if error.uri and arrive(row, Receipt(key=row.key, uri=error.uri)):
        settle_open_writes(row, Outcome.THERE, Settler.NETWORK)
        row.sent_at, row.last_error = row.sent_at or clock.now(), ""
        turn(row, "confirmed")


def _not_sent(row: Delivery, error: Exception, can: Capabilities, patience: Patience) -> None:
    """The first answer to a delivery that nobody doubted yet."""
    now = clock.now()
    if isinstance(error, Refused) or (isinstance(error, Duplicate) and not can.can_find):
        row.due_at = None
        turn(row, "failed")
    elif isinstance(error, Duplicate):
        row.due_at = now
        turn(row, "uncertain")
    elif _reached(error):
        row.due_at = rules.later(now, patience.look_again_s[0])
        turn(row, "uncertain")
    else:
        back_to_wait(row, error, patience)
