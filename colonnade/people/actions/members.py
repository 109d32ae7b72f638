"""People who are new here, their sign-ins and roles, and those who are shut out."""

from __future__ import annotations

import secrets

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.access import actions as access
from colonnade.access.models import Kind
from colonnade.access.types import SIGNED_IN, STAFF
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.people import rules
from colonnade.people.actions.identities import call
from colonnade.people.actions.teams import leave_team
from colonnade.people.events import (
    PersonMet,
    PersonRestored,
    PersonSuspended,
    RoleChanged,
)
from colonnade.people.models import (
    HERE,
    STAFF_ROLES,
    Identity,
    Person,
    Proof,
    Role,
    SignIn,
)


@action
def meet(name: str, *, role: str = Role.VISITOR, handle: str = "") -> Person:
    """A person who is new here, with an identity on this server. `handle` is their name in addresses, if they chose one."""
    person = Person.objects.create(
        name=name.strip()[:200], role=role, principal=access.make_principal(Kind.PERSON)
    )
    if role in STAFF_ROLES:
        _join_staff(person)
    face = Identity.objects.create(
        network=HERE,
        address=handle or f"p{person.pk}",
        name=person.name,
        proof=Proof.SIGNED if role != Role.VISITOR else Proof.TYPED,
        person=person,
    )
    call([face])
    announce(PersonMet(person=person.pk), subject=f"person:{person.pk}")
    return person


@action
def give_sign_in(person: Person, email: str, password: str) -> SignIn:
    """Let a person sign in. Raises ValueError when the address is taken or empty."""
    email = email.strip().lower()
    if not email or "@" not in email:
        raise ValueError(gettext("That is not an e-mail address."))
    if SignIn.objects.filter(email=email).exists():
        raise ValueError(gettext("Somebody already signs in with this e-mail address."))
    sign_in = SignIn(email=email, person=person)
    sign_in.set_password(password)
    sign_in.save()
    access.hold(person.principal_id, SIGNED_IN)
    return sign_in


@action
def make_member(name: str, email: str, password: str, *, role: str = Role.MEMBER) -> Person:
    """A person of staff (or a guest) who can sign in."""
    person = meet(
        name, role=role, handle=email.strip().lower().partition("@")[0] + "-" + secrets.token_hex(3)
    )
    give_sign_in(person, email, password)
    return person


@action
def make_owner(email: str, password: str, *, name: str = "") -> Person:
    """The owner of this server; somebody who already signs in with the address becomes owner and gets the password."""
    sign_in = SignIn.objects.filter(email=email.strip().lower()).select_related("person").first()
    if sign_in is None:
        return make_member(name or email.partition("@")[0], email, password, role=Role.OWNER)
    sign_in.set_password(password)
    sign_in.save()
    _set_role(sign_in.person, Role.OWNER)
    return sign_in.person


@action
def invite(name: str, email: str, *, role: str, by: Person) -> Person:
    """Somebody new with an account whose password they choose by the link that they are sent. Raises PermissionDenied,
    and ValueError where the address is taken or none, or the role is not one."""
    if not rules.can_administer(by) or (role == Role.OWNER and by.role != Role.OWNER):
        raise PermissionDenied(gettext("You may not give this role."))
    if role not in Role.values:
        raise ValueError(gettext("There is no such role."))
    person = make_member(rules.fit_name(name), email, secrets.token_urlsafe(32), role=role)
    audit.record("member invited", by=by.principal_id, subject=f"person:{person.pk}", details={"role": role})
    return person


@action
def set_role(person: Person, role: str, *, by: Person) -> None:
    """Change what somebody is to the organisation. Raises PermissionDenied, also where nobody would own the server."""
    if role not in Role.values or not rules.can_set_role(by, person, role):
        raise PermissionDenied(gettext("You may not give this role."))
    owners = Person.objects.filter(role=Role.OWNER, state="active").order_by("pk").select_for_update()
    if role != Role.OWNER and {one.pk for one in owners} == {person.pk}:
        raise PermissionDenied(gettext("The last owner stays owner: make somebody else an owner first."))
    _set_role(person, role)
    audit.record("role set", by=by.principal_id, subject=f"person:{person.pk}", details={"role": role})


def _set_role(person: Person, role: str) -> None:
    person.role = role
    person.save(update_fields=["role"])
    if role in STAFF_ROLES:
        _join_staff(person)
    else:
        access.let_go(person.principal_id, STAFF)
        for team in person.teams.all():  # what a team reads goes with being one of the staff
            leave_team(team, person)
    announce(RoleChanged(person=person.pk, role=role), subject=f"person:{person.pk}")


def _join_staff(person: Person) -> None:
    """Staff are always also signed in: audiences rely on the one implying the other."""
    access.hold(person.principal_id, SIGNED_IN)
    access.hold(person.principal_id, STAFF)


@action
def suspend(person: Person, *, by: Person) -> None:
    """Kill sign-in, tokens and holdings. Raises PermissionDenied."""
    if not rules.can_suspend(by, person):
        raise PermissionDenied(gettext("You may not suspend this person."))
    person.state = "suspended"
    person.save(update_fields=["state"])
    SignIn.objects.filter(person=person).update(is_active=False)
    access.suspend(person.principal_id)
    audit.record("person suspended", by=by.principal_id, subject=f"person:{person.pk}", details={})
    announce(PersonSuspended(person=person.pk), subject=f"person:{person.pk}")


@action
def restore(person: Person, *, by: Person) -> None:
    """Undo `suspend`. Raises PermissionDenied."""
    if not rules.can_suspend(by, person):
        raise PermissionDenied(gettext("You may not restore this person."))
    person.state = "active"
    person.save(update_fields=["state"])
    SignIn.objects.filter(person=person).update(is_active=True)
    access.restore(person.principal_id)
    audit.record("person restored", by=by.principal_id, subject=f"person:{person.pk}", details={})
    announce(PersonRestored(person=person.pk), subject=f"person:{person.pk}")
