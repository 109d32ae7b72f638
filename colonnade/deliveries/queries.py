"""Every read of deliveries that others use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from colonnade.access.types import Viewer
from colonnade.conversations.rules import web_address
from colonnade.deliveries import rules
from colonnade.deliveries.models import Attempt, AttemptKind, Delivery, Dispatch, Lane, Outcome
from colonnade.deliveries.types import PATIENCE, AttemptLine, DeliveryLine, History, Moment, Past, Patience
from colonnade.networks.base import Outgoing, Receipt
from colonnade.places.models import Account
from colonnade.primitives import clock, ids

# --- for people of staff ------------------------------------------------------------------------------------------


def deliveries_for(
    viewer: Viewer, *, states: Iterable[str] = (), limit: int = 50, before: int | None = None
) -> list[DeliveryLine]:
    """Deliveries whose audience lets the viewer in, newest first, at most `limit`; nothing for anybody but staff.

    `states` keeps only those; `before` continues after the delivery with that id.
    """
    rows = _seen(viewer)
    if wanted := list(states):
        rows = rows.filter(state__in=wanted)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _lines(rows.order_by("-id")[:limit])


def delivery_for(viewer: Viewer, pk: int) -> History | None:
    """One delivery with all its attempts; None when it is hidden and when there is none."""
    rows = _lines(_seen(viewer).filter(pk=pk))
    if not rows:
        return None
    attempts = Attempt.objects.filter(delivery=pk).order_by("number")
    return History(rows[0], [_attempt_line(attempt) for attempt in attempts])


def of_conversation(viewer: Viewer, conversation: int) -> list[DeliveryLine]:
    """What goes out, or went, as part of a conversation, oldest first; nothing for anybody but staff."""
    return _lines(_seen(viewer).filter(dispatch__conversation=conversation).order_by("id"))


def of_dispatch(viewer: Viewer, dispatch: int) -> list[DeliveryLine]:
    """The deliveries of one dispatch, oldest first; nothing for anybody but staff."""
    return _lines(_seen(viewer).filter(dispatch=dispatch).order_by("id"))


def of_dispatches(viewer: Viewer, dispatches: Iterable[int]) -> list[DeliveryLine]:
    """The deliveries of several dispatches, oldest first; nothing for anybody but staff."""
    return _lines(_seen(viewer).filter(dispatch__in=set(dispatches)).order_by("id"))


def states_of(dispatches: Iterable[int]) -> dict[int, str]:
    """How dispatches stand, by id, for the machine itself."""
    rows = Dispatch.objects.filter(pk__in=set(dispatches))
    return dict(rows.values_list("pk", "state"))


def to_act_on(viewer: Viewer, pk: int) -> Delivery | None:
    """The delivery itself, for an action by the viewer; None when it is hidden and when there is none."""
    return _seen(viewer).filter(pk=pk).first()


def dispatch_to_act_on(viewer: Viewer, pk: int) -> Dispatch | None:
    """The dispatch itself, for an action by the viewer; None when it is hidden and when there is none."""
    seen = _seen(viewer).filter(dispatch=pk).first()
    return None if seen is None else seen.dispatch


def _seen(viewer: Viewer) -> QuerySet[Delivery]:
    rows = Delivery.objects.select_related("dispatch", "target", "account__place", "account__lane")
    if not viewer.is_staff:
        return rows.none()
    rows = rows.filter(dispatch__scope__audience__in=viewer.audiences)
    return rows if viewer.ceiling is None else rows.filter(dispatch__place__in=viewer.ceiling)


def _lines(rows: QuerySet[Delivery]) -> list[DeliveryLine]:
    return [_line(row) for row in rows]


def _line(row: Delivery) -> DeliveryLine:
    dispatch, lane = row.dispatch, row.account.lane
    return DeliveryLine(
        id=row.pk,
        dispatch=dispatch.pk,
        state=row.state,
        words=in_words(row),
        place=row.account.place_id,
        place_name=row.account.place.name,
        address=row.target.address,
        conversation=dispatch.conversation_id,
        text=str(dispatch.content.get("text", "")),
        due_at=row.due_at,
        undo_until=dispatch.undo_until,
        tries=row.tries,
        last_error=lane.reason or row.last_error,
        maybe_twice=row.maybe_twice,
        overdue=row.overdue_at is not None,
        needs_person=needs_person(row),
        paused=lane.paused_at is not None,
        url=web_address(row.url or row.uri),
        post=row.post_id,
        by=dispatch.by_id,
        made_at=ids.moment_of(row.pk),
    )


def _attempt_line(row: Attempt) -> AttemptLine:
    return AttemptLine(
        number=row.number,
        kind=row.kind,
        started_at=row.started_at,
        finished_at=row.finished_at,
        outcome=row.outcome,
        detail=row.detail,
        settled_by=row.settled_by,
        by=row.by_id,
    )


def needs_person(row: Delivery) -> bool:
    """Whether nothing happens any more unless a person says something."""
    return row.state == "failed" or (row.state == "uncertain" and row.due_at is None and not row.leased_by)


def in_words(row: Delivery) -> str:
    """How it stands, as staff read it."""
    words = {
        "waiting": gettext("Waiting"),
        "sending": gettext("On its way"),
        "sent": gettext("Sent"),
        "confirmed": gettext("Arrived"),
        "uncertain": gettext("Not sure it arrived: check"),
        "failed": gettext("Not sent"),
        "recalled": gettext("Taken back"),
    }[row.state]
    if row.maybe_twice and row.state in ("sent", "confirmed"):
        return gettext("%(state)s; may have arrived twice") % {"state": words}
    return words


# --- for the machine itself ---------------------------------------------------------------------------------------


def uncertain() -> QuerySet[Delivery]:
    """Every delivery of which nobody knows whether it arrived, oldest first."""
    return Delivery.objects.filter(state="uncertain").order_by("id")


def overdue(patience: Patience = PATIENCE) -> QuerySet[Delivery]:
    """What was due and was not tried, oldest first; also where the account is paused, but not where the network asked
    us to wait."""
    now = clock.now()
    since = now - timedelta(seconds=patience.overdue_s)
    patient = Q(account__lane__not_before__gt=now)
    return (
        Delivery.objects.filter(state="waiting", due_at__lt=since).exclude(patient).order_by("due_at", "id")
    )


def paused() -> QuerySet[Lane]:
    """Accounts through which nothing leaves until somebody connects them again."""
    return Lane.objects.filter(paused_at__isnull=False).order_by("paused_at")


def undo_until(dispatch: int) -> datetime | None:
    """Until when a dispatch can be taken back; None when there is no such one."""
    return Dispatch.objects.filter(pk=dispatch).values_list("undo_until", flat=True).first()


def account_of(place: int) -> Account | None:
    """The account that is this place; None for spaces and sources."""
    return Account.objects.select_related("place").filter(pk=place).first()


def by_key(keys: Iterable[str]) -> dict[str, int]:
    """The ids of our deliveries by the key that stands for them at the network."""
    return dict(Delivery.objects.filter(key__in=list(keys)).values_list("key", "pk"))


def sent_as(place: int, posts: Iterable[int]) -> list[tuple[int, int]]:
    """(delivery, post) of the deliveries through this place's account that became one of these posts and have not come
    back yet."""
    rows = Delivery.objects.filter(
        account__place=place, post__in=list(posts), state__in=("sent", "uncertain")
    )
    return list(rows.order_by("pk").values_list("pk", "post_id"))


def attempts_of(delivery: Delivery) -> list[Attempt]:
    """Every attempt of a delivery, oldest first."""
    return list(Attempt.objects.filter(delivery=delivery).order_by("number"))


def open_writes(attempts: Iterable[Attempt]) -> list[Attempt]:
    """The attempts that may have arrived, and nobody knows yet."""
    unknown = (Outcome.OPEN, Outcome.UNKNOWN)
    return [
        one
        for one in attempts
        if one.kind == AttemptKind.WRITE and one.outcome in unknown and not one.settled_by
    ]


def past_of(delivery: Delivery) -> Past:
    """What the attempts of a delivery say about how it stands.

    They count from the first write whose end nobody knows, or else from the last one: what was before is settled.
    """
    attempts = attempts_of(delivery)
    opened = open_writes(attempts)
    writes = [one for one in attempts if one.kind == AttemptKind.WRITE]
    first = next(iter(opened or writes[-1:]), None)
    since = [] if first is None else [one for one in attempts if one.number >= first.number]
    answers = {one.outcome for one in since if one.kind == AttemptKind.WRITE}
    return Past(
        open_writes=tuple(moment_of(one) for one in opened),
        looks=max(0, sum(one.kind in (AttemptKind.WRITE, AttemptKind.FIND) for one in since) - 1),
        answered_no=bool(answers & {Outcome.REFUSED, Outcome.DUPLICATE}),
        duplicate=Outcome.DUPLICATE in answers,
        first=None if first is None else first.started_at,
    )


def moment_of(attempt: Attempt) -> Moment:
    """When an attempt began."""
    return Moment(wall=attempt.started_at, machine=attempt.machine, ticks=attempt.ticks)


def outgoing_of(delivery: Delivery) -> Outgoing:
    """What is said, addressed to the delivery's target, and the moment at which it was (perhaps) first sent.

    A repeat carries the moment of the attempt that it repeats, so that it is the same letter.
    """
    attempts = attempts_of(delivery)
    writes = [one for one in attempts if one.kind == AttemptKind.WRITE]
    first = next(iter(open_writes(attempts) or writes[-1:]), None)
    outgoing = rules.outgoing_of(delivery.dispatch.content, delivery.target.address)
    return outgoing if first is None else rules.at_moment(outgoing, first.started_at)


def receipt_of(delivery: Delivery) -> Receipt:
    """What the network called it."""
    return Receipt(key=delivery.key, uri=delivery.uri, url=delivery.url, remote_id=delivery.remote_id)
