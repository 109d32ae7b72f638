"""Taking back: what has not gone is simply not sent, what is there is deleted there."""

from __future__ import annotations

import msgspec

from colonnade.conversations import actions as conversations
from colonnade.core import audit, points
from colonnade.core.db import action
from colonnade.deliveries import queries, rules
from colonnade.deliveries.actions.attempts import close
from colonnade.deliveries.actions.leases import held, release
from colonnade.deliveries.actions.turning import locked, turn, turn_dispatch
from colonnade.deliveries.actions.waiting import patient_or_paused
from colonnade.deliveries.models import DELIVERY, Attempt, Delivery, Outcome
from colonnade.deliveries.types import PATIENCE, Patience
from colonnade.networks import registry
from colonnade.networks.base import Author, Deletion, Item, Refused, SignInNeeded, TryLater
from colonnade.people.models import Person
from colonnade.primitives import clock


@action
def recall(delivery: Delivery, by: Person) -> Delivery:
    """Take one delivery back: not sent if it waits, else deleted there as soon as a worker comes to it.

    Raises PermissionDenied, NotAllowed where it is on its way or uncertain (settle that first), Unfit where the
    network deletes nothing.
    """
    rules.require(by)
    row = locked(delivery.pk)
    DELIVERY.check(row.state, "recalled")
    if row.state == "waiting":
        row.due_at = None
        turn(row, "recalled")
    elif not registry.capabilities_of(row.account.connector).can_recall:
        raise rules.Unfit("What has gone there cannot be taken back.")
    else:
        row.recall_asked_at = row.due_at = clock.now()
        row.recall_by = by
    row.save()
    turn_dispatch(row.dispatch)
    audit.record("delivery recalled", by=by.principal_id, subject=f"delivery:{row.pk}", details={})
    return row


@action
def finish_recall(attempt: Attempt, error: Exception | None, patience: Patience = PATIENCE) -> Delivery:
    """What a call of `recall` brought: nothing, which is success, or the error that it raised. Raises LostLease."""
    row = held(attempt.delivery)
    release(row)
    if error is None:
        close(attempt, Outcome.NOT_THERE)
        _gone(row)
    else:
        close(
            attempt,
            Outcome.REFUSED if isinstance(error, Refused) else Outcome.CANNOT_TELL,
            rules.sentence(error),
        )
        _still_there(row, error, patience)
    row.save()
    turn_dispatch(row.dispatch)
    points.reach("delivery.before-commit")
    return row


def _gone(row: Delivery) -> None:
    """Here it goes by the same door as there: a tombstone stays."""
    row.due_at, row.last_error = None, ""
    turn(row, "recalled")
    if row.uri:
        identity = row.account.identity
        deletion = Deletion(
            uri=row.uri, by=Author(network=identity.network, address=identity.address, proof="signed")
        )
        conversations.receive(
            row.account.place, [Item(raw=msgspec.json.encode(deletion), read=(deletion,), external_id="")]
        )


def _still_there(row: Delivery, error: Exception, patience: Patience) -> None:
    """Deleting twice does no harm, so whatever may pass is tried again; a refusal is shown."""
    row.last_error = rules.sentence(error)
    patient_or_paused(row.account, error)
    tried = sum(one.kind == "recall" for one in queries.attempts_of(row))
    if isinstance(error, Refused) or rules.gives_up(tried, patience):
        row.recall_asked_at = row.due_at = None
        return
    asked = error.after_s if isinstance(error, TryLater) else None
    wait = rules.look_again_s(tried, patience, 0.5) if asked is None else asked
    row.due_at = clock.now() if isinstance(error, SignInNeeded) else rules.later(clock.now(), wait)
