"""What is valid and what follows: pure functions over plain values and rows already read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.formats import date_format
from django.utils.translation import gettext

from colonnade.access import rules as access
from colonnade.access.types import Terms
from colonnade.deliveries import rules as deliveries
from colonnade.networks.base import Capabilities, Outgoing
from colonnade.people.models import Person
from colonnade.people.rules import can_administer, is_staff
from colonnade.primitives import lengths
from colonnade.publishing.types import Fit, Planned

LATE = timedelta(hours=1)
FURTHEST = timedelta(days=5 * 366)
COUNTED = {"mastodon": lengths.MASTODON, "bluesky": lengths.BLUESKY, "twitter": lengths.TWITTER}
LONGEST_HERE = 20_000


class Unfit(ValueError):
    """It cannot go out like this. `str(error)` is a sentence that may be shown to a person."""


class StaleDraft(Exception):
    """Somebody else changed it meanwhile. `str(error)` is a sentence; nothing was stored."""


class TooLate(Exception):
    """It cannot be done any more. `str(error)` may be shown to a person."""


# --- who may ------------------------------------------------------------------------------------------------------


def can_write(person: Person) -> bool:
    """Whether somebody may write, plan and pause what goes out."""
    return is_staff(person)


def may_publish(person: Person, members: frozenset[int]) -> bool:
    """Whether somebody who sees an account may speak through it: where it has members, only they and admins."""
    return is_staff(person) and (not members or person.pk in members or can_administer(person))


def is_wider(now: Terms, chosen: Terms) -> bool:
    """Whether more people read a place now than when it was chosen."""
    return not access.is_within(now, chosen)


# --- what fits ----------------------------------------------------------------------------------------------------


def fit(text: str, can: Capabilities, title: str = "") -> Fit:
    """How a text stands to a network, counted by that network's own rule."""
    how = COUNTED.get(can.network)
    if how is None:
        counted, limit = len(text), can.max_text
        why = deliveries.why_unfit(Outgoing(text=text, title=title), can)
        if limit and counted > limit:
            why = too_long(counted, limit)
        return Fit(counted, limit, why)
    how = replace(how, limit=can.max_text or how.limit)
    measured = lengths.measure(text, how)
    why = "" if can.can_write else gettext("Nothing can be written there.")
    if not text.strip():
        why = gettext("There is nothing in it.")
    elif how.limit and measured.length > how.limit:
        why = too_long(measured.length, how.limit)
    elif not measured.fits:
        why = gettext("The network would refuse a character in it, or its size.")
    return Fit(measured.length, how.limit, why)


def fit_here(text: str) -> Fit:
    """The same for a space of ours."""
    counted = len(text)
    if not text.strip():
        return Fit(counted, LONGEST_HERE, gettext("There is nothing in it."))
    return Fit(counted, LONGEST_HERE, too_long(counted, LONGEST_HERE) if counted > LONGEST_HERE else "")


def too_long(counted: int, limit: int) -> str:
    """By how much a text is too long, in a sentence."""
    return gettext("It has %(count)d characters, and at most %(limit)d fit there.") % {
        "count": counted,
        "limit": limit,
    }


# --- when ---------------------------------------------------------------------------------------------------------


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
