"""When something is tried, or looked at, again."""

from __future__ import annotations

import secrets
from datetime import datetime

from colonnade.deliveries import queries, rules
from colonnade.deliveries.actions import worker
from colonnade.deliveries.actions.lanes import ask_patience, pause
from colonnade.deliveries.actions.turning import turn
from colonnade.deliveries.models import Delivery, TargetKind
from colonnade.deliveries.types import Patience
from colonnade.networks.base import Capabilities, SignInNeeded, TryLater
from colonnade.places.models import Account
from colonnade.primitives import clock


def patient_or_paused(account: Account, error: Exception) -> None:
    """What an error means for everything else that leaves through the account."""
    if isinstance(error, SignInNeeded):
        pause(account, rules.sentence(error))
    elif isinstance(error, TryLater) and error.after_s:
        ask_patience(account, error.after_s)


def back_to_wait(row: Delivery, error: Exception | None, patience: Patience) -> None:
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


def still_uncertain(
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


def come_back_later(looks: int, patience: Patience) -> datetime | None:
    steps = patience.come_back_s
    return rules.later(clock.now(), steps[looks]) if looks < len(steps) else None
