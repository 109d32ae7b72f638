"""From the tree of a query to a question for the indexes of either database.

Whatever an index can say exactly is said by it. Of the rest it is asked for what every post that fits must hold (the words
of a phrase with a gap, both sides of NEAR, the words inside braces), and the question is not exact: each post that is found
is then tried as new posts are, by `evaluate.holds`. A part of which nothing can be asked asks for every post.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from colonnade.conversations.search.index import LONGEST_WORD
from colonnade.conversations.search.question import Branch, Question, Words
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
from colonnade.listening.search.parts import EVERY_POST, Part, all_of, loosely, none_of, one_of, told_of
from colonnade.primitives import ids
from colonnade.primitives import text as texts

DEEPEST = 20
SHORTEST_BEGINNING = 3
"""Letters of a beginning that is asked for although it is not the whole condition; fewer would fit too many words."""
_LAST_ID = 2**63 - 1


class Known(Protocol):
    """What is looked up while a query is compiled. None: too many to be of use."""

    def authors(self, words: tuple[str, ...], *, begins: bool) -> tuple[int, ...] | None:
        """Identities of whose name and address these are words; `begins`: the last is the beginning of one."""

    def places(self, name: str, *, sources: bool) -> tuple[int, ...] | None:
        """Places with this name, in which * and ? stand for letters; `sources`: only what we read."""


def question(tree: Node, known: Known) -> Question:
    """What the indexes are asked for a query."""
    part = _part(tree, known, 0)
    bare = any(branch.unwanted and not branch.wanted for branch in part.branches)
    branches = (branch if branch.wanted else Branch(about=branch.about) for branch in part.branches)
    return Question(tuple(dict.fromkeys(branches)), part.exact and not bare)


def _part(node: Node, known: Known, depth: int) -> Part:
    if depth > DEEPEST:  # deeper than an index wants it
        return EVERY_POST
    if isinstance(node, And):
        return all_of(_part(part, known, depth + 1) for part in node.parts)
    if isinstance(node, Or):
        return one_of([_part(part, known, depth + 1) for part in node.parts])
    if isinstance(node, Not):
        return none_of(_part(node.part, known, depth + 1))
    if isinstance(node, Near):
        return loosely(all_of(_part(part, known, depth + 1) for part in (node.left, node.right)))
    if isinstance(node, Named):
        return _part(node.part, known, depth + 1)
    if isinstance(node, Phrase):
        return _phrase(node)
    if isinstance(node, Exact):
        return loosely(_words(texts.words(node.text)))
    if isinstance(node, Sign):
        return _sign(node)
    if isinstance(node, Range):
        return _range(node)
    return _flag(node) if isinstance(node, Flag) else _field(node, known)


# --- words --------------------------------------------------------------------------------------------------------


def _words(words: Iterable[str], *, begins: bool = False) -> Part:
    side_by_side = tuple(words)
    if not side_by_side:
        return EVERY_POST
    exact = all(len(word) <= LONGEST_WORD for word in side_by_side)
    return Part((Branch(wanted=(Words(side_by_side, begins),)),), exact)


def _phrase(node: Phrase) -> Part:
    if node.within is not None and len(node.elements) > 1:
        part = loosely(all_of(_run([one]) for one in node.elements))
    elif _is_one_run(node.elements):
        part = _run(node.elements)
    else:
        part = loosely(all_of(_run(run) for run in _runs(node.elements)))
    if node.where:
        return loosely(all_of([part, told_of("titled")]))
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


def _run(elements: Iterable[Element]) -> Part:
    """Plain words with perhaps a beginning behind them, or any one element."""
    run = list(elements)
    *before, last = run
    if all(_is_plain(one) for one in run):
        return _words(one.value for one in run)
    head = _beginning(last)
    if head is not None:
        return _words([*(one.value for one in before), head], begins=True)
    return loosely(_words(_start_of(last), begins=True))


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


def _sign(node: Sign) -> Part:
    """The words of its name, of which the last may go on: what folding joins to it is no part of the sign."""
    if not node.sign:
        return EVERY_POST
    return loosely(_words(texts.words(forms.head(node.name)), begins=True))


# --- beside the words ---------------------------------------------------------------------------------------------


def _range(node: Range) -> Part:
    if node.name != "at":
        return EVERY_POST
    parts = []
    if node.low is not None:
        parts.append(told_of("since", _id_at(node.low), exact=True))
    if node.high is not None:
        parts.append(told_of("until", _id_at(node.high + 1), exact=True))
    return all_of(parts)


def _id_at(ms: int) -> int:
    return min(ids.first_of(max(ms, 0)), _LAST_ID)


_FLAGS = {"link": "linked", "reply": "reply", "quote": "quote", "ours": "ours"}


def _flag(node: Flag) -> Part:
    if node.value == "media":
        return told_of("media", exact=True)
    return told_of(_FLAGS[node.value]) if node.value in _FLAGS else EVERY_POST


def _field(node: Node, known: Known) -> Part:
    assert isinstance(node, Field)
    name, value = node.name, node.value
    if name in ("author", "from", "to"):
        head = forms.head(value)
        words = texts.words(head)
        authors = known.authors(tuple(words), begins=head != value) if words else None
        if name == "to":
            return told_of("reply") if authors is None else told_of("answers", *authors)
        return EVERY_POST if authors is None else told_of("authors", *authors)
    if name in ("place", "source"):
        places = known.places(value, sources=name == "source")
        return EVERY_POST if places is None else told_of("places", *places, exact=True)
    if name in ("lang", "network") and value.isascii() and forms.head(value) == value:
        return told_of(name, value)
    return told_of("linked") if name == "link" else EVERY_POST
