"""What a space says of itself; closing it, and opening it again."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.people.models import Person
from colonnade.places import rules
from colonnade.places.events import SpaceChanged
from colonnade.places.models import JoinPolicy, Membership, Place, Space
from colonnade.primitives import clock


@action
def describe(
    place: Place, *, name: str, purpose: str, expected_result: str, join_policy: str, by: Person
) -> None:
    """Change what a space says of itself and how one joins it; its address stays.

    Raises PermissionDenied, ValueError where it has no name or the policy is none.
    """
    _require_steward(place, by)
    if not name.strip():
        raise ValueError(gettext("A space needs a name."))
    Place.objects.filter(pk=place.pk).update(name=name.strip()[:200])
    Space.objects.filter(place=place).update(
        purpose=purpose.strip()[:500],
        expected_result=expected_result.strip()[:500],
        join_policy=JoinPolicy(join_policy),
    )
    _changed(place, "space described", by)


@action
def archive(place: Place, *, by: Person) -> None:
    """Put a space away: it is in no list any more and nothing new is said in it; all that was said stays.

    Raises PermissionDenied.
    """
    _require_steward(place, by)
    Place.objects.filter(pk=place.pk, archived_at__isnull=True).update(archived_at=clock.now())
    _changed(place, "space archived", by)


@action
def open_again(place: Place, *, by: Person) -> None:
    """Undo `archive`. Raises PermissionDenied."""
    _require_steward(place, by)
    Place.objects.filter(pk=place.pk).update(archived_at=None)
    _changed(place, "space opened again", by)


def _require_steward(place: Place, by: Person) -> None:
    mine = Membership.objects.filter(place=place, person=by).first()
    if not rules.can_steward(by, mine):
        raise PermissionDenied(gettext("Only stewards of this space do that."))


def _changed(place: Place, what: str, by: Person) -> None:
    announce(SpaceChanged(place=place.pk), subject=f"place:{place.pk}")
    audit.record(what, by=by.principal_id, subject=f"place:{place.pk}", details={})
