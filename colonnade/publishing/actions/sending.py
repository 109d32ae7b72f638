"""Going out: each target becomes a dispatch or a post, exactly once; and back again while that can be."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.access import queries as access
from colonnade.conversations import actions as conversations
from colonnade.conversations import rules as conversation_rules
from colonnade.core.db import action, attempt
from colonnade.core.events import announce
from colonnade.deliveries import actions as deliveries
from colonnade.deliveries import queries as delivery_queries
from colonnade.deliveries import rules as delivery_rules
from colonnade.deliveries.models import Dispatch
from colonnade.networks.base import Outgoing
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places.models import PlaceKind
from colonnade.primitives import clock
from colonnade.publishing import queries, rules
from colonnade.publishing.actions import guarding, reviewing, turning
from colonnade.publishing.events import DraftPlanned
from colonnade.publishing.models import Draft, DraftTarget, Why

UNDO_S = 10.0


@action
def publish_now(
    draft: Draft,
    *,
    by: Person,
    version: int | None = None,
    undo_s: float = UNDO_S,
    said_anyway: bool = False,
) -> Draft:
    """Have it go out at once, by the finger of `by`, also while what was planned is paused; `take_back` undoes it for
    `undo_s` seconds.

    Raises Unfit where a target cannot take it, NeedsApproval where nobody has approved exactly this for sending at once;
    HeldBack where it carries out what only staff read, unless `said_anyway`; StaleDraft, NotAllowed, PermissionDenied.
    Nothing goes out then.
    """
    row = turning.for_writing(draft, by, version)
    targets = turning.targets_of(row)
    turning.refuse_unfit(row, targets, by)
    guarding.hold_back(row, targets, by, said_anyway=said_anyway)
    turning.turn(row, "going")
    row.undo_until = clock.now() + timedelta(seconds=undo_s)
    return _go(row, targets, by, undo_s, planned=False)


@action
def send(draft: int) -> str:
    """What a worker does when a planned draft is due; returns its state. Safe to run twice, and by two at once.

    It goes out whole or not at all: where it is an hour late, or anything is not as it was when it was planned, it
    waits for a person.
    """
    brake = turning.locked_brake()
    row = Draft.objects.select_for_update(of=("self",)).filter(pk=draft).first()
    if row is None or row.state != "waiting" or row.goes_at is None or brake.since is not None:
        return row.state if row else ""
    plan, now = rules.planned(row.goes_at_local, row.zone), clock.now()
    if plan.moment > now:
        if plan.moment != row.goes_at:  # the rules of its zone have changed
            row.goes_at = plan.moment
            turning.save(row, None, "moved", local=plan.local, zone=plan.zone)
            announce(DraftPlanned(draft=row.pk, goes_at=row.goes_at), subject=f"draft:{row.pk}")
        return row.state
    if rules.is_late(row.goes_at, now):
        turning.hold(row, Why.LATE)
        return row.state
    return _send_checked(row)


def _send_checked(row: Draft) -> str:
    by, targets = row.planned_by, turning.targets_of(row)
    if by is None or people.identity_here(by) is None or not rules.can_write(by):
        turning.hold(row, Why.NOBODY)
        return row.state
    if any(_is_wider(one) for one in targets):
        turning.hold(row, Why.WIDER)
        return row.state
    try:
        with attempt():
            turning.refuse_unfit(row, targets, by)
            turning.turn(row, "going")
            return _go(row, targets, by, 0.0, planned=True).state
    except rules.NeedsApproval:
        row = turning.locked(row.pk)
        turning.hold_unapproved(row)
        return row.state
    except rules.Unfit as error:
        row = turning.locked(row.pk)
        turning.hold(row, Why.UNFIT, str(error))
        return row.state


def _is_wider(one: DraftTarget) -> bool:
    if one.audience_id == one.place.audience_id:
        return False
    return rules.is_wider(access.terms_of(one.place.audience), access.terms_of(one.audience))


def _go(row: Draft, targets: list[DraftTarget], by: Person, undo_s: float, *, planned: bool) -> Draft:
    reviewing.refuse_unapproved(row, targets, planned=planned)
    row.went_at = clock.now()
    for one in targets:
        _go_to(one, row, by, undo_s)
    if all(one.dispatch_id is None for one in targets):
        turning.turn(row, "done")
    return turning.save(row, by, "published", targets=len(targets))


def _go_to(one: DraftTarget, row: Draft, by: Person, undo_s: float) -> None:
    text = one.text or row.text
    one.dispatch = one.post = None
    if one.place.kind == PlaceKind.ACCOUNT:
        one.dispatch = _dispatched(one, Outgoing(text=text, title=row.title), by, undo_s)
    else:
        face = people.identity_here(by)
        assert face is not None
        _, one.post = conversations.start(one.place, by=face, text=text, title=row.title)
    one.save(update_fields=["dispatch", "post"])


def _dispatched(one: DraftTarget, outgoing: Outgoing, by: Person, undo_s: float) -> Dispatch:
    try:
        return deliveries.dispatch(
            outgoing,
            place=one.place,
            scope=places.default_scope(one.place),
            targets=[deliveries.target_for(one.place.account)],
            by=by,
            undo_s=undo_s,
        )
    except delivery_rules.Unfit as error:
        raise rules.Unfit(str(error)) from None


@action
def take_back(draft: Draft, *, by: Person) -> Draft:
    """Undo "publish now" while there is time: nothing is sent, what stands here is gone, and the words are a draft again.

    Raises TooLate with a sentence (then nothing is changed), PermissionDenied.
    """
    row = turning.for_writing(draft, by)
    if row.state not in ("going", "done") or row.undo_until is None or clock.now() >= row.undo_until:
        raise rules.TooLate(gettext("The time to take it back is over."))
    for one in turning.targets_of(row):
        if one.dispatch is not None:
            _undo(one, by)
        elif one.post is not None and not one.post.deleted:
            conversations.delete(one.post.pk, by=by)
    DraftTarget.objects.filter(draft=row).update(dispatch=None, post=None)
    turning.turn(row, "withdrawn")
    turning.turn(row, "draft")
    row.went_at = row.undo_until = None
    turning.forget_plan(row)
    return turning.save(row, by, "taken_back")


def _undo(one: DraftTarget, by: Person) -> None:
    assert one.dispatch is not None
    try:
        deliveries.undo(one.dispatch, by)
    except delivery_rules.TooLate as error:
        raise rules.TooLate(str(error)) from None


@action
def take_down(draft: Draft, target: int, *, by: Person) -> Draft:
    """Delete there, or here, what one target became. Raises Unfit (also where there is nothing), NotAllowed,
    PermissionDenied."""
    row = turning.for_writing(draft, by)
    one = next((one for one in turning.targets_of(row) if one.pk == target), None)
    viewer = people.viewer_for(by)
    if one is None:
        raise rules.Unfit(gettext("There is nothing of it there that could be deleted."))
    if one.dispatch_id is not None:
        (line,) = delivery_queries.of_dispatch(viewer, one.dispatch_id)[:1] or (None,)
        delivery = delivery_queries.to_act_on(viewer, line.id) if line else None
        if delivery is None:
            raise rules.Unfit(gettext("There is nothing of it there that could be deleted."))
        deliveries.recall(delivery, by)
    elif one.post is not None and not one.post.deleted:
        if not conversation_rules.can_delete(by, one.post.author):
            raise PermissionDenied(gettext("Only whoever published it, or an admin, may delete it there."))
        conversations.delete(one.post.pk, by=by)
    else:
        raise rules.Unfit(gettext("There is nothing of it there that could be deleted."))
    return turning.save(row, by, "taken_down", place=one.place_id)


@action
def note_delivery(dispatch: int) -> None:
    """A delivery of ours has moved: the draft is on its way, or done. Safe to run twice."""
    found = queries.of_dispatch(dispatch)
    if found is None:
        return
    row = turning.locked(found)
    states = set(
        delivery_queries.states_of(
            one.dispatch_id for one in turning.targets_of(row) if one.dispatch_id
        ).values()
    )
    state = "done" if states <= {"done", "undone"} else "going"
    if row.state in ("going", "done") and state != row.state:
        turning.turn(row, state)
        turning.save(row, None, "settled" if state == "done" else "moving")
