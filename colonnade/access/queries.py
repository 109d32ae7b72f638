"""Every read of access that others use."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from colonnade.access import rules
from colonnade.access.models import Audience, Holding, Principal, Term, Tier
from colonnade.access.types import ANONYMOUS, CRAWLER, NOBODY, OPEN_NETWORKS, Terms, Viewer
from colonnade.primitives import clock


def holdings_of(principal: int) -> QuerySet[Holding]:
    """What a principal holds at this moment: nothing, once it is no longer active."""
    alive = Q(until__isnull=True) | Q(until__gt=clock.now())
    return Holding.objects.filter(alive, holder_id=principal, holder__active=True)


def audiences_admitting(holds: Iterable[int]) -> frozenset[int]:
    """Ids of all audiences that let in whoever holds these principals (SEEN; 1 to some hundred)."""
    held = list(holds)
    rows = Term.objects.filter(principal_id__in=held, within_id__in=held)
    return frozenset(rows.values_list("audience_id", flat=True))


def viewer(
    principal: int, *, ceiling: Iterable[int] | None = None, only: Collection[int] | None = None
) -> Viewer:
    """The viewer that this principal is now, holding `only` what is named, if so. One that is unknown or suspended sees
    nothing at all."""
    held = holdings_of(principal) if only is None else holdings_of(principal).filter(principal__in=only)
    rows = list(held.values_list("principal_id", "holder__epoch", "until"))
    if not rows:
        return Viewer(principal=NOBODY)
    holds = frozenset(held for held, _, _ in rows)
    return Viewer(
        principal=principal,
        holds=holds,
        audiences=audiences_admitting(holds),
        ceiling=None if ceiling is None else frozenset(ceiling),
        epoch=rows[0][1],
        until=min((until for _, _, until in rows if until is not None), default=None),
    )


def anonymous() -> Viewer:
    """Whoever is not signed in."""
    return viewer(ANONYMOUS)


def crawler() -> Viewer:
    """A search engine: it holds only what is open to crawlers."""
    return viewer(CRAWLER)


def open_networks() -> Viewer:
    """Other servers of open networks."""
    return viewer(OPEN_NETWORKS)


def terms_of(audience: Audience) -> Terms:
    """The terms of an audience, from its key."""
    return rules.terms_of(audience.key)


def terms_by_id(audiences: Iterable[int]) -> dict[int, Terms]:
    """The terms of several audiences, by id."""
    rows = Audience.objects.filter(pk__in=list(audiences)).values_list("pk", "key")
    return {pk: rules.terms_of(key) for pk, key in rows}


def open_tiers(viewer: Viewer) -> set[str]:
    """The tiers, beside the restricted one, of the audiences that admit the viewer."""
    rows = Audience.objects.filter(pk__in=viewer.audiences).exclude(tier=Tier.RESTRICTED)
    return set(rows.values_list("tier", flat=True))


def epochs(principals: Iterable[int]) -> dict[int, int]:
    """The present epoch of each principal that is still active."""
    return dict(Principal.objects.filter(pk__in=list(principals), active=True).values_list("pk", "epoch"))
