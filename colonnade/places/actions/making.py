"""New places: spaces, sources, accounts, and the ask box for other sites."""

from __future__ import annotations

import secrets as random
from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError
from django.utils.text import slugify

from colonnade.access import actions as access
from colonnade.access.models import Kind
from colonnade.access.types import Terms
from colonnade.core import audit, db
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.networks import registry
from colonnade.networks.base import Author
from colonnade.networks.mail.addresses import ascii_domain
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.places import rules
from colonnade.places.actions.membership import join
from colonnade.places.events import PlaceAdded
from colonnade.places.models import (
    Account,
    JoinPolicy,
    MemberRole,
    Place,
    PlaceKind,
    Polling,
    Scope,
    SiteWidget,
    Source,
    Space,
)
from colonnade.primitives import clock


@action
def open_space(
    name: str,
    *,
    audience: Terms = rules.ON_THE_WEB,
    members_only: bool = False,
    kind: str = "talk",
    purpose: str = "",
    expected_result: str = "",
    join_policy: str = JoinPolicy.INVITED,
    by: Person | None = None,
) -> Place:
    """A new space of ours, read by `audience`, or by its members alone. Whoever opens it is its first steward.

    Raises PermissionDenied, ValueError where the policy is none.
    """
    rules.require(by)
    principal = access.make_principal(Kind.PLACE)
    readers = frozenset({(principal.pk, principal.pk)}) if members_only else audience
    place = _make_place(PlaceKind.SPACE, name, principal.pk, readers)
    Space.objects.create(
        place=place,
        kind=kind,
        purpose=purpose.strip()[:500],
        expected_result=expected_result.strip()[:500],
        join_policy=JoinPolicy(join_policy),
    )
    if by is not None:
        join(place, by, role=MemberRole.STEWARD)
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
    """A place elsewhere that is only read; read for the first time at once. The same address gives the same place, also
    one that `by` may not see: so no door tells anybody which place it is who does not see it otherwise.

    Raises PermissionDenied, UnknownConnector.
    """
    rules.require(by)
    registry.capabilities_of(connector)
    known = Source.objects.filter(connector=connector, address=address).select_related("place")
    if (found := known.first()) is not None:
        return found.place
    try:
        with db.attempt():
            return _make_source(connector, address, name or address, audience)
    except IntegrityError:  # somebody else added it at this moment
        return known.get().place


def _make_source(connector: str, address: str, name: str, audience: Terms) -> Place:
    place = _make_place(PlaceKind.SOURCE, name, access.make_principal(Kind.PLACE).pk, audience)
    Source.objects.create(place=place, connector=connector, address=address)
    pulls = registry.capabilities_of(connector).can_pull
    Polling.objects.create(place=place, due_at=clock.now() if pulls else None)
    return place


@action
def add_letterbox(name: str, domain: str, *, by: Person | None) -> Place:
    """A source with an address of ours, to which newsletters are sent: listen+WORD@domain, which nobody can guess. Staff
    alone read it.

    Raises PermissionDenied, Refused for what is no domain.
    """
    address = f"listen+{random.token_hex(8)}@{ascii_domain(domain.strip())}"
    return add_source(rules.NEWSLETTERS, address, name=name or address, audience=rules.STAFF_ONLY, by=by)


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
    rules.require(by)
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
    rules.require(by)
    Account.objects.filter(place=place).update(credentials=dict(credentials))
    Polling.objects.filter(place=place).update(due_at=clock.now(), failures=0)
    audit.record("account connected again", by=by.principal_id, subject=f"place:{place.pk}", details={})


@action
def make_widget(place: Place, origins: Collection[str]) -> SiteWidget:
    """An ask box for other sites, which only these origins ("https://example.org") may frame."""
    return SiteWidget.objects.create(key=random.token_urlsafe(16), place=place, origins=sorted(origins))


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


_NOT_SLUGS = ("new",)  # an address of its own under /spaces/


def _free_slug(name: str) -> str:
    slug = slugify(name)[:60] or "place"
    while slug in _NOT_SLUGS or Place.objects.filter(slug=slug).exists():
        slug = f"{slug[:60]}-{random.token_hex(3)}"
    return slug
