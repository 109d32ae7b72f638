"""Taking deliveries under a lease, and taking them back from workers that ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from colonnade.core.db import action
from colonnade.deliveries import rules
from colonnade.deliveries.actions import worker
from colonnade.deliveries.actions.turning import locked, turn, turn_dispatch
from colonnade.deliveries.models import Attempt, AttemptKind, Delivery, Lane, Outcome
from colonnade.deliveries.types import PATIENCE, Patience
from colonnade.primitives import clock

LEASE = ["leased_by", "lease_until", "lease_machine", "lease_ticks"]


@action
def claim(limit: int = 1, lease_s: float = PATIENCE.lease_s) -> list[Delivery]:
    """Up to `limit` deliveries that are due, one an account and the longest due first, leased for `lease_s` seconds.

    Two workers never get the same one, nor two of the same account. They are "sending" when this returns.
    """
    now = clock.now()
    claimed = []
    for lane in _lanes_with_work(now, limit):
        if Delivery.objects.filter(account=lane.account_id, state="sending").exists():
            continue
        first = _waiting(now).filter(account=lane.account_id).order_by("due_at", "id")
        delivery = first.select_for_update(skip_locked=True).first()
        if delivery is not None:
            turn(delivery, "sending")
            _lease(delivery, lease_s)
            claimed.append(delivery)
    return claimed


@action
def claim_errands(limit: int = 10, lease_s: float = PATIENCE.lease_s) -> list[Delivery]:
    """Up to `limit` deliveries about which something is to be found out or done there, leased: uncertain ones, sent
    ones that have not come back, those to be recalled. Their state stays."""
    now = clock.now()
    free = Lane.objects.filter(_open_now(now), account=OuterRef("account"))
    due = Delivery.objects.filter(
        Exists(free), state__in=["uncertain", "sent", "confirmed"], due_at__lte=now, leased_by=""
    )
    rows = list(due.order_by("due_at", "id").select_for_update(skip_locked=True, of=("self",))[:limit])
    for delivery in rows:
        _lease(delivery, lease_s)
    return rows


def _open_now(now: datetime) -> Q:
    return Q(paused_at__isnull=True) & (Q(not_before__isnull=True) | Q(not_before__lte=now))


def _waiting(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state="waiting", due_at__lte=now)


def _lanes_with_work(now: datetime, limit: int) -> Iterable[Lane]:
    """Lanes with nothing on the way and something due, locked: whoever finds one locked passes on to the next."""
    due = _waiting(now).filter(account=OuterRef("account")).order_by("due_at")
    on_the_way = Delivery.objects.filter(account=OuterRef("account"), state="sending")
    lanes = Lane.objects.filter(_open_now(now)).annotate(oldest=Subquery(due.values("due_at")[:1]))
    free = lanes.filter(~Exists(on_the_way), oldest__isnull=False).order_by("oldest", "account")
    return cast("Iterable[Lane]", free.select_for_update(skip_locked=True, of=("self",))[:limit])


def _lease(delivery: Delivery, lease_s: float) -> None:
    moment = worker.this_moment()
    delivery.leased_by = worker.new_token()
    delivery.lease_until = rules.later(moment.wall, lease_s)
    delivery.lease_machine = moment.machine
    delivery.lease_ticks = moment.ticks + lease_s
    delivery.save(update_fields=["state", *LEASE])


def release(delivery: Delivery) -> None:
    """Clear the lease in memory; the caller saves."""
    delivery.leased_by, delivery.lease_machine = "", ""
    delivery.lease_until, delivery.lease_ticks = None, None


def held(delivery: Delivery) -> Delivery:
    """The row, locked, if we still have it under the lease that `delivery` carries. Raises LostLease."""
    row = locked(delivery.pk)
    if not delivery.leased_by or row.leased_by != delivery.leased_by:
        raise rules.LostLease(f"Delivery {delivery.pk} is no longer ours.")
    return row


def seconds_left(delivery: Delivery) -> float:
    """How long the lease still lasts, on the clock that nobody sets."""
    return (delivery.lease_ticks or 0.0) - clock.monotonic_s()


@action
def reclaim(patience: Patience = PATIENCE, limit: int = 100) -> list[Delivery]:
    """Take back what is leased to workers that ended, or that took longer than their lease.

    A worker of this machine that has died is noticed at once, others when their lease runs out. What was never
    attempted waits again; where an attempt had begun, nobody knows: that delivery is uncertain.
    """
    leased = Delivery.objects.exclude(leased_by="").order_by("dispatch_id", "id")
    over = [row.pk for row in leased.only("id", "dispatch_id", *LEASE) if _is_over(row)][:limit]
    taken_back = [row for row in map(locked, over) if _is_over(row)]
    for delivery in taken_back:
        _take_back(delivery, patience)
    return taken_back


def _is_over(delivery: Delivery) -> bool:
    if not delivery.leased_by:
        return False
    if delivery.lease_machine == worker.machine():
        return seconds_left(delivery) <= 0 or worker.is_gone(delivery.leased_by)
    return delivery.lease_until is None or delivery.lease_until <= clock.now()


def _take_back(delivery: Delivery, patience: Patience) -> None:
    open_attempts = Attempt.objects.filter(delivery=delivery, outcome=Outcome.OPEN)
    was_written = open_attempts.filter(kind=AttemptKind.WRITE).exists()
    over = {"finished_at": clock.now(), "detail": "The process that did this ended before it knew."}
    open_attempts.filter(kind=AttemptKind.WRITE).update(outcome=Outcome.UNKNOWN, **over)
    open_attempts.exclude(kind=AttemptKind.WRITE).update(outcome=Outcome.CANNOT_TELL, **over)
    release(delivery)
    if delivery.state == "sending":
        now = clock.now()
        delivery.due_at = rules.later(now, patience.look_again_s[0]) if was_written else now
        turn(delivery, "uncertain" if was_written else "waiting")
    delivery.save()
    turn_dispatch(delivery.dispatch)
