"""Every write of the community room."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from colonnade.community.models import FollowByMail
from colonnade.community.rules import CONFIRM_S
from colonnade.core.db import action
from colonnade.places.models import Place
from colonnade.primitives import clock, ids


@action
def follow(email: str, place: Place | None, language: str) -> FollowByMail:
    """Remember that an address asked to follow; it is asked whether it did. The same row where it asked before."""
    made = {"language": language, "made_at": clock.now()}
    row, _ = FollowByMail.objects.get_or_create(email=email, place=place, defaults=made)
    return row


@action
def confirm(follow: int) -> FollowByMail | None:
    """It was they who asked: from now on they hear of what is new. None where nobody is remembered any more."""
    row = FollowByMail.objects.select_for_update().select_related(None).filter(pk=follow).first()
    if row is not None and row.confirmed_at is None:
        row.confirmed_at = clock.now()
        row.told_up_to = ids.first_of(clock.now_ms())
        row.save(update_fields=["confirmed_at", "told_up_to"])
    return row


@action
def stop(follow: int) -> None:
    """Write no more, and forget the address; nothing happens where it is forgotten."""
    FollowByMail.objects.filter(pk=follow).delete()


@action
def claim(follow: int, day: date) -> bool:
    """Begin the letter of a day, once: True for the one who begins it."""
    rows = FollowByMail.objects.filter(
        Q(period=None) | Q(period__lt=day), pk=follow, confirmed_at__isnull=False
    )
    return rows.update(period=day) == 1


@action
def told(follow: int, up_to: int) -> None:
    """A letter went out that told of all posts up to this one."""
    FollowByMail.objects.filter(pk=follow, told_up_to__lt=up_to).update(told_up_to=up_to)


@action
def forget_unconfirmed() -> None:
    """Delete the addresses that never answered."""
    before = clock.now() - timedelta(seconds=CONFIRM_S)
    FollowByMail.objects.filter(confirmed_at=None, made_at__lt=before).delete()
