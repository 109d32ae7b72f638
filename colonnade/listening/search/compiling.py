"""From the tree of a query to a question for the indexes of either database.

Whatever an index can say exactly is said by it. Of the rest it is asked for what every post that fits must hold (the words
of a phrase with a gap, both sides of NEAR, the words inside braces), and the question is not exact: each post that is found
is then tried as new posts are, by `evaluate.holds`. A part of which nothing can be asked asks for every post.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from colonnade.conversations.search.index import LONGEST_WORD
from colonnade.conversations.search.question import (
    About,
    All,
    Any,
    Both,
    Branch,
    Either,
    Indexed,
    Question,
    Told,
    Without,
    Words,
)
from colonnade.conversations.search.question import Not as NotSo
from colonnade.listening.language import forms
from colonnade.listening.language.tree import (
    And,
    Element,
    Exact,
    Field,
    Flag,
    Named,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    Sign,
)
from colonnade.primitives import ids
from colonnade.primitives import text as texts

MOST_BRANCHES, DEEPEST = 8, 20
SHORTEST_BEGINNING = 3
"""Letters of a beginning that is asked for although it is not the whole condition; fewer would fit too many words."""
_LAST_ID = 2**63 - 1


class Known(Protocol):
    """What is looked up while a query is compiled. None: too many to be of use."""

    def authors(self, words: tuple[str, ...], *, begins: bool) -> tuple[int, ...] | None:
        """Identities of whose name and address these are words; `begins`: the last is the beginning of one."""

    def places(self, name: str, *, sources: bool) -> tuple[int, ...] | None:
        """Places with this name, in which * and ? stand for letters; `sources`: only what we read."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a part of a query asks: a post that fits it fits one of the branches, and (`exact`) the other way round."""

    branches: tuple[Branch, ...]
    exact: bool = True


_EVERY_POST = _Part((Branch(),), exact=False)


def question(tree: Node, known: Known) -> Question:
    """What the indexes are asked for a query."""
    part = _part(tree, known, 0)
    bare = any(branch.unwanted and not branch.wanted for branch in part.branches)
    branches = (branch if branch.wanted else Branch(about=branch.about) for branch in part.branches)
    return Question(tuple(dict.fromkeys(branches)), part.exact and not bare)


def _part(node: Node, known: Known, depth: int) -> _Part:
    if depth > DEEPEST:  # deeper than an index wants it
        return _EVERY_POST
    if isinstance(node, And):
        return _and(_part(part, known, depth + 1) for part in node.parts)
    if isinstance(node, Or):
        return _or([_part(part, known, depth + 1) for part in node.parts])
    if isinstance(node, Not):
        return _not(_part(node.part, known, depth + 1))
    if isinstance(node, Near):
        return _loosely(_and(_part(part, known, depth + 1) for part in (node.left, node.right)))
    if isinstance(node, Named):
        return _part(node.part, known, depth + 1)
    if isinstance(node, Phrase):
        return _phrase(node)
    if isinstance(node, Exact):
        return _loosely(_words(texts.words(node.text)))
    if isinstance(node, Sign):
        return _sign(node)
    if isinstance(node, Range):
        return _range(node)
    return _flag(node) if isinstance(node, Flag) else _field(node, known)


def _loosely(part: _Part) -> _Part:
    """The same, of which not every post that is found does fit."""
    return _Part(part.branches, exact=False)


# --- and, or, not -------------------------------------------------------------------------------------------------


def _and(parts: Iterable[_Part]) -> _Part:
    branches: tuple[Branch, ...] = (Branch(),)
    exact = True
    for part in parts:
        exact = exact and part.exact
        if len(branches) * len(part.branches) > MOST_BRANCHES:
            exact = False  # the other parts are asked for, this one is checked
        else:
            branches = tuple(_joined(one, other) for one, other in product(branches, part.branches))
    return _Part(branches, exact)


def _joined(one: Branch, other: Branch) -> Branch:
    return Branch(
        tuple(dict.fromkeys(one.wanted + other.wanted)),
        tuple(dict.fromkeys(one.unwanted + other.unwanted)),
        tuple(dict.fromkeys(one.about + other.about)),
    )


def _or(parts: list[_Part]) -> _Part:
    """Words become one condition, and so does what is told of posts; what is both stays apart."""
    exact = all(part.exact for part in parts)
    every = [branch for part in parts for branch in part.branches]
    if not all(branch.wanted or branch.about for branch in every):
        return _EVERY_POST
    words = [branch for branch in every if not branch.about]
    told = [branch for branch in every if not branch.wanted]
    if any(branch.unwanted for branch in told):
        return _EVERY_POST
    branches = [branch for branch in every if branch.wanted and branch.about]
    branches += [Branch(wanted=(_either([_indexed(branch) for branch in words]),))] if words else []
    branches += [Branch(about=(_any([branch.about for branch in told]),))] if told else []
    if len(branches) <= MOST_BRANCHES:
        return _Part(tuple(branches), exact)
    if told:
        return _EVERY_POST
    return _Part((Branch(wanted=(_either([_indexed(branch) for branch in every]),)),), exact=False)


