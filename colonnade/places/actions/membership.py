"""Who is a member of a place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from colonnade.access import actions as access
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.people.models import Person
from colonnade.places.events import MembershipChanged
from colonnade.places.models import (
    MEMBERSHIP_STATES,
    Membership,
    Place,
)


@action
def join(
    place: Place, person: Person, *, role: str = "member", expires_at: datetime | None = None
) -> Membership:
    """`person` is a member of the place from now on, in this role and until then; a second time moves role and end."""
    return _turn_membership(place, person, "member", role=role, expires_at=expires_at)


@action
def leave(place: Place, person: Person) -> Membership:
    """`person` is no longer a member of the place."""
    return _turn_membership(place, person, "left")


def _turn_membership(place: Place, person: Person, state: str, **more: Any) -> Membership:
    row, made = Membership.objects.get_or_create(
        place=place, person=person, defaults={"state": state, **more}
    )
    if not made:
        if row.state != state:
            MEMBERSHIP_STATES.check(row.state, state)
        row.state = state
        for field, value in more.items():
            setattr(row, field, value)
        row.save()
    if state == "member":
        access.hold(person.principal_id, place.principal_id, until=row.expires_at)
    else:
        access.let_go(person.principal_id, place.principal_id)
    announce(MembershipChanged(place=place.pk, person=person.pk, state=state), subject=f"person:{person.pk}")
    return row
