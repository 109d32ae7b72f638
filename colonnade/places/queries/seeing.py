"""Which places, and which scopes in them: as a viewer sees them, and for the machine itself."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection as database
from django.db.models import F, QuerySet

from colonnade.access import queries as access
from colonnade.access.models import Term
from colonnade.access.types import Terms, Viewer
from colonnade.places.models import Account, Aim, Place, PlaceKind, Scope, SiteWidget, Source, Space


def places_for(viewer: Viewer) -> QuerySet[Place]:
    """Places whose default audience lets the viewer in, without archived ones, by name."""
    return _open_to(viewer, Place.objects.all(), "audience")


def _open_to(viewer: Viewer, rows: QuerySet[Place], audience: str) -> QuerySet[Place]:
    rows = rows.filter(**{f"{audience}__in": viewer.audiences}, archived_at__isnull=True)
    if viewer.ceiling is not None:
        rows = rows.filter(pk__in=viewer.ceiling)
    return rows.order_by("name", "pk")


def first_places(viewer: Viewer, words: str = "") -> QuerySet[Place]:
    """The same, for who wants the first few; with `words`, those whose name holds them. Asked in the order of names: by
    audience, as a database likes it best, all that the viewer may see would be fetched and sorted."""
    rows = _open_to(viewer, Place.objects.alias(read_by=F("audience_id") + 0), "read_by")
    return rows.filter(name__icontains=words) if words else rows


def place_for(viewer: Viewer, pk: int) -> Place | None:
    """The place with this id, if the viewer may see it; None when it is hidden and when there is none."""
    return places_for(viewer).filter(pk=pk).first()


def spaces_for(viewer: Viewer) -> QuerySet[Place]:
    """Spaces of ours that the viewer may see, by name, with what they say of themselves and who reads them."""
    return _spaces(places_for(viewer))


def first_spaces(viewer: Viewer) -> QuerySet[Place]:
    """The same, for who wants the first few, as `first_places`."""
    return _spaces(first_places(viewer))


def _spaces(rows: QuerySet[Place]) -> QuerySet[Place]:
    return rows.filter(kind=PlaceKind.SPACE).select_related("space", "audience")


def space_for(viewer: Viewer, slug: str) -> Place | None:
    """The space with this short name; None when it is hidden, archived, and when there is none."""
    return spaces_for(viewer).filter(slug=slug).first()


def read_through(viewer: Viewer, principals: Iterable[int]) -> dict[int, list[str]]:
    """The names of places that are read through each of these principals, as far as the viewer sees them."""
    rows = Term.objects.filter(principal__in=list(principals)).values_list("audience", "principal")
    found: dict[int, list[int]] = {}
    for audience, principal in rows:
        found.setdefault(principal, []).append(audience)
    seen = places_for(viewer).filter(audience__in={one for those in found.values() for one in those})
    named = list(seen.values_list("audience", "name"))
    return {key: [name for audience, name in named if audience in those] for key, those in found.items()}


def put_away(viewer: Viewer) -> QuerySet[Place]:
    """Archived spaces that the viewer might still read, by name."""
    # Not found by audience, where most that stand open are looked at: few are archived.
    rows = Place.objects.alias(read_by=F("audience_id") + 0).filter(read_by__in=viewer.audiences)
    return _spaces(rows.filter(archived_at__isnull=False)).order_by("name", "pk")


def elsewhere(viewer: Viewer) -> QuerySet[Place]:
    """Places that are no spaces, accounts and sources alike, that the viewer may see, by name."""
    # Begun with those that there are: among thousands of spaces one would look for them place by place.
    there = Account.objects.values("place").union(Source.objects.values("place"), all=True)
    return places_for(viewer).filter(pk__in=there)


def elsewhere_for(viewer: Viewer, kind: str) -> QuerySet[Place]:
    """Accounts or sources that the viewer may see, with how they are, oldest first; none for anybody but staff."""
    rows = elsewhere(viewer).filter(kind=kind).select_related("account", "source", "polling").order_by("pk")
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


def widget(key: str) -> SiteWidget | None:
    """The ask box with this key, or None."""
    return SiteWidget.objects.select_related("place").filter(key=key).first()


def aims() -> list[Aim]:
    """What the organisation is here for, the oldest first. For staff."""
    return list(Aim.objects.select_related("owner").order_by("pk"))
