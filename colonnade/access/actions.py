"""Every write of access."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from colonnade.access import queries, rules
from colonnade.access.models import Audience, Holding, Kind, Principal, Term
from colonnade.access.types import EVERYONE, Terms
from colonnade.core.db import action


@action
def make_principal(kind: Kind) -> Principal:
    """A new principal. One that can look (person, app) holds itself and is one of everyone."""
    made = Principal.objects.create(kind=kind)
    if kind in (Kind.PERSON, Kind.APP):
        Holding.objects.create(holder=made, principal=made)
        Holding.objects.create(holder=made, principal_id=EVERYONE)
    return made


@action
def hold(holder: int, principal: int, *, until: datetime | None = None) -> None:
    """Let `holder` be one of `principal`, until a moment or for good; a second time it only moves the end."""
    Holding.objects.update_or_create(holder_id=holder, principal_id=principal, defaults={"until": until})
    turn_epoch(holder)


@action
def let_go(holder: int, principal: int) -> None:
    """`holder` is no longer one of `principal`."""
    Holding.objects.filter(holder_id=holder, principal_id=principal).delete()
    turn_epoch(holder)


@action
def turn_epoch(principal: int) -> None:
    """Tell whoever keeps a copy of these holdings (open streams) that it is stale."""
    Principal.objects.filter(pk=principal).update(epoch=F("epoch") + 1)


@action
def suspend(principal: int) -> None:
    """All that it holds is dead until `restore`."""
    Principal.objects.filter(pk=principal).update(active=False, epoch=F("epoch") + 1)


@action
def restore(principal: int) -> None:
    """Undo `suspend`."""
    Principal.objects.filter(pk=principal).update(active=True, epoch=F("epoch") + 1)


@action
def intern(terms: Terms) -> Audience:
    """The one audience with these terms; made if there was none. Equal terms, equal row."""
    terms = rules.simplified(terms)
    key = rules.key_of(terms)
    audience, made = Audience.objects.get_or_create(key=key, defaults={"tier": rules.tier_of(terms)})
    if made:
        Term.objects.bulk_create(
            Term(principal_id=one, within_id=other, audience=audience) for one, other in terms
        )
    return audience


@action
def narrowed(audiences: Iterable[int], to: Terms) -> dict[int, int]:
    """For each audience the id of the one of those who are in it *and* in `to`; left out where that cannot be said."""
    found = {}
    for pk, terms in queries.terms_by_id(audiences).items():
        try:
            found[pk] = intern(rules.joined(terms, to)).pk
        except rules.Unexpressible:
            continue
    return found
