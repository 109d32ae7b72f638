"""Briefings are set up, made once a period, and sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.insight import queries, rules
from colonnade.insight.models import Briefing, Edition
from colonnade.listening.models import Watch
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.people.rules import is_staff
from colonnade.primitives import clock, ids


@action
def set_briefing(
    briefing: Briefing | None,
    *,
    by: Person,
    reader: Person,
    name: str,
    every: str,
    weekday: int,
    at: time,
    by_mail: bool,
    watches: Iterable[Watch],
    with_pdf: bool = False,
) -> Briefing:
    """Set up a briefing for somebody of staff, or change it; `with_pdf` puts its document into its letters. Raises ValueError
    without a name, PermissionDenied."""
    if not is_staff(by) or not is_staff(reader):
        raise PermissionDenied("Briefings are for people of staff.")
    if not name.strip():
        raise ValueError(gettext("Say what it is called."))
    row = briefing or Briefing(made_by=by)
    row.reader, row.name = reader, name.strip()[:100]
    row.by_mail, row.with_pdf = by_mail, with_pdf
    row.every = "week" if every == "week" else "day"
    row.weekday, row.at = min(max(weekday, 0), 6), at
    row.save()
    row.watches.set(watches)
    return row


@action
def pause_briefing(briefing: Briefing, on: bool) -> None:
    """Nothing is made while it is paused; what came due meanwhile is not made up for, but for the period that was last."""
    Briefing.objects.filter(pk=briefing.pk).update(paused=on)


@action
def remove_briefing(briefing: Briefing) -> None:
    """It is no more, nor are its editions."""
    briefing.delete()


@action
def begin_editions() -> list[int]:
    """Make the editions whose period is over where their readers live; returns those that go out by mail. Once a period:
    after a pause or a server that was off only the period that was over last is made, under its own name."""
    now, made = clock.now(), []
    for briefing in Briefing.objects.filter(paused=False).select_related("reader__principal").order_by("pk"):
        zone = ZoneInfo(briefing.reader.time_zone)
        period = rules.period_at(briefing.every, briefing.weekday, briefing.at, now.astimezone(zone))
        if period[2] < ids.moment_of(briefing.pk) or not is_staff(briefing.reader):
            continue  # it was not wanted yet
        if not Edition.objects.filter(briefing=briefing, period=period[0]).exists():
            edition = make_edition(briefing, period)
            made += [edition.pk] if briefing.by_mail else []
    return made


@action
def make_edition(briefing: Briefing, period: rules.Period) -> Edition:
    """Make the edition of a period for its reader, with what they may see now; one that is there is given back."""
    name, since, before = period
    now = clock.now()
    with timezone.override(ZoneInfo(briefing.reader.time_zone)):
        body = queries.gathered(people.viewer_for(briefing.reader), briefing, since, before, now)
    row, _ = Edition.objects.get_or_create(
        briefing=briefing,
        period=name,
        defaults={"since": since, "before": before, "body": body, "made_at": now},
    )
    return row


@action
def make_one_now(briefing: Briefing) -> Edition:
    """An edition of the day or week up to now, beside those that come by themselves."""
    now = clock.now().astimezone(ZoneInfo(briefing.reader.time_zone))
    _, since, before = rules.period_at(briefing.every, now.weekday(), now.time(), now)
    return make_edition(briefing, (f"{now:%Y-%m-%d %H:%M:%S}", since, before))


@action
def edition_not_sent(edition: int, why: str) -> None:
    """The edition does not go to its reader by mail, and why; in the audit log, each edition once."""
    row = Edition.objects.select_for_update(of=("self",)).select_related("briefing").get(pk=edition)
    if "not_sent" in row.body:
        return
    row.body = {**row.body, "not_sent": why}
    row.save(update_fields=["body"])
    details = {"person": str(row.briefing.reader_id), "name": row.briefing.name, "reason": why}
    audit.record("briefing not sent", by=None, subject=f"briefing:{row.briefing_id}", details=details)


@action
def edition_sent(edition: int, at: datetime) -> None:
    """The edition is on its way to its reader."""
    Edition.objects.filter(pk=edition, sent_at__isnull=True).update(sent_at=at)
