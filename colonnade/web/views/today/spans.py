"""Time as somebody lives it: their zone, how long something takes in words, tomorrow."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from colonnade.people.models import Person


def zone_of(person: Person | None) -> ZoneInfo:
    """The time zone somebody lives in; UTC for one that is not known here."""
    try:
        return ZoneInfo(person.time_zone if person else "UTC")
    except (ValueError, OSError, KeyError):  # an unknown name is a KeyError of its own kind
        return ZoneInfo("UTC")


def how_long(span: timedelta) -> str:
    """A span in its largest unit: "9 minutes", "3 hours", "2 days"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return gettext("less than a minute")
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}


def tomorrow(now: datetime, zone: ZoneInfo, at: time) -> datetime:
    """A time of the day after, as the clocks in a zone show it."""
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), at, zone)
