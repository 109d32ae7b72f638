"""Who may listen, and what a search catches. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median, quantiles
from typing import Generic, TypeVar

from colonnade.access.types import Viewer
from colonnade.conversations.search import terms
from colonnade.conversations.types import Said
from colonnade.listening.types import Span, Usual
from colonnade.people.models import STAFF_ROLES, Person
from colonnade.people.rules import is_staff
from colonnade.places.models import PlaceKind
from colonnade.primitives import text

Key = TypeVar("Key")

LEAST_UNUSUAL, TIMES_UNUSUAL = 5, 3
FEWEST_FOR_EDGES = 4


def can_listen(person: Person) -> bool:
    """Whether somebody may add and change watches."""
    return is_staff(person)


def can_see_watches(viewer: Viewer) -> bool:
    """Watches tell what the organisation is looking for: they are staff's."""
    return viewer.is_staff


def speaks_for_us(said: Said, our_faces: frozenset[int]) -> bool:
    """Whether a post is our own word: by one of our accounts, or by staff in a space of ours. It mentions nobody."""
    return said.author in our_faces or (said.place_kind == PlaceKind.SPACE and said.role in STAFF_ROLES)


@dataclass(slots=True)
class Caught(Generic[Key]):
    """What one watch caught: (post, the phrases found in it), in the order given."""

    watch: Key
    posts: list[tuple[int, list[str]]] = field(default_factory=list)


def catch(searches: Mapping[Key, terms.Search], posts: Iterable[Said]) -> list[Caught[Key]]:
    """Which searches find which posts. A post is compared only with searches whose longest word stands in it."""
    by_word: dict[str, list[Key]] = {}
    for key, search in searches.items():
        by_word.setdefault(_anchor(search), []).append(key)
    caught: dict[Key, Caught[Key]] = {}
    for said in posts:
        for word in {*text.words(said.title), *text.words(said.text)} & by_word.keys():
            for key in by_word[word]:
                if terms.matches(searches[key], said.title, said.text):
                    caught.setdefault(key, Caught(key)).posts.append((said.id, why(searches[key])))
    return [caught[key] for key in searches if key in caught]


def _anchor(search: terms.Search) -> str:
    """A word that every post found holds: the longest is the rarest."""
    return max((word for phrase in search.wanted for word in phrase), key=len)


def why(search: terms.Search) -> list[str]:
    """What was found, as it is shown beside the post."""
    return [" ".join(phrase) for phrase in search.wanted]


def in_parts(posts: Sequence[tuple[int, list[str]]], size: int) -> list[list[int]]:
    """The ids of posts in parts of at most `size`."""
    ids = [post for post, _ in posts]
    return [ids[at : at + size] for at in range(0, len(ids), size)]


# --- what is usual ------------------------------------------------------------------------------------------------


def usual(before: Sequence[int]) -> Usual | None:
    """What is usual, from the same hour (or weekday) of the days before; None where there is none. Its edges are the first
    and the last tenth, by linear interpolation between order statistics (method 7 of Hyndman and Fan 1996); of fewer than
    four they are the least and the most."""
    if not before:
        return None
    if len(before) < FEWEST_FOR_EDGES:
        return Usual(float(median(before)), float(min(before)), float(max(before)), len(before))
    tenths = quantiles(before, n=10, method="inclusive")
    return Usual(float(median(before)), tenths[0], tenths[-1], len(before))


def is_unusual(posts: int, beside: Usual | None) -> bool:
    """Whether somebody should look: a handful at least, three times the usual at least, and something to compare with."""
    return beside is not None and posts >= max(LEAST_UNUSUAL, TIMES_UNUSUAL * beside.middle)


def spans(counts: Sequence[int], starts: Sequence[datetime], *, every: int, most: int) -> list[Span]:
    """The last of these counts (as many as there are `starts`), each beside those that lie `every` so many places before
    it, at most `most` of them. With a time in which the watch had caught nothing yet nothing is compared."""
    first = next((at for at, count in enumerate(counts) if count), len(counts))
    shown = range(len(counts) - len(starts), len(counts))
    found = []
    for start, at in zip(starts, shown, strict=True):
        past = range(at - every, first - 1, -every)[:most]
        beside = usual([counts[one] for one in past])
        found.append(Span(start, counts[at], beside, is_unusual(counts[at], beside)))
    return found
