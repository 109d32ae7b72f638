"""Who reads: audiences in words, who is in them, and what a change of one would mean."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext

from colonnade.access import rules as access_rules
from colonnade.access.models import Holding, Kind, Principal, Tier
from colonnade.access.types import EVERYONE, SIGNED_IN, STAFF, Terms
from colonnade.people.models import Person
from colonnade.places import rules
from colonnade.places.models import Place, Scope
from colonnade.places.queries.seeing import terms_of
from colonnade.places.types import AudienceWords, Consequence
from colonnade.primitives import clock

MOST_NAMES = 6
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
