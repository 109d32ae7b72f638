"""Who may do what in a place, and who reads it, in words. Pure functions."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from colonnade.access import rules as access
from colonnade.access.types import CRAWLERS, EVERYONE, FEDIVERSE, SIGNED_IN, STAFF, Terms
from colonnade.people.models import Person
from colonnade.people.rules import can_administer, is_staff

ON_THE_WEB: Terms = frozenset({(EVERYONE, EVERYONE), (CRAWLERS, CRAWLERS), (FEDIVERSE, FEDIVERSE)})
SIGNED_IN_ONLY: Terms = frozenset({(SIGNED_IN, SIGNED_IN)})
STAFF_ONLY: Terms = frozenset({(STAFF, STAFF)})


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


def is_internal(audience: Terms) -> bool:
    """A space is internal if its audience is within staff; else it is external."""
    return access.is_within(audience, STAFF_ONLY)
