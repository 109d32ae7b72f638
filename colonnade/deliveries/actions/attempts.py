"""Attempts: written down before the call, and what the network answered."""

from __future__ import annotations

import secrets
from datetime import datetime

from colonnade.core import points
from colonnade.core.db import action
from colonnade.deliveries import queries, rules
from colonnade.deliveries.actions import worker
from colonnade.deliveries.actions.arriving import arrive, keep, settle_open_writes
from colonnade.deliveries.actions.lanes import ask_patience, pause
from colonnade.deliveries.actions.leases import held, release
from colonnade.deliveries.actions.turning import locked, turn, turn_dispatch
from colonnade.deliveries.models import Attempt, AttemptKind, Delivery, Outcome, Settler, TargetKind
from colonnade.deliveries.types import PATIENCE, Patience
from colonnade.networks.base import (
    Capabilities,
    Duplicate,
    NetworkError,
    Receipt,
    Refused,
    SignInNeeded,
    TryLater,
)
from colonnade.places.models import Account
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
    """Note how an attempt ended. What somebody else has settled meanwhile keeps their name."""
    attempt.refresh_from_db(fields=["settled_by"])
    attempt.outcome, attempt.detail, attempt.finished_at = outcome, detail[:500], clock.now()
    attempt.save(update_fields=["outcome", "detail", "finished_at"])


@action
def put_off(delivery: Delivery, reason: str, patience: Patience = PATIENCE) -> None:
    """Nothing was begun (no connection could be set up, the worker ends): wait and try again. Raises LostLease."""
    row = held(delivery)
    release(row)
    row.last_error = reason[:500]
    _back_to_wait(row, None, patience)
    row.save()
    turn_dispatch(row.dispatch)


def patient_or_paused(account: Account, error: Exception) -> None:
    """What an error means for everything else that leaves through the account."""
    if isinstance(error, SignInNeeded):
        pause(account, rules.sentence(error))
    elif isinstance(error, TryLater) and error.after_s:
        ask_patience(account, error.after_s)


# --- a write ended ------------------------------------------------------------------------------------------------


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
        row.due_at = _come_back_later(0, patience) if can.can_find else None
        turn(row, "sent")
    elif row.state in ("waiting", "failed"):
        row.due_at = None
        turn(row, "confirmed")


def _not_answered(row: Delivery, error: Exception, can: Capabilities, patience: Patience) -> None:
    patient_or_paused(row.account, error)
    if row.state not in rules.SETTLED:
        row.last_error = rules.sentence(error)
    if row.state == "uncertain":
        _still_uncertain(row, error, can, patience.tries, patience)
    elif row.state == "sending":
        _not_sent(row, error, patience)


def _not_sent(row: Delivery, error: Exception, patience: Patience) -> None:
    """The first answer to a delivery that nobody doubted yet."""
    now = clock.now()
    if isinstance(error, Refused):
        row.due_at = None
        turn(row, "failed")
    elif isinstance(error, Duplicate):
        row.due_at = now
        turn(row, "uncertain")
    elif _reached(error):
        row.due_at = rules.later(now, patience.look_again_s[0])
        turn(row, "uncertain")
    else:
        _back_to_wait(row, error, patience)


def _back_to_wait(row: Delivery, error: Exception | None, patience: Patience) -> None:
    """Nothing was taken. It keeps its place in the line, and the line waits; in the end it steps aside.

    Being asked to wait, or to sign in again, is not one of its tries. A letter never holds up other people's letters.
    """
    if isinstance(error, SignInNeeded) or (isinstance(error, TryLater) and error.after_s):
        turn(row, "waiting")
        return
    row.tries += 1
    if rules.gives_up(row.tries, patience):
        row.due_at = None
        turn(row, "failed")
        return
    wait = rules.wait_s(row.tries, patience, _chance())
    if row.target.kind == TargetKind.ACCOUNT and row.tries <= patience.tries_in_line:
        ask_patience(row.account, wait)
    else:
        row.due_at = rules.later(clock.now(), wait)
    turn(row, "waiting")


def _still_uncertain(
    row: Delivery, error: Exception, can: Capabilities, allowed: int, patience: Patience
) -> None:
    """Neither a repeat nor a look brought light: when to try again, or, after so many looks, that a person must say."""
    past = queries.past_of(row)
    if past.looks >= allowed or rules.next_step(can, past, worker.this_moment()) == "ask":
        row.due_at = None
        return
    asked = error.after_s if isinstance(error, TryLater) else None
    wait = rules.look_again_s(past.looks, patience, _chance()) if asked is None else asked
    row.due_at = rules.later(clock.now(), wait)


def _chance() -> float:
    return secrets.SystemRandom().random()


# --- a look ended -------------------------------------------------------------------------------------------------


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
        row.due_at = _come_back_later(past.looks, patience)
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
        row.due_at = _come_back_later(past.looks, patience)
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
        _still_uncertain(row, error, can, rules.looks_allowed(error, patience), patience)
    else:
        row.due_at = _come_back_later(queries.past_of(row).looks, patience)


def _come_back_later(looks: int, patience: Patience) -> datetime | None:
    steps = patience.come_back_s
    return rules.later(clock.now(), steps[looks]) if looks < len(steps) else None


# --- nothing can be done without a person -------------------------------------------------------------------------


@action
def leave_to_person(delivery: Delivery, reason: str = "") -> None:
    """Nobody but a person can tell whether it arrived. Raises LostLease."""
    row = held(delivery)
    release(row)
    row.due_at = None
    row.last_error = (reason or row.last_error)[:500]
    row.save()
