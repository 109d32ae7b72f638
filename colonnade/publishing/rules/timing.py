"""When it goes out: a time of day at a place, and the moment that it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.formats import date_format
from django.utils.translation import gettext

from colonnade.publishing.rules.refusals import Unfit
from colonnade.publishing.types import Planned

LATE = timedelta(hours=1)
FURTHEST = timedelta(days=5 * 366)


@cache
def zones() -> tuple[str, ...]:
    """The names of all time zones that this machine knows."""
    return tuple(sorted(available_timezones()))


def planned(local: str, zone: str) -> Planned:
    """The moment that a local time ("2026-11-22T09:30") is in an IANA zone, by the rules known today.

    A time that the clocks skip is taken by the offset before the change, as RFC 5545 (3.3.5) does: as much later as
    was skipped. Of a time that comes twice the first is taken. Either is said in `say`. Raises Unfit.
    """
    if zone not in zones():
        raise Unfit(gettext("There is no time zone “%(zone)s”.") % {"zone": zone})
    try:
        wall = datetime.strptime(local, "%Y-%m-%dT%H:%M")
        tz = ZoneInfo(zone)
        moment = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
        there = moment.astimezone(tz)
    except (ValueError, OverflowError):
        raise Unfit(gettext("Give a day and a time.")) from None
    if there.replace(tzinfo=None) != wall:
        say = gettext(
            "Because the clocks go forward that day, %(time)s is skipped: %(later)s is taken instead."
        ) % {"time": _time(wall), "later": _time(there)}
    elif wall.replace(tzinfo=tz, fold=1).utcoffset() != there.utcoffset():
        say = gettext(
            "Because the clocks go back that day, %(time)s comes twice: the first time is taken."
        ) % {"time": _time(wall)}
    else:
        say = ""
    return Planned(wall.strftime("%Y-%m-%dT%H:%M"), zone, moment, say)


def _time(moment: datetime) -> str:
    return date_format(moment.replace(tzinfo=None), "TIME_FORMAT")


def still_to_come(plan: Planned, now: datetime) -> Planned:
    """The plan, if its moment lies ahead and not absurdly far. Raises Unfit."""
    if plan.moment <= now:
        raise Unfit(gettext("That moment has passed. Choose a later one, or publish it now."))
    if plan.moment > now + FURTHEST:
        raise Unfit(gettext("That is more than five years ahead."))
    return plan


def is_late(goes_at: datetime, now: datetime) -> bool:
    """Whether it is so late that a person should decide: what was planned for then may be out of place by now."""
    return now - goes_at >= LATE
