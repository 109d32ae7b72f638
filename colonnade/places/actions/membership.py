"""Who is a member of a place: let in by others, or by their own step."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.access import actions as access
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.people.models import Person
from colonnade.places import rules
from colonnade.places.events import MembershipChanged
from colonnade.places.models import (
    MEMBERSHIP_STATES,
    MemberRole,
    Membership,
    Place,
    Space,
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


@action
def set_notices(place: Place, person: Person, level: str) -> None:
    """What a member wants to be told of a place: all, mentions, nothing, or normal (what they chose for everywhere)."""
    if level not in ("normal", "all", "mentions", "nothing"):
        raise ValueError(level)
    Membership.objects.filter(place=place, person=person).update(notices=level)


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


# --- by one's own step ------------------------------------------------------------------------------------------------


@action
def come_in(place: Place, person: Person) -> Membership:
    """Become a member of an open space, or take an invitation. That the person sees the space is the caller's to know.

    Raises PermissionDenied.
    """
    row = _locked(place, person)
    if rules.is_member(row):
        return _sure(row)
    if not rules.can_come_in(Space.objects.get(place=place), row):
        raise PermissionDenied(gettext("One comes into this space only by invitation."))
    invited = row is not None and row.state == "invited"
    role = _sure(row).role if invited else MemberRole.MEMBER
    return _turn_membership(place, person, "member", role=role, expires_at=None)


@action
def ask_to_join(place: Place, person: Person) -> Membership:
    """Ask the stewards to be let in; asking twice changes nothing. Raises PermissionDenied."""
    row = _locked(place, person)
    if row is not None and row.state == "asked":
        return row
    if not rules.can_ask(Space.objects.get(place=place), row):
        raise PermissionDenied(gettext("This space takes no requests."))
    return _turn_membership(place, person, "asked", role=MemberRole.MEMBER)


@action
def go(place: Place, person: Person) -> None:
    """Leave a space, take back a request, or decline an invitation. Raises PermissionDenied where the last steward goes
    and others stay behind."""
    row = _locked(place, person)
    if row is None or row.state == "left":
        return
    _require_another_steward(row)
    _turn_membership(place, person, "left", role=MemberRole.MEMBER)


# --- by a steward -----------------------------------------------------------------------------------------------------


@action
def invite(place: Place, person: Person, *, by: Person, role: str = MemberRole.MEMBER) -> Membership:
    """Invite somebody, in a role; whoever has asked is let in. Inviting a member changes nothing.

    Raises PermissionDenied.
    """
    _require_steward(place, by)
    row = _locked(place, person)
    if row is not None and row.state in ("member", "invited"):
        return row
    state = "member" if row is not None and row.state == "asked" else "invited"
    return _by_steward(place, person, by, state, role=MemberRole(role))


@action
def accept(place: Place, person: Person, *, by: Person) -> Membership:
    """Let somebody in who asked. Raises PermissionDenied, also where nobody asked (any more)."""
    _require_steward(place, by)
    row = _locked(place, person)
    if row is not None and row.state == "member":
        return row
    if row is None or row.state != "asked":
        raise PermissionDenied(gettext("They no longer ask to be let in."))
    return _by_steward(place, person, by, "member", expires_at=None)


@action
def send_away(place: Place, person: Person, *, by: Person) -> None:
    """Refuse who asked, take back an invitation, or end a membership. Raises PermissionDenied."""
    _require_steward(place, by)
    row = _locked(place, person)
    if row is None or row.state == "left":
        return
    _require_another_steward(row)
    _by_steward(place, person, by, "left", role=MemberRole.MEMBER)


@action
def set_member_role(place: Place, person: Person, role: str, *, by: Person) -> None:
    """Make a member a steward, or a steward a member. Raises PermissionDenied, ValueError for a role that is none."""
    _require_steward(place, by)
    row = _locked(place, person)
    if row is None or row.state != "member":
        raise PermissionDenied(gettext("They are not in this space any more."))
    wanted = MemberRole(role)
    if wanted != MemberRole.STEWARD:
        _require_another_steward(row)
    _by_steward(place, person, by, "member", role=wanted)


def _by_steward(place: Place, person: Person, by: Person, state: str, **more: Any) -> Membership:
    row = _turn_membership(place, person, state, **more)
    audit.record(
        "membership changed",
        by=by.principal_id,
        subject=f"place:{place.pk}",
        details={"person": str(person.pk), "state": state, "role": row.role},
    )
    return row


def _locked(place: Place, person: Person) -> Membership | None:
    """The membership, which nobody else changes meanwhile: the place's row is locked, also where there is none yet."""
    Place.objects.select_for_update().get(pk=place.pk)
    return Membership.objects.filter(place=place, person=person).first()


def _sure(row: Membership | None) -> Membership:
    assert row is not None
    return row


def _require_steward(place: Place, by: Person) -> None:
    mine = Membership.objects.filter(place=place, person=by).first()
    if not rules.can_steward(by, mine):
        raise PermissionDenied(gettext("Only stewards of this space do that."))


def _require_another_steward(row: Membership) -> None:
    """A space that has members keeps a steward."""
    if not rules.is_steward(row):
        return
    others = Membership.objects.filter(place=row.place_id, state="member").exclude(pk=row.pk)
    if others.exists() and not others.filter(role=MemberRole.STEWARD).exists():
        raise PermissionDenied(gettext("This is the last steward: make somebody else a steward first."))
