"""Every write of places."""

from __future__ import annotations

import secrets as random
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.text import slugify

from colonnade.access import actions as access
from colonnade.access import rules as access_rules
from colonnade.access.models import Audience, Kind
from colonnade.access.types import STAFF, Terms
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.networks import registry
from colonnade.networks.base import Author
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.places import rules
from colonnade.places.events import AudienceChanged, MembershipChanged, PlaceAdded, PlaceHealthChanged
from colonnade.places.models import (
    HEALTH,
    MEMBERSHIP_STATES,
    Account,
    Membership,
    Place,
    PlaceKind,
    Polling,
    Scope,
    SiteWidget,
    Source,
    Space,
)
from colonnade.primitives import clock
from colonnade.primitives.text import normalise

NEVER_FAILING_LONGER_THAN_S = 6 * 3600


@action
def open_space(
    name: str,
    *,
    audience: Terms = rules.ON_THE_WEB,
    members_only: bool = False,
    kind: str = "talk",
    purpose: str = "",
    expected_result: str = "",
    by: Person | None = None,
) -> Place:
    """A new space of ours, read by `audience`, or by its members alone. Raises PermissionDenied."""
    _require(by)
    principal = access.make_principal(Kind.PLACE)
    readers = frozenset({(principal.pk, principal.pk)}) if members_only else audience
    place = _make_place(PlaceKind.SPACE, name, principal.pk, readers)
    Space.objects.create(place=place, kind=kind, purpose=purpose[:500], expected_result=expected_result[:500])
    return place


@action
def add_source(
    connector: str,
    address: str,
    *,
    name: str = "",
    audience: Terms = rules.ON_THE_WEB,
    by: Person | None = None,
) -> Place:
    """A place elsewhere that is only read; read for the first time at once. The same address gives the same place.

    Raises PermissionDenied, UnknownConnector.
    """
    _require(by)
    registry.capabilities_of(connector)
    known = Source.objects.filter(connector=connector, address=address).select_related("place").first()
    if known is not None:
        return known.place
    place = _make_place(PlaceKind.SOURCE, name or address, access.make_principal(Kind.PLACE).pk, audience)
    Source.objects.create(place=place, connector=connector, address=address)
    Polling.objects.create(place=place, due_at=clock.now())
    return place


@action
def add_account(
    connector: str,
    address: str,
    *,
    name: str,
    credentials: Mapping[str, Any],
    identity: Author,
    audience: Terms = rules.ON_THE_WEB,
    by: Person | None = None,
) -> Place:
    """Our presence on a network, spoken through `identity`. Credentials are stored encrypted.

    Raises PermissionDenied, UnknownConnector.
    """
    _require(by)
    can = registry.capabilities_of(connector)
    face = people.meet_identities([identity])[(identity.network, identity.address)]
    place = _make_place(PlaceKind.ACCOUNT, name, access.make_principal(Kind.PLACE).pk, audience)
    Account.objects.create(
        place=place,
        connector=connector,
        address=address,
        identity_id=face,
        credentials=dict(credentials),
    )
    Polling.objects.create(place=place, due_at=clock.now() if can.can_pull else None)
    audit.record(
        "account added",
        by=by.principal_id if by else None,
        subject=f"place:{place.pk}",
        details={"connector": connector, "address": address},
    )
    return place


@action
def renew_credentials(place: Place, credentials: Mapping[str, Any], *, by: Person) -> None:
    """Connect an account again. Raises PermissionDenied."""
    _require(by)
    Account.objects.filter(place=place).update(credentials=dict(credentials))
    Polling.objects.filter(place=place).update(due_at=clock.now(), failures=0)
    audit.record("account connected again", by=by.principal_id, subject=f"place:{place.pk}", details={})


def _require(by: Person | None) -> None:
    """`by` None is the machine itself (first run, tests of a room); a person must be allowed."""
    if by is not None and not rules.can_add_place(by):
        raise PermissionDenied("Only owners and admins add places.")


def _make_place(kind: PlaceKind, name: str, principal: int, audience: Terms) -> Place:
    place = Place.objects.create(
        kind=kind,
        name=name.strip()[:200],
        slug=_free_slug(name),
        principal_id=principal,
        audience=access.intern(audience),
    )
    Scope.objects.create(place=place, audience=place.audience, tier=place.audience.tier)
    announce(PlaceAdded(place=place.pk, kind=kind), subject=f"place:{place.pk}")
    return place


def _free_slug(name: str) -> str:
    slug = slugify(name)[:60] or "place"
    while Place.objects.filter(slug=slug).exists():
        slug = f"{slug[:60]}-{random.token_hex(3)}"
    return slug


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
    _require(by)
    place = Place.objects.select_for_update().get(pk=place.pk)
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


@action
def note_poll(place: Place, *, cursor: Mapping[str, Any], again_in_s: float, title: str = "") -> None:
    """The place was read: move the cursor and set the next time. Belongs in the transaction that stored what came."""
    polling = Polling.objects.select_for_update().get(place=place)
    _set_health(polling, "well")
    polling.cursor = dict(cursor)
    polling.due_at = clock.now() + timedelta(seconds=again_in_s)
    polling.failures, polling.last_error, polling.read_at = 0, "", clock.now()
    polling.save()
    if title and place.kind == PlaceKind.SOURCE and place.name == place.source.address:
        Place.objects.filter(pk=place.pk).update(name=normalise(title)[:200])


@action
def note_queued(place: int, lasts_s: float) -> None:
    """The place is about to be read, which may last so long: until then it is not due again."""
    Polling.objects.filter(place=place).update(due_at=clock.now() + timedelta(seconds=lasts_s))


@action
def note_failed_poll(
    place: Place, reason: str, *, health: str = "failing", again_in_s: float | None = None
) -> None:
    """The place could not be read: say why, and wait longer each time. `gone` and `sign_in_needed` are not asked again."""
    polling = Polling.objects.select_for_update().get(place=place)
    _set_health(polling, health)
    polling.failures += 1
    polling.last_error = normalise(reason)[:500]
    wait = again_in_s if again_in_s is not None else 30 * 2 ** min(polling.failures, 10)
    stopped = health in ("gone", "sign_in_needed")
    polling.due_at = (
        None if stopped else clock.now() + timedelta(seconds=min(wait, NEVER_FAILING_LONGER_THAN_S))
    )
    polling.save()


def _set_health(polling: Polling, health: str) -> None:
    if polling.health == health:
        return
    HEALTH.check(polling.health, health)
    polling.health = health
    announce(PlaceHealthChanged(place=polling.place_id, health=health), subject=f"place:{polling.place_id}")


@action
def note_moved(place: Place, address: str) -> None:
    """A source has a new address for good (unless another source already has that one)."""
    address = normalise(address)[:2000]
    taken = Source.objects.filter(connector=place.source.connector, address=address).exclude(place=place)
    if not taken.exists():
        Source.objects.filter(place=place).update(address=address)


@action
def poll_now(place: Place) -> None:
    """Read the place at the next turn of a worker."""
    Polling.objects.filter(place=place).update(due_at=clock.now())


@action
def make_widget(place: Place, origins: Collection[str]) -> SiteWidget:
    """An ask box for other sites, which only these origins ("https://example.org") may frame."""
    return SiteWidget.objects.create(key=random.token_urlsafe(16), place=place, origins=sorted(origins))


@action
def hints_renewed(scope: Scope) -> None:
    """The search hints of this scope's posts are right again."""
    Scope.objects.filter(pk=scope.pk).update(stale_hints=False)
