"""Parts of a query as an index is asked for them, and how they are put together.

A part is a few branches, of which each post that fits it fits one. Whatever would make too many of them is left out, and the
part is then not exact: what is found is checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from colonnade.conversations.search.question import (
    About,
    All,
    Any,
    Both,
    Branch,
    Either,
    Indexed,
    Told,
    Without,
)
from colonnade.conversations.search.question import Not as NotSo

MOST_BRANCHES = 8


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of a query asks: a post that fits it fits one of the branches, and (`exact`) the other way round."""

    branches: tuple[Branch, ...]
    exact: bool = True


EVERY_POST = Part((Branch(),), exact=False)


def told_of(name: str, *values: str | int, exact: bool = False) -> Part:
    return Part((Branch(about=(About(name, values),)),), exact)


def loosely(part: Part) -> Part:
    """The same, of which not every post that is found does fit."""
    return Part(part.branches, exact=False)


def all_of(parts: Iterable[Part]) -> Part:
    branches: tuple[Branch, ...] = (Branch(),)
    exact = True
    for part in parts:
        exact = exact and part.exact
        if len(branches) * len(part.branches) > MOST_BRANCHES:
            exact = False  # the other parts are asked for, this one is checked
        else:
            branches = tuple(_joined(one, other) for one, other in product(branches, part.branches))
    return Part(branches, exact)


def _joined(one: Branch, other: Branch) -> Branch:
    return Branch(
        tuple(dict.fromkeys(one.wanted + other.wanted)),
        tuple(dict.fromkeys(one.unwanted + other.unwanted)),
        tuple(dict.fromkeys(one.about + other.about)),
    )


def one_of(parts: list[Part]) -> Part:
    """Words become one condition, and so does what is told of posts; what is both stays apart."""
    exact = all(part.exact for part in parts)
    every = [branch for part in parts for branch in part.branches]
    if not all(branch.wanted or branch.about for branch in every):
        return EVERY_POST
    words = [branch for branch in every if not branch.about]
    told = [branch for branch in every if not branch.wanted]
    if any(branch.unwanted for branch in told):
        return EVERY_POST
    branches = [branch for branch in every if branch.wanted and branch.about]
    branches += [Branch(wanted=(_either([_indexed(branch) for branch in words]),))] if words else []
    branches += [Branch(about=(_any([branch.about for branch in told]),))] if told else []
    if len(branches) <= MOST_BRANCHES:
        return Part(tuple(branches), exact)
    if told:
        return EVERY_POST
    return Part((Branch(wanted=(_either([_indexed(branch) for branch in every]),)),), exact=False)


def none_of(part: Part) -> Part:
    """Only of what is exact it can be asked that it is not so."""
    if not part.exact or len(part.branches) != 1:
        return EVERY_POST
    (branch,) = part.branches
    if branch.wanted and not branch.about:
        return Part((Branch(unwanted=(_indexed(branch),)),))
    if branch.about and not branch.wanted and not branch.unwanted:
        return Part((Branch(about=(NotSo(_all(branch.about)),)),))
    if branch.unwanted and not branch.wanted and not branch.about:
        return Part((Branch(wanted=(_either(branch.unwanted),)),))
    return EVERY_POST


def _indexed(branch: Branch) -> Indexed:
    """The words of a branch as one condition."""
    wanted = branch.wanted[0] if len(branch.wanted) == 1 else Both(branch.wanted)
    return Without(wanted, _either(branch.unwanted)) if branch.unwanted else wanted


def _either(parts: Iterable[Indexed]) -> Indexed:
    several = tuple(dict.fromkeys(parts))
    return several[0] if len(several) == 1 else Either(several)


def _all(parts: tuple[Told, ...]) -> Told:
    return parts[0] if len(parts) == 1 else All(parts)


def _any(several: list[tuple[Told, ...]]) -> Told:
    """One of these; of authors, and of places, it is one of them all, since by these posts are found at once."""
    parts = tuple(_all(parts) for parts in several)
    for name in ("authors", "places"):
        named = [part for part in parts if isinstance(part, About) and part.name == name]
        if len(named) == len(parts):
            return About(name, tuple(dict.fromkeys(value for part in named for value in part.values)))
    return parts[0] if len(parts) == 1 else Any(parts)
