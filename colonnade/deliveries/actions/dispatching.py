"""A dispatch begins, and is taken back before it has gone."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied

from colonnade.access import queries as access
from colonnade.conversations.models import Conversation, Post
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.deliveries import rules
from colonnade.deliveries.actions.turning import hint, turn
from colonnade.deliveries.events import DispatchMade
from colonnade.deliveries.models import DISPATCH, Delivery, Dispatch, Target
from colonnade.networks import registry
from colonnade.networks.base import Outgoing
from colonnade.people.models import Person
from colonnade.places.models import Place, Scope
from colonnade.primitives import clock, ids


@action
def dispatch(
    outgoing: Outgoing,
    *,
    place: Place,
    scope: Scope,
    targets: Sequence[Target],
    conversation: Conversation | None = None,
    reply_to: Post | None = None,
    by: Person | None = None,
    undo_s: float = 10.0,
) -> Dispatch:
    """Have this said at every target, after `undo_s` seconds in which `undo` takes it back.

    `scope` is who may read it here; it must belong to `place`. `by` None is the machine itself. Raises
    PermissionDenied, and Unfit with a sentence where a target cannot take it or would show it to more people than
    `scope` does.
    """
    rules.require(by)
    if not targets:
        raise rules.Unfit("Say where it should go.")
    if scope.place_id != place.pk:
        raise PermissionDenied("The audience belongs to another place.")
    for target in targets:
        _check_target(outgoing, scope, target)
    now = clock.now()
    made = Dispatch.objects.create(
        content=rules.content_of(outgoing),
        content_hash=rules.hash_of(outgoing),
        place=place,
        scope=scope,
        conversation=conversation,
        reply_to=reply_to,
        by=by,
        created_at=now,
        undo_until=rules.later(now, undo_s),
    )
    Delivery.objects.bulk_create(
        _delivery(made, target) for target in {one.pk: one for one in targets}.values()
    )
    announce(
        DispatchMade(dispatch=made.pk, place=place.pk, conversation=made.conversation_id),
        subject=f"dispatch:{made.pk}",
        hints=[hint(made)],
    )
    return made


def _check_target(outgoing: Outgoing, scope: Scope, target: Target) -> None:
    if reason := rules.why_unfit(outgoing, registry.capabilities_of(target.account.connector)):
        raise rules.Unfit(reason)
    said_to = access.terms_of(scope.audience)
    read_by = access.terms_of(target.account.place.audience)
    if not rules.may_leave(said_to, read_by, target.kind, outgoing):
        raise rules.Unfit(f"More people read {target.account.place.name} than this is meant for.")


def _delivery(made: Dispatch, target: Target) -> Delivery:
    pk = ids.new()
    return Delivery(
        id=pk,
        dispatch=made,
        target=target,
        account=target.account,
        key=rules.key_of(pk),
        due_at=made.undo_until,
    )


@action
def undo(dispatch: Dispatch, by: Person | None = None) -> None:
    """Take a dispatch back before any of it has gone. Raises TooLate, PermissionDenied; then nothing is changed."""
    rules.require(by)
    row = Dispatch.objects.select_for_update(of=("self",)).get(pk=dispatch.pk)
    if row.state == "undone":
        return
    if row.state != "waiting" or clock.now() >= row.undo_until:
        raise rules.TooLate("The time to take it back is over.")
    deliveries = list(Delivery.objects.filter(dispatch=row).order_by("id").select_for_update())
    for delivery in deliveries:
        if delivery.state == "recalled":
            continue
        if delivery.state != "waiting":
            raise rules.TooLate("It is on its way already.")
        delivery.dispatch = row
        delivery.due_at = None
        turn(delivery, "recalled")
        delivery.save(update_fields=["state", "due_at", "overdue_at"])
    DISPATCH.check(row.state, "undone")
    row.state = dispatch.state = "undone"
    row.save(update_fields=["state"])
