"""Every write of extensions."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied

from colonnade.access import actions as access
from colonnade.access.models import Kind
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.extensions import rules
from colonnade.extensions.events import GrantMade, GrantRevoked
from colonnade.extensions.models import App, Grant
from colonnade.people.models import Person
from colonnade.places.models import Place
from colonnade.primitives import clock


@action
def add_app(name: str) -> App:
    """An outside program that people may let in."""
    return App.objects.create(name=name.strip()[:200], principal=access.make_principal(Kind.APP))


@action
def grant(
    person: Person,
    permissions: Iterable[str],
    *,
    places: Iterable[Place] = (),
    name: str = "",
    app: App | None = None,
    expires_at: datetime | None = None,
    by: Person | None = None,
) -> str:
    """A new token of a person, returned once and kept only as a hash. `places` limits it to these (and no others ever).

    `by` None is the person themselves, or the machine's operator. Raises UnknownPermission, PermissionDenied.
    """
    if by is not None and by.pk != person.pk:
        raise PermissionDenied("A token is made by the person in whose name it speaks.")
    if person.state != "active":
        raise PermissionDenied("Somebody who is suspended gets no token.")
    token = rules.PREFIX + secrets.token_urlsafe(32)
    ceiling = list(places)
    made = Grant.objects.create(
        name=name.strip()[:200],
        app=app,
        person=person,
        permissions=rules.checked(permissions),
        limited=bool(ceiling),
        token_hash=rules.hash_of(token),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    made.places.set(ceiling)
    announce(GrantMade(grant=made.pk, person=person.pk), subject=f"grant:{made.pk}")
    audit.record(
        "extensions.granted",
        by=(by or person).principal_id,
        subject=f"grant:{made.pk}",
        details={"person": str(person.pk), "permissions": made.permissions, "places": len(ceiling)},
    )
    return token


@action
def revoke(grant: Grant, *, by: Person) -> None:
    """Kill a token; a second time changes nothing. Raises PermissionDenied."""
    row = Grant.objects.select_for_update().get(pk=grant.pk)
    if not rules.can_revoke(by, row):
        raise PermissionDenied("Only its person or an admin may revoke a token.")
    if row.revoked_at is not None:
        return
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    announce(GrantRevoked(grant=row.pk, person=row.person_id), subject=f"grant:{row.pk}")
    audit.record("extensions.revoked", by=by.principal_id, subject=f"grant:{row.pk}", details={})


def note_use(grant: Grant) -> None:
    """Remember the day on which a token was last used: at most one write a day and token."""
    today = clock.now().date()
    if grant.last_used_on != today:
        _note_use(grant, today)


@action
def _note_use(grant: Grant, today: object) -> None:
    Grant.objects.filter(pk=grant.pk).update(last_used_on=today)
