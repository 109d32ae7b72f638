"""Audiences inside places: made, narrowed, moved with their place."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext

from colonnade.access import actions as access
from colonnade.access import rules as access_rules
from colonnade.access.models import Audience
from colonnade.access.types import STAFF, Terms
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.people.models import Person
from colonnade.places import rules
from colonnade.places.events import AudienceChanged
from colonnade.places.models import (
    Membership,
    Place,
    Scope,
)


@action
def scope_in(place: Place, audience: Terms, *, like: Scope | None = None) -> Scope:
    """The scope of this audience in this place, made if there was none; never wider than the place.

    `like` is taken where it has that very audience: several scopes may, and only the place's own opens with the place.
    Raises Unexpressible where the place and the audience cannot be joined.
    """
    return _scope_in(place, audience, like=like)


@action
def scope_apart(place: Place, audience: Terms) -> Scope:
    """The same, but never the place's own scope: who reads it stays the same when the place is opened to more people.

    For what is meant for these readers alone, not for whoever reads the place.
    """
    return _scope_in(place, audience, apart=True)


def _scope_in(place: Place, audience: Terms, *, like: Scope | None = None, apart: bool = False) -> Scope:
    interned = access.intern(_inside(place, audience))
    if like is not None and (same := _scopes_with(place, interned).filter(pk=like.pk).first()):
        return same
    found = _scope_with(place, interned, apart)
    if found is None:
        # Made while nobody changes who reads the place: what a caller knows of that may be long past.
        Place.objects.select_for_update().get(pk=place.pk)
        interned = access.intern(_inside(place, audience))
        found = _scope_with(place, interned, apart)
    return found or Scope.objects.create(place=place, audience=interned, tier=interned.tier)


def _inside(place: Place, audience: Terms) -> Terms:
    """Those of the audience who read the place at this moment."""
    held = access_rules.terms_of(Place.objects.values_list("audience__key", flat=True).get(pk=place.pk))
    return audience if access_rules.is_within(audience, held) else access_rules.joined(audience, held)


def _scopes_with(place: Place, audience: Audience) -> QuerySet[Scope]:
    return Scope.objects.select_related("audience").filter(place=place, audience=audience).order_by("pk")


def _scope_with(place: Place, audience: Audience, apart: bool) -> Scope | None:
    rows = _scopes_with(place, audience)
    return (rows.exclude(pk=default_scope(place).pk) if apart else rows).first()


@action
def default_scope(place: Place) -> Scope:
    """The scope that everybody who may read the place sees: its own, made with it."""
    return Scope.objects.select_related("audience").filter(place=place).order_by("pk")[:1].get()


@action
def note_scope(place: Place, within: Scope | None = None) -> Scope:
    """Where staff notes go: staff among those who read `within` (or the place). They stay notes if the place opens."""
    base = access_rules.terms_of((within or default_scope(place)).audience.key)
    return scope_apart(place, access_rules.joined(frozenset({(STAFF, STAFF)}), base))


@action
def set_audience(place: Place, audience: Terms, *, by: Person | None = None) -> list[Scope]:
    """Change who may read a place. Its own scope follows; every other one keeps those who still read the place, and is
    never widened.

    Returns the scopes whose audience changed. Raises Unexpressible (nothing is changed then), PermissionDenied.
    """
    place = Place.objects.select_for_update().get(pk=place.pk)
    if by is not None and not rules.can_change_audience(by, _membership(place, by)):
        raise PermissionDenied(gettext("Who reads it is changed by admins, and by stewards among the staff."))
    place.audience = access.intern(audience)
    place.save(update_fields=["audience"])
    own = default_scope(place).pk
    changed = [scope for scope in _scopes_of(place) if _move_scope(scope, audience, own=scope.pk == own)]
    announce(AudienceChanged(place=place.pk), subject=f"place:{place.pk}")
    if by is not None:
        audit.record(
            "audience changed",
            by=by.principal_id,
            subject=f"place:{place.pk}",
            details={"to": place.audience.key},
        )
    return changed


def _membership(place: Place, person: Person) -> Membership | None:
    return Membership.objects.filter(place=place, person=person).first()


def _scopes_of(place: Place) -> list[Scope]:
    return list(Scope.objects.filter(place=place).select_related("audience").order_by("pk"))


def _move_scope(scope: Scope, audience: Terms, *, own: bool) -> bool:
    """The place's own scope follows the place; every other one keeps what still lies within."""
    had = access_rules.terms_of(scope.audience.key)
    now = audience if own else access_rules.joined(had, audience)
    if now == had:
        return False
    scope.audience = access.intern(now)
    if scope.tier != scope.audience.tier:
        scope.stale_hints = True
    scope.tier = scope.audience.tier
    scope.save(update_fields=["audience", "tier", "stale_hints"])
    return True


@action
def hints_renewed(scope: Scope) -> None:
    """The search hints of this scope's posts are right again."""
    Scope.objects.filter(pk=scope.pk).update(stale_hints=False)
