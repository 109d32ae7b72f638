"""What a search asks, as plain values: conditions that an index can say, and conditions about the post beside its words.

The language in which people write it is listening's, which stands above; it compiles a query into a `Question`. What the
indexes cannot say is left out of it, and whoever asks gives the exact check with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words that stand side by side in the title or in the text. `begins`: the last one is the beginning of a word."""

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Both:
    """Every one of these."""

    parts: tuple[Indexed, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these."""

    parts: tuple[Indexed, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The first and not the second."""

    wanted: Indexed
    unwanted: Indexed


Indexed: TypeAlias = Words | Both | Either | Without


@dataclass(frozen=True, slots=True)
class About:
    """Something about a post beside its words: `name` is one of `queries.about.CONDITIONS`, `values` what it takes."""

    name: str
    values: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """Posts of which this is not so."""

    part: Told


@dataclass(frozen=True, slots=True)
class All:
    """Every one of these is so."""

    parts: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of these is so."""

    parts: tuple[Told, ...]


Told: TypeAlias = About | Not | All | Any


@dataclass(frozen=True, slots=True)
class Branch:
    """All of `wanted`, none of `unwanted`, and all that is told in `about`. `unwanted` stands beside something wanted."""

    wanted: tuple[Indexed, ...] = ()
    unwanted: tuple[Indexed, ...] = ()
    about: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """Posts that fit at least one of the branches. `exact`: no other post fits; else each that is found has to be checked."""

    branches: tuple[Branch, ...]
    exact: bool = True


def for_words(*words: str) -> Question:
    """The question for posts that hold all of these words, which are folded already."""
    return Question((Branch(wanted=tuple(Words((word,)) for word in words)),))
