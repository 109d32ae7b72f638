"""The way out through an account: paused when nobody is signed in there, patient when the network asks for it."""

from __future__ import annotations

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.deliveries import rules
from colonnade.deliveries.events import AccountPaused, AccountResumed
from colonnade.deliveries.models import Delivery, Lane, Target, TargetKind
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places.models import Account, Polling
from colonnade.primitives import clock


@action
def target_for(account: Account) -> Target:
    """The account's own timeline as a target; made if there was none."""
    Lane.objects.get_or_create(account=account)
    target, _ = Target.objects.get_or_create(account=account, kind=TargetKind.ACCOUNT, address="")
    return target


@action
def letter_to(account: Account, address: str) -> Target:
    """One mail address as a target, written to from our mail account `account`; made if there was none."""
    Lane.objects.get_or_create(account=account)
    target, _ = Target.objects.get_or_create(
        account=account, kind=TargetKind.MAIL, address=address.strip()[:500]
    )
    return target


@action
def pause(account: Account, reason: str) -> None:
    """Nothing leaves through the account until somebody connects it again; nothing of what waits is lost."""
    lane = Lane.objects.select_for_update().get(account=account)
    lane.reason = reason[:500]
    if lane.paused_at is None:
        lane.paused_at = clock.now()
        announce(AccountPaused(place=account.place_id), subject=f"place:{account.place_id}")
    lane.save(update_fields=["paused_at", "reason"])
    polling = Polling.objects.filter(place=account.place_id).first()
    if polling is not None and polling.health != "sign_in_needed":
        places.note_failed_poll(account.place, reason, health="sign_in_needed")


@action
def resume(account: Account, *, by: Person | None = None) -> None:
    """The account is connected again: what waited leaves, what is uncertain is looked at. Raises PermissionDenied."""
    rules.require(by)
    lane = Lane.objects.select_for_update().filter(account=account).first()
    if lane is None or lane.paused_at is None:
        return
    lane.paused_at, lane.reason = None, ""
    lane.save(update_fields=["paused_at", "reason"])
    unclear = Delivery.objects.filter(account=account, state="uncertain", due_at__isnull=False)
    unclear.update(due_at=clock.now())
    announce(AccountResumed(place=account.place_id), subject=f"place:{account.place_id}")
    if by is not None:
        audit.record("account resumed", by=by.principal_id, subject=f"place:{account.place_id}", details={})


@action
def ask_patience(account: Account, seconds: float) -> None:
    """The network asked for so many seconds: nothing leaves through the account before they are over."""
    lane = Lane.objects.select_for_update().get(account=account)
    until = rules.later(clock.now(), seconds)
    if lane.not_before is None or lane.not_before < until:
        lane.not_before = until
        lane.save(update_fields=["not_before"])
