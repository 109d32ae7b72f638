"""Who may publish, and what fits there."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext

from colonnade.access import rules as access
from colonnade.access.types import Terms
from colonnade.deliveries import rules as deliveries
from colonnade.networks.base import Capabilities, Outgoing
from colonnade.people.models import Person
from colonnade.people.rules import can_administer, is_staff
from colonnade.primitives import lengths
from colonnade.publishing.types import Fit

COUNTED = {"mastodon": lengths.MASTODON, "bluesky": lengths.BLUESKY, "twitter": lengths.TWITTER}
LONGEST_HERE = 20_000


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
