"""Who is in a space, asks for it or is invited to it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from colonnade.people.models import Person
from colonnade.places.models import Membership, Place


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
