"""The one predicate of access, and the order of audiences. Pure functions over plain values."""

from __future__ import annotations

from collections.abc import Iterable

from colonnade.access.models import Tier
from colonnade.access.types import (
    CRAWLERS,
    EVERYONE,
    FEDIVERSE,
    OPEN_CIRCLES,
    SIGNED_IN,
    STAFF,
    Pair,
    Terms,
    Viewer,
)

_NOT_PEOPLE = (CRAWLERS, FEDIVERSE)


class Unexpressible(ValueError):
    """Two audiences cannot be joined: a term would need three principals."""


def pair(one: int, other: int | None = None) -> Pair:
    """The canonical form of "one AND other"; an open circle that the other implies is left out."""
    other = one if other is None else other
    if implies(one, other):
        other = one
    elif implies(other, one):
        one = other
    return (one, other) if one <= other else (other, one)


def implies(narrow: int, wide: int) -> bool:
    """Whether whoever is in `narrow` is always in `wide`: everyone > signed in > staff, and anybody is "everyone".

    Crawlers and open networks are not people: "everyone" does not speak for them, since each is removable.
    """
    if narrow == wide:
        return True
    if wide == EVERYONE:
        return narrow not in _NOT_PEOPLE
    return narrow in OPEN_CIRCLES and wide in OPEN_CIRCLES and narrow > wide


def admits(viewer: Viewer, audience: Terms) -> bool:
    """Whether the viewer is in the audience. Deny by default: no terms, nobody."""
    return any(one in viewer.holds and other in viewer.holds for one, other in audience)


def within_ceiling(viewer: Viewer, place: int) -> bool:
    """Whether the viewer's grant reaches this place at all."""
    return viewer.ceiling is None or place in viewer.ceiling


def key_of(terms: Terms) -> str:
    """The name under which an audience is interned: "3&17 5" is "(3 AND 17) OR 5"."""
    return " ".join(str(a) if a == b else f"{a}&{b}" for a, b in sorted(terms))


def terms_of(key: str) -> Terms:
    """The terms that a key names; the inverse of `key_of`."""

    def read(term: str) -> Pair:
        one, _, other = term.partition("&")
        return int(one), int(other or one)

    return frozenset(read(term) for term in key.split())


def tier_of(terms: Terms) -> Tier:
    """The widest open circle that alone is let in."""
    if (EVERYONE, EVERYONE) in terms:
        return Tier.EVERYONE
    if (SIGNED_IN, SIGNED_IN) in terms:
        return Tier.SIGNED_IN
    return Tier.STAFF if (STAFF, STAFF) in terms else Tier.RESTRICTED


def simplified(terms: Iterable[Pair]) -> Terms:
    """The same audience without terms that another term already contains."""
    given = {pair(*term) for term in terms}
    return frozenset(t for t in given if not any(o != t and _term_within(t, o) for o in given))


def is_within(narrow: Terms, wide: Terms) -> bool:
    """Whether everybody in `narrow` is certainly in `wide`; False also where that is not sure.

    Decided term by term. Only the open circles and persons imply anything: a person holds no more than what the
    term says, so "neither" is the answer wherever holdings would have to be looked up.
    """
    return all(any(_term_within(term, other) for other in wide) for term in narrow)


def _term_within(term: Pair, other: Pair) -> bool:
    return all(any(implies(have, need) for have in term) for need in other)


def joined(one: Terms, other: Terms) -> Terms:
    """Those who are in both audiences. Raises `Unexpressible` where a term would need three principals."""
    both = set()
    for left in one:
        for right in other:
            needed = _least({*left, *right})
            if len(needed) > 1 and not needed.isdisjoint(_NOT_PEOPLE):
                continue  # a crawler holds nothing else: nobody meets such a term
            if len(needed) > 2:
                raise Unexpressible(
                    "This audience would need three conditions at once, and two are the limit."
                )
            both.add(pair(*needed))
    return simplified(both)


def _least(principals: set[int]) -> set[int]:
    """The principals without those that another one implies."""
    return {p for p in principals if not any(q != p and implies(q, p) for q in principals)}
