"""Every read of places that others use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection as database
from django.db.models import Count, Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, ngettext

from colonnade.access import queries as access
from colonnade.access import rules as access_rules
from colonnade.access.models import Holding, Kind, Principal, Tier
from colonnade.access.types import EVERYONE, SIGNED_IN, STAFF, Terms, Viewer
from colonnade.networks import registry
from colonnade.networks.base import Connector
from colonnade.networks.http import Client
from colonnade.people.models import Person
from colonnade.places import rules
from colonnade.places.models import (
    Account,
    Aim,
    Membership,
    Place,
    PlaceKind,
    Polling,
    Scope,
    SiteWidget,
    Space,
)
from colonnade.places.types import AudienceWords, Consequence, Push
from colonnade.primitives import clock


def places_for(viewer: Viewer) -> QuerySet[Place]:
    """Places whose default audience lets the viewer in, without archived ones, by name."""
    rows = Place.objects.filter(audience__in=viewer.audiences, archived_at__isnull=True)
    if viewer.ceiling is not None:
        rows = rows.filter(pk__in=viewer.ceiling)
    return rows.order_by("name", "pk")


def place_for(viewer: Viewer, pk: int) -> Place | None:
    """The place with this id, if the viewer may see it; None when it is hidden and when there is none."""
    return places_for(viewer).filter(pk=pk).first()


def spaces_for(viewer: Viewer) -> QuerySet[Place]:
    """Spaces of ours that the viewer may see, by name, with what they say of themselves and who reads them."""
    return places_for(viewer).filter(kind=PlaceKind.SPACE).select_related("space", "audience")


def space_for(viewer: Viewer, slug: str) -> Place | None:
    """The space with this short name; None when it is hidden, archived, and when there is none."""
    return spaces_for(viewer).filter(slug=slug).first()


def put_away(viewer: Viewer) -> QuerySet[Place]:
    """Archived spaces that the viewer might still read, by name."""
    rows = Place.objects.filter(
        audience__in=viewer.audiences, kind=PlaceKind.SPACE, archived_at__isnull=False
    )
    return rows.select_related("space", "audience").order_by("name", "pk")


def elsewhere_for(viewer: Viewer, kind: str) -> QuerySet[Place]:
    """Accounts or sources that the viewer may see, with how they are, oldest first; none for anybody but staff."""
    rows = places_for(viewer).filter(kind=kind).select_related("account", "source", "polling").order_by("pk")
    return rows if viewer.is_staff else rows.none()


def has_spaces() -> bool:
    """Whether there is any space of ours, for the machine itself."""
    return Space.objects.exists()


def place_by_id(pk: int) -> Place:
    """The place with this id, for the machine itself. Raises Place.DoesNotExist."""
    return Place.objects.select_related("audience", "principal").get(pk=pk)


def place_by_slug(slug: str) -> Place | None:
    """The place with this short name, for the machine itself."""
    return Place.objects.select_related("audience", "principal").filter(slug=slug).first()


def scopes_seen(viewer: Viewer) -> QuerySet[Scope]:
    """The scopes whose audience lets the viewer in."""
    rows = Scope.objects.filter(audience__in=viewer.audiences)
    return rows if viewer.ceiling is None else rows.filter(place__in=viewer.ceiling)


def terms_of(scope: Scope) -> Terms:
    """The audience of a scope, as terms."""
    return access.terms_of(scope.audience)


def audiences_of(scopes: Iterable[int]) -> dict[int, int]:
    """The audience id of each scope: where a push about it must go."""
    asked = sorted(set(scopes))
    with database.cursor() as cursor:
        marks = ", ".join(["%s"] * len(asked)) or "NULL"
        cursor.execute(f"SELECT id, audience_id FROM places_scope WHERE id IN ({marks})", asked)
        return dict(cursor.fetchall())


def own_scope(place: Place) -> Scope:
    """The scope that everybody who may read the place sees, without its audience. Asked for each batch that comes in,
    so it is written out."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT id, place_id, audience_id, tier, stale_hints FROM places_scope WHERE place_id = %s "
            "ORDER BY id LIMIT 1",
            [place.pk],
        )
        return Scope(*cursor.fetchone())