def _not(part: _Part) -> _Part:
    """Only of what is exact it can be asked that it is not so."""
    if not part.exact or len(part.branches) != 1:
        return _EVERY_POST
    (branch,) = part.branches
    if branch.wanted and not branch.about:
        return _Part((Branch(unwanted=(_indexed(branch),)),))
    if branch.about and not branch.wanted and not branch.unwanted:
        return _Part((Branch(about=(NotSo(_all(branch.about)),)),))
    if branch.unwanted and not branch.wanted and not branch.about:
        return _Part((Branch(wanted=(_either(branch.unwanted),)),))
    return _EVERY_POST


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


# --- words --------------------------------------------------------------------------------------------------------


def _words(words: Iterable[str], *, begins: bool = False) -> _Part:
    side_by_side = tuple(words)
    if not side_by_side:
        return _EVERY_POST
    exact = all(len(word) <= LONGEST_WORD for word in side_by_side)
    return _Part((Branch(wanted=(Words(side_by_side, begins),)),), exact)


def _phrase(node: Phrase) -> _Part:
    if node.within is not None and len(node.elements) > 1:
        part = _loosely(_and(_run([one]) for one in node.elements))
    elif _is_one_run(node.elements):
        part = _run(node.elements)
    else:
        part = _loosely(_and(_run(run) for run in _runs(node.elements)))
    if node.where:
        return _loosely(_and([part, _told("titled")]))
    return part


def _is_one_run(elements: tuple[Element, ...]) -> bool:
    *before, last = elements
    return all(_is_plain(one) for one in before) and (_is_plain(last) or _beginning(last) is not None)


def _runs(elements: tuple[Element, ...]) -> list[list[Element]]:
    """Stretches of plain words, each with the beginning of a word behind it where there is one; all else alone."""
    runs: list[list[Element]] = [[]]
    for one in elements:
        if _is_plain(one) or (runs[-1] and _beginning(one) is not None):
            runs[-1].append(one)
        else:
            runs.append([one])
        if not _is_plain(one):
            runs.append([])
    return [run for run in runs if run]


def _is_plain(one: Element) -> bool:
    return one.kind == "word" and not one.bare


def _beginning(one: Element) -> str | None:
    """The letters before the * of a word that has but this one, at its end."""
    head = one.value[:-1]
    is_so = (
        one.kind == "pattern" and not one.bare and one.value.endswith("*") and forms.head(one.value) == head
    )
    return head if is_so and len(head) >= forms.SHORTEST_HEAD else None


def _run(elements: Iterable[Element]) -> _Part:
    """Plain words with perhaps a beginning behind them, or any one element."""
    run = list(elements)
    *before, last = run
    if all(_is_plain(one) for one in run):
        return _words(one.value for one in run)
    head = _beginning(last)
    if head is not None:
        return _words([*(one.value for one in before), head], begins=True)
    return _loosely(_words(_start_of(last), begins=True))


def _start_of(one: Element) -> list[str]:
    """The letters with which a word begins that an element stands for, as far as that can be said.

    The English stemmer (Porter2) changes at most the last two letters of the stem that it leaves ("ability" is "abl" with
    "e", "dying" is "die"). Other stemmers change letters anywhere, and under `accents:any` each letter may have another.
    """
    if one.bare or one.kind == "any":
        return []
    if one.kind == "pattern":
        head = forms.head(one.value)
    else:
        head = one.value[:-2] if one.kind == "stem" and one.lang == "en" else ""
    return [head] if len(head) >= SHORTEST_BEGINNING else []


def _sign(node: Sign) -> _Part:
    """The words of its name, of which the last may go on: what folding joins to it is no part of the sign."""
    if not node.sign:
        return _EVERY_POST
    return _loosely(_words(texts.words(forms.head(node.name)), begins=True))


# --- beside the words ---------------------------------------------------------------------------------------------


def _told(name: str, *values: str | int, exact: bool = False) -> _Part:
    return _Part((Branch(about=(About(name, values),)),), exact)


def _range(node: Range) -> _Part:
    if node.name != "at":
        return _EVERY_POST
    parts = []
    if node.low is not None:
        parts.append(_told("since", _id_at(node.low), exact=True))
    if node.high is not None:
        parts.append(_told("until", _id_at(node.high + 1), exact=True))
    return _and(parts)


def _id_at(ms: int) -> int:
    return min(ids.first_of(max(ms, 0)), _LAST_ID)


_FLAGS = {"link": "linked", "reply": "reply", "quote": "quote", "ours": "ours"}


def _flag(node: Flag) -> _Part:
    if node.value == "media":
        return _told("media", exact=True)
    return _told(_FLAGS[node.value]) if node.value in _FLAGS else _EVERY_POST


def _field(node: Node, known: Known) -> _Part:
    assert isinstance(node, Field)
    name, value = node.name, node.value
    if name in ("author", "from", "to"):
        head = forms.head(value)
        words = texts.words(head)
        authors = known.authors(tuple(words), begins=head != value) if words else None
        if name == "to":
            return _told("reply") if authors is None else _told("answers", *authors)
        return _EVERY_POST if authors is None else _told("authors", *authors)
    if name in ("place", "source"):
        places = known.places(value, sources=name == "source")
        return _EVERY_POST if places is None else _told("places", *places, exact=True)
    if name in ("lang", "network") and value.isascii() and forms.head(value) == value:
        return _told(name, value)
    return _told("linked") if name == "link" else _EVERY_POST
