"""Who may do what in a place, and who reads it, in words. Pure functions."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.access import rules as access
from colonnade.access.types import CRAWLERS, EVERYONE, FEDIVERSE, SIGNED_IN, STAFF, Terms, Viewer
from colonnade.people.models import Person
from colonnade.people.rules import can_administer, is_staff
from colonnade.places.models import JoinPolicy, MemberRole, Membership, Place, Space
from colonnade.primitives import text

ON_THE_WEB: Terms = frozenset({(EVERYONE, EVERYONE), (CRAWLERS, CRAWLERS), (FEDIVERSE, FEDIVERSE)})
SIGNED_IN_ONLY: Terms = frozenset({(SIGNED_IN, SIGNED_IN)})
STAFF_ONLY: Terms = frozenset({(STAFF, STAFF)})

NEWSLETTERS = "newsletters"
"""The connector of letterboxes."""


def can_add_place(person: Person) -> bool:
    """Whether somebody may add spaces, accounts and sources."""
    return can_administer(person)


def require(by: Person | None) -> None:
    """Refuse whoever may not add places; None is the machine itself (first run, tests of a room).

    Raises PermissionDenied.
    """
    if by is not None and not can_add_place(by):
        raise PermissionDenied("Only owners and admins add places.")


def can_see_all_places(person: Person) -> bool:
    """Whether somebody lists accounts and sources with their health."""
    return is_staff(person)


READ_BY = {"staff": STAFF_ONLY, "signed-in": SIGNED_IN_ONLY, "everyone": ON_THE_WEB}
"""The audiences one chooses from by a word; "members" is the fourth, and differs from space to space."""


def read_by(choice: str, place: Place) -> Terms:
    """The audience of a space that somebody chose by a word. Raises ValueError for a word that is none."""
    if choice == "members":
        return frozenset({(place.principal_id, place.principal_id)})
    if choice not in READ_BY:
        raise ValueError(choice)
    return READ_BY[choice]


def chosen(audience: Terms, place: Place) -> str:
    """The word for an audience, "" for one that was put together by hand."""
    words = {**READ_BY, "members": read_by("members", place)}
    return next((word for word, terms in words.items() if terms == audience), "")


def is_internal(audience: Terms) -> bool:
    """A space is internal if its audience is within staff; else it is external."""
    return access.is_within(audience, STAFF_ONLY)


# --- membership -----------------------------------------------------------------------------------------------------


def is_member(membership: Membership | None) -> bool:
    """Whether somebody is in the space now."""
    return membership is not None and membership.state == "member"


def is_steward(membership: Membership | None) -> bool:
    """Whether somebody looks after the space."""
    return membership is not None and is_member(membership) and membership.role == MemberRole.STEWARD


def can_steward(person: Person, membership: Membership | None) -> bool:
    """Whether somebody lets people in, names stewards and changes what a space says of itself. They must also see it,
    which only the viewer knows."""
    return person.state == "active" and (can_administer(person) or is_steward(membership))


def can_change_audience(person: Person, membership: Membership | None) -> bool:
    """Who reads a space is changed by admins, and by its stewards among the staff."""
    return can_steward(person, membership) and is_staff(person)


def can_choose_aim(person: Person, membership: Membership | None) -> bool:
    """Which aim a space serves is said by its stewards among the staff: aims are the organisation's own."""
    return can_steward(person, membership) and is_staff(person)


def can_come_in(space: Space, membership: Membership | None) -> bool:
    """Whether somebody who sees the space becomes a member without being asked who they are."""
    return not is_member(membership) and (
        space.join_policy == JoinPolicy.OPEN or (membership is not None and membership.state == "invited")
    )


def can_ask(space: Space, membership: Membership | None) -> bool:
    """Whether somebody who sees the space may ask to be let in."""
    return space.join_policy == JoinPolicy.ASK and (membership is None or membership.state == "left")


def knows_members(viewer: Viewer, place: Place) -> bool:
    """Whether somebody is told who is in the space, and how many: staff and the members themselves."""
    return viewer.is_staff or place.principal_id in viewer.holds


def widens(audience: Terms, before: Terms) -> bool:
    """Whether somebody could read the space who could not before; also where that is not sure."""
    return not access.is_within(audience, before)


# --- aims -----------------------------------------------------------------------------------------------------------

LONGEST_AIM = 300


def fit_aim(sentence: str) -> str:
    """An aim in one sentence. Raises ValueError, a sentence for whoever typed it."""
    sentence = _one_line(sentence)
    if not sentence:
        raise ValueError(gettext("Say what you are here for, in one sentence."))
    if len(sentence) > LONGEST_AIM:
        raise ValueError(gettext("That is longer than one sentence should be: 300 letters."))
    return sentence


def fit_measure(measure: str) -> str:
    """By what one sees that an aim comes nearer. Raises ValueError, a sentence for whoever typed it."""
    measure = _one_line(measure)
    if len(measure) > LONGEST_AIM:
        raise ValueError(gettext("A measure has at most 300 letters."))
    return measure


def _one_line(said: str) -> str:
    return " ".join(text.normalise(said).split())