def our_faces(identities: Iterable[int]) -> frozenset[int]:
    """Which of these identities are those of our own accounts."""
    rows = Account.objects.filter(identity__in=set(identities))
    return frozenset(rows.values_list("identity_id", flat=True))


def known_addresses(viewer: Viewer, connector: str, addresses: Iterable[str]) -> set[str]:
    """Which of these addresses are read already through this connector, as far as the viewer may know."""
    rows = places_for(viewer).filter(source__connector=connector, source__address__in=set(addresses))
    return set(rows.values_list("source__address", flat=True))


def due_for_polling(now: datetime, limit: int) -> list[int]:
    """Ids of places elsewhere that should be read now, the longest waiting first."""
    rows = Polling.objects.filter(due_at__lte=now, place__archived_at__isnull=True)
    return list(rows.order_by("due_at").values_list("place_id", flat=True)[:limit])


def connection(place: Place) -> Connector:
    """A connector to an account or source, with its credentials decrypted. Raises UnknownConnector."""
    http = Client(allowed_private_hosts=settings.COLONNADE_ALLOW_PRIVATE_HOSTS)
    account = getattr(place, "account", None)
    if account is not None:
        return registry.connect(account.connector, account.address, account.credentials, http)
    return registry.connect(place.source.connector, place.source.address, {}, http)


def hook_token(place: int, purpose: str) -> str:
    """The word in an address of ours that only who was told can know: "websub" for a hub, "in" for any other sender."""
    return salted_hmac(f"colonnade.hooks.{purpose}", str(place), algorithm="sha256").hexdigest()[:40]


def hook_address(place: int, purpose: str) -> str:
    """The address of ours at which others push what belongs to a place. Whoever knows it can push."""
    return f"{settings.COLONNADE_PUBLIC_URL.rstrip('/')}/hooks/{purpose}/{place}/{hook_token(place, purpose)}"


def push_to(place: int) -> Push | None:
    """How a hub pushes a feed to us; None where none of our places has a hub."""
    polling = Polling.objects.select_related("place__source").filter(place=place).first()
    hub = str(polling.cursor.get("hub") or "") if polling else ""
    source = getattr(polling.place, "source", None) if polling else None
    if polling is None or source is None or not hub:
        return None
    return Push(
        place=place,
        hub=hub,
        topic=str(polling.cursor.get("topic") or source.address),
        callback=hook_address(place, "websub"),
        secret=hook_token(place, "websub-secret"),
        wanted=polling.place.archived_at is None and polling.health != "gone",
    )


def with_hubs() -> list[int]:
    """Ids of the places whose feeds name a hub."""
    rows = Polling.objects.filter(place__kind=PlaceKind.SOURCE, place__archived_at__isnull=True)
    return [place for place, cursor in rows.values_list("place", "cursor").iterator() if cursor.get("hub")]


def widget(key: str) -> SiteWidget | None:
    """The ask box with this key, or None."""
    return SiteWidget.objects.select_related("place").filter(key=key).first()


STAFF_ALONE: Terms = frozenset({(STAFF, STAFF)})


def audience_in_words(scope: Scope) -> AudienceWords:
    """Who will see what is said in this scope, for the composer's first line."""
    return terms_in_words(terms_of(scope), scope.place)


def terms_in_words(terms: Terms, place: Place) -> AudienceWords:
    """The same for an audience that may not have a scope in the place yet."""
    tier = access_rules.tier_of(terms)
    if tier == Tier.EVERYONE:
        return AudienceWords(gettext("Everyone on the web"), public=True)
    if tier == Tier.SIGNED_IN:
        return AudienceWords(gettext("Everyone who is signed in"), public=False)
    if terms == STAFF_ALONE:
        return AudienceWords(gettext("Staff only"), public=False)
    return AudienceWords(_restricted_in_words(terms, place), public=False)


