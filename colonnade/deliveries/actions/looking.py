"""What the network answered when it was asked whether something is there."""

from __future__ import annotations

from colonnade.core import points
from colonnade.core.db import action
from colonnade.deliveries import queries, rules
from colonnade.deliveries.actions import worker
from colonnade.deliveries.actions.arriving import arrive, settle_open_writes
from colonnade.deliveries.actions.attempts import close
from colonnade.deliveries.actions.leases import held, release
from colonnade.deliveries.actions.turning import turn, turn_dispatch
from colonnade.deliveries.actions.waiting import come_back_later, patient_or_paused, still_uncertain
from colonnade.deliveries.models import Attempt, Delivery, Outcome, Settler
from colonnade.deliveries.types import PATIENCE, Patience
from colonnade.networks.base import Capabilities, Receipt
from colonnade.primitives import clock


@action
def finish_find(
    attempt: Attempt, answer: Receipt | Exception | None, can: Capabilities, patience: Patience = PATIENCE
) -> Delivery:
    """What a call of `find` brought: the receipt, None where it certainly is not there, or the error that it raised.

    Raises LostLease.
    """
    row = held(attempt.delivery)
    release(row)
    if isinstance(answer, Receipt):
        _found(row, attempt, answer, patience)
    elif answer is None:
        _not_found(row, attempt, patience)
    else:
        close(attempt, Outcome.CANNOT_TELL, rules.sentence(answer))
        row.last_error = rules.sentence(answer)
        _could_not_look(row, answer, can, patience)
    row.save()
    turn_dispatch(row.dispatch)
    points.reach("delivery.before-commit")
    return row


def _found(row: Delivery, attempt: Attempt, receipt: Receipt, patience: Patience) -> None:
    past = queries.past_of(row)
    foreign = bool(row.uri) and receipt.uri != row.uri
    early = past.first is not None and not rules.may_be_ours(receipt.accepted, past.first)
    if foreign or early or not arrive(row, receipt):
        close(attempt, Outcome.CANNOT_TELL, "These words are there, but they came from another dispatch.")
        _words_of_another(row, patience)
        return
    close(attempt, Outcome.THERE)
    settle_open_writes(row, Outcome.THERE, Settler.FIND)
    row.sent_at = row.sent_at or receipt.accepted or clock.now()
    row.last_error, row.due_at = "", None
    if row.state in ("uncertain", "sent"):
        turn(row, "confirmed")


def _words_of_another(row: Delivery, patience: Patience) -> None:
    """What is there is not ours. Where the network refused our only attempt for that, nothing was taken."""
    past = queries.past_of(row)
    if row.state != "uncertain":
        row.due_at = come_back_later(past.looks, patience)
        return
    row.due_at = None
    row.last_error = (
        "The network has these words from another dispatch, so it cannot be told whether ours arrived."
    )
    if past.duplicate and not past.open_writes:
        row.last_error = "The network already has these words from before and does not take them again."
        turn(row, "failed")


def _not_found(row: Delivery, attempt: Attempt, patience: Patience) -> None:
    """It is not there: certain only once the network is surely done with what we sent."""
    now, past = worker.this_moment(), queries.past_of(row)
    if row.state != "uncertain":
        close(attempt, Outcome.CANNOT_TELL, "It is not to be seen there.")
        row.due_at = come_back_later(past.looks, patience)
    elif not rules.is_quiet(past, now, patience):
        close(attempt, Outcome.CANNOT_TELL, "It is not there yet; too early to be sure.")
        row.due_at = rules.later(now.wall, rules.quiet_in_s(past, now, patience))
    elif past.answered_no:
        close(attempt, Outcome.CANNOT_TELL, "It is not to be seen there, yet the network does not take it.")
        row.due_at = None
        if not past.open_writes:
            turn(row, "failed")
    else:
        close(attempt, Outcome.NOT_THERE)
        settle_open_writes(row, Outcome.NOT_THERE, Settler.FIND)
        row.due_at = now.wall
        turn(row, "waiting")


def _could_not_look(row: Delivery, error: Exception, can: Capabilities, patience: Patience) -> None:
    patient_or_paused(row.account, error)
    if row.state == "uncertain":
        still_uncertain(row, error, can, rules.looks_allowed(error, patience), patience)
    else:
        row.due_at = come_back_later(queries.past_of(row).looks, patience)
