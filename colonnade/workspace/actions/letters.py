"""The letter with what somebody has not read: once a period, a row each, so that none goes out twice."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from colonnade.core.db import action
from colonnade.primitives import clock
from colonnade.workspace import queries, rules
from colonnade.workspace.models import Digest, Notice, Preference

KEPT = timedelta(days=60)


@action
def begin_letters() -> list[int]:
    """Begin the letters whose period has come, in each person's own zone; returns their ids. A period that has nothing
    to tell is over as well. Old ones are forgotten."""
    now = clock.now()
    Digest.objects.filter(made_at__lt=now - KEPT).delete()
    begun = []
    for wish in Preference.objects.exclude(digest="off").select_related("person").order_by("pk"):
        period = rules.period_of(
            wish.digest,
            wish.digest_at,
            queries.quiet_hours(wish),
            now.astimezone(ZoneInfo(wish.person.time_zone)),
        )
        if not period or wish.person.state != "active":
            continue
        newest = (
            Notice.objects.filter(person=wish.person).order_by("-pk").values_list("pk", flat=True).first()
        )
        row, made = Digest.objects.get_or_create(
            person=wish.person, period=period, defaults={"upto": newest or 0, "made_at": now}
        )
        if made:
            begun.append(row.pk)
    return begun


@action
def letter_sent(digest: int) -> None:
    """The letter of this period is out, or had nothing to tell."""
    Digest.objects.filter(pk=digest, sent_at__isnull=True).update(sent_at=clock.now())