def _restricted_in_words(terms: Terms, place: Place) -> str:
    principals = {p for term in terms for p in term} - {EVERYONE, SIGNED_IN, STAFF}
    kinds = set(Principal.objects.filter(pk__in=principals).values_list("kind", flat=True))
    staff_only = all(STAFF in term for term in terms)
    if staff_only:
        return gettext("Staff in %(place)s") % {"place": place.name}
    if kinds <= {Kind.PLACE, Kind.TEAM, Kind.PERSON}:
        count = Holding.objects.filter(principal__in=principals).values("holder").distinct().count()
        words = ngettext("%(count)d person in %(place)s", "%(count)d people in %(place)s", count)
        return words % {"count": count, "place": place.name}
    return gettext("Those in this conversation and staff")


def short_words(place: Place) -> AudienceWords:
    """Who reads a space, for a list: from its audience alone, without a look at who that is."""
    terms = terms_of_place(place)
    if terms == frozenset({(place.principal_id, place.principal_id)}):
        return AudienceWords(gettext("Its members only"), public=False)
    if access_rules.tier_of(terms) == Tier.RESTRICTED:
        return AudienceWords(gettext("A few, named one by one"), public=False)
    return terms_in_words(terms, place)


def terms_of_place(place: Place) -> Terms:
    """Who reads a place, as terms."""
    return access_rules.terms_of(place.audience.key)


# --- membership -------------------------------------------------------------------------------------------------------


def membership_at(slug: str, person: Person) -> Membership | None:
    """What somebody is in the place with this short name, or was, asks to be, or is invited to be."""
    return Membership.objects.filter(place__slug=slug, person=person).first()


def memberships_of(person: Person) -> dict[int, Membership]:
    """All that somebody is in, asks for or is invited to, by place."""
    rows = Membership.objects.filter(person=person).exclude(state="left")
    return {row.place_id: row for row in rows}


def invitations(person: Person) -> list[Place]:
    """The spaces to which somebody is invited: an invitation names the space, also to who may not read it yet."""
    rows = Place.objects.filter(
        memberships__person=person, memberships__state="invited", archived_at__isnull=True
    )
    return list(rows.select_related("space", "audience").order_by("name", "pk"))


def members_of(place: Place) -> list[Membership]:
    """Who is in a space, who asks and who is invited: stewards first, then by name."""
    rows = Membership.objects.filter(place=place).exclude(state="left").select_related("person")
    return sorted(rows, key=lambda row: (row.role != "steward", row.person.name.casefold(), row.pk))


def member_counts(places: Iterable[int]) -> dict[int, int]:
    """How many members each place has. Only for who may know (`rules.knows_members`)."""
    rows = Membership.objects.filter(place__in=list(places), state="member").values_list("place")
    return dict(rows.annotate(n=Count("pk")).values_list("place", "n"))


def readers(audience: Terms) -> QuerySet[Person]:
    """The people with an account here who are in an audience at this moment, by name."""
    let_in = Q(pk__in=[])
    for one, other in audience:
        let_in |= Q(principal__in=_holders(one)) & Q(principal__in=_holders(other))
    rows = Person.objects.filter(let_in, state="active", sign_in__is_active=True)
    return rows.order_by("name", "pk")


def _holders(principal: int) -> QuerySet[Holding, int]:
    alive = Q(until__isnull=True) | Q(until__gt=clock.now())
    return Holding.objects.filter(alive, principal=principal).values_list("holder", flat=True)


MOST_NAMES = 6


def consequence(place: Place, audience: Terms, *, by: Person) -> Consequence:
    """What would happen if the space were read by `audience` from now on, before it is done."""
    before = terms_of_place(place)
    lost = readers(before).exclude(pk__in=readers(audience).values("pk"))
    newly = readers(audience).exclude(pk__in=readers(before).values("pk"))
    names = tuple(str(one) for one in lost[:MOST_NAMES])
    return Consequence(
        widens=rules.widens(audience, before),
        opens=access_rules.tier_of(audience) == Tier.EVERYONE != access_rules.tier_of(before),
        newly=newly.count(),
        lost=lost.count(),
        names=names,
        oneself=lost.filter(pk=by.pk).exists(),
    )


def aims() -> list[Aim]:
    """What the organisation is here for, the oldest first. For staff."""
    return list(Aim.objects.select_related("owner").order_by("pk"))
