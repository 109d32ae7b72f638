"""Who may listen, and what a search catches. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from colonnade.access.types import Viewer
from colonnade.conversations.search import terms
from colonnade.conversations.types import Said
from colonnade.people.models import STAFF_ROLES, Person
from colonnade.people.rules import is_staff
from colonnade.places.models import PlaceKind
from colonnade.primitives import text

Key = TypeVar("Key")


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
