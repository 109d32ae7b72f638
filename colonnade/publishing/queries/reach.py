"""Where it can go: the places somebody may publish to, what fits there, and who would read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from colonnade.access import queries as access
from colonnade.access.models import Tier
from colonnade.access.types import Viewer
from colonnade.networks import registry
from colonnade.networks.base import Capabilities
from colonnade.people.models import Person
from colonnade.people.rules import can_administer
from colonnade.places import queries as places
from colonnade.places.models import Membership, Place, PlaceKind
from colonnade.places.types import AudienceWords
from colonnade.publishing import rules
from colonnade.publishing.types import Choice, Fit


def publishable(viewer: Viewer, person: Person) -> list[Place]:
    """Where somebody may publish: accounts that can be written to, then spaces, by name. Nothing but for staff.

    Accounts that have members are for those and for admins.
    """
    if not viewer.is_staff:
        return []
    rows = (
        places.places_for(viewer)
        .filter(kind__in=(PlaceKind.ACCOUNT, PlaceKind.SPACE))
        .select_related("account", "audience")
        .order_by("kind", "name", "pk")
    )
    members = Membership.objects.filter(place=OuterRef("pk"), state="member")
    if not can_administer(person):
        rows = rows.filter(Q(kind=PlaceKind.SPACE) | ~Exists(members) | Exists(members.filter(person=person)))
    return [place for place in rows if _is_written_to(place)]


def _is_written_to(place: Place) -> bool:
    can = capabilities(place)
    return can is None or (can.can_write and "public" in can.audiences)


def capabilities(place: Place) -> Capabilities | None:
    """What the connector of an account can do; None for a space of ours."""
    if place.kind != PlaceKind.ACCOUNT:
        return None
    return registry.capabilities_of(place.account.connector)


def fit(place: Place, text: str, title: str = "") -> Fit:
    """How a text stands to one place."""
    can = capabilities(place)
    return rules.fit_here(text) if can is None else rules.fit(text, can, title)


def choice_of(place: Place) -> Choice:
    """The place as a composer shows it."""
    tier = place.audience.tier
    reads = {
        Tier.EVERYONE: gettext("everyone on the web"),
        Tier.SIGNED_IN: gettext("everyone who is signed in"),
        Tier.STAFF: gettext("staff only"),
    }.get(Tier(tier), gettext("its members"))
    can = capabilities(place)
    return Choice(
        place=place.pk,
        name=place.name,
        kind=place.kind,
        network=can.network if can else "",
        reads=reads,
        public=tier == Tier.EVERYONE,
    )


def audience_in_words(chosen: Sequence[Place]) -> AudienceWords | None:
    """Who will see what stands in all of these places together, for the composer's first line; None for no place."""
    by_tier = {Tier(place.audience.tier): place for place in chosen}
    for tier in (Tier.EVERYONE, Tier.SIGNED_IN):
        if place := by_tier.get(tier):
            return places.terms_in_words(access.terms_of(place.audience), place)
    audiences = {place.audience_id: place for place in chosen}
    if len(audiences) > 2:
        return AudienceWords(gettext("Only those who read %(count)d places") % {"count": len(chosen)}, False)
    words = [places.terms_in_words(access.terms_of(one.audience), one).text for one in audiences.values()]
    if not words:
        return None
    if len(words) == 1:
        return AudienceWords(words[0], False)
    return AudienceWords(gettext("%(one)s and %(other)s") % {"one": words[0], "other": words[1]}, False)


def members_of(accounts: Iterable[int]) -> dict[int, frozenset[int]]:
    """Persons who are members, by place; only places that have any."""
    found: dict[int, set[int]] = {}
    for place, person in Membership.objects.filter(place__in=set(accounts), state="member").values_list(
        "place_id", "person_id"
    ):
        found.setdefault(place, set()).add(person)
    return {place: frozenset(persons) for place, persons in found.items()}
