"""What must hold for a query, as clauses over terms: all of the clauses, of each clause one literal at least.

A literal is the number of a term, or its complement (`~term`) where the term must not occur. Where clauses cannot say
all that a query asks for, they say what is necessary, and the post is then read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

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
from colonnade.listening.matcher.vocabulary import EVERY_POST, Vocabulary
from colonnade.primitives import text as texts

Clause: TypeAlias = tuple[int, ...]
MOST_CLAUSES = 24


@dataclass(frozen=True, slots=True)
class Program:
    """The clauses of a query; `decides`: they say all that it asks for."""

    clauses: tuple[Clause, ...]
    decides: bool


def program(node: Node, vocabulary: Vocabulary) -> Program:
    """The clauses of a tree; words that no query has named before get their numbers."""
    found = _Maker(vocabulary).of(node)
    clauses = _without_needless(found.clauses)
    if not any(all(literal >= 0 for literal in clause) for clause in clauses):
        clauses = ((EVERY_POST,), *clauses)
    return Program(clauses, found.decides)


_TRUE = Program((), False)
"""Nothing can be said but by reading."""


class _Maker:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def of(self, node: Node) -> Program:
        """What is necessary for a node."""
        if isinstance(node, And):
            return _all([self.of(part) for part in node.parts])
        if isinstance(node, Or):
            return _any([self.of(part) for part in node.parts])
        if isinstance(node, Not):
            return self._without(node.part)
        if isinstance(node, Named):
            return self.of(node.part)
        return self._leaf(node)

    def _without(self, node: Node) -> Program:
        """What is necessary for a node not to hold: NOT goes down to the leaves (De Morgan)."""
        if isinstance(node, And):
            return _any([self._without(part) for part in node.parts])
        if isinstance(node, Or):
            return _all([self._without(part) for part in node.parts])
        if isinstance(node, Not):
            return self.of(node.part)
        if isinstance(node, Named):
            return self._without(node.part)
        found = self._leaf(node)
        if found.decides and len(found.clauses) == 1 and len(found.clauses[0]) == 1:
            return _one(~found.clauses[0][0])
        return _TRUE

    def _leaf(self, node: Node) -> Program:
        if isinstance(node, Phrase):
            return self._phrase(node)
        if isinstance(node, Near):
            return self._near(node)
        if isinstance(node, Field | Flag):
            return _one(self._vocabulary.field(node.name, node.value))
        if isinstance(node, Sign):
            return self._sign(node)
        if isinstance(node, Exact):
            return self._exact(node)
        assert isinstance(node, Range)
        return _TRUE

    def _phrase(self, node: Phrase) -> Program:
        terms = [self._vocabulary.element(one) for one in node.elements if one.kind != "any"]
        if len(node.elements) == 1:
            return Program(((terms[0],),), not node.where)
        if not node.where and all(_is_plain(one) for one in node.elements):
            if node.within is None:
                return _one(self._vocabulary.phrase(tuple(terms)))
            if len(terms) == 2:
                return _one(self._vocabulary.near(terms[0], terms[1], node.within, False))
        return _necessary(terms)

    def _near(self, node: Near) -> Program:
        left, right = _plain_word(node.left), _plain_word(node.right)
        if left is not None and right is not None:
            terms = self._vocabulary.element(left), self._vocabulary.element(right)
            return _one(self._vocabulary.near(*terms, node.most, node.ordered))
        both = _all([self.of(node.left), self.of(node.right)])
        return Program(both.clauses, False)

    def _sign(self, node: Sign) -> Program:
        if node.sign and ("*" in node.name or "?" in node.name):
            return Program(((self._vocabulary.sign(node.sign),),), False)
        return _one(self._vocabulary.sign(node.sign + node.name))

    def _exact(self, node: Exact) -> Program:
        words = texts.words(node.text)
        if not words:
            return Program(((self._vocabulary.literal(node.text),),), False)
        return _necessary([self._vocabulary.element(Element("word", word)) for word in words])


def _is_plain(element: Element) -> bool:
    return element.kind == "word" and not element.bare


def _plain_word(node: Node) -> Element | None:
    if (
        isinstance(node, Phrase)
        and len(node.elements) == 1
        and _is_plain(node.elements[0])
        and not node.where
    ):
        return node.elements[0]
    return None


def _one(literal: int) -> Program:
    return Program(((literal,),), True)


def _necessary(terms: Iterable[int]) -> Program:
    return Program(tuple((term,) for term in dict.fromkeys(terms)), False)


def _all(parts: list[Program]) -> Program:
    return Program(
        tuple(clause for part in parts for clause in part.clauses), all(part.decides for part in parts)
    )


def _any(parts: list[Program]) -> Program:
    """Clauses of alternatives, by distribution; where those would be too many, one clause of each alternative stands for it."""
    decides = all(part.decides for part in parts)
    if any(not part.clauses for part in parts):
        return _TRUE
    many = 1
    for part in parts:
        many *= len(part.clauses)
    if many > MOST_CLAUSES:
        parts, decides = [Program((_telling(part.clauses),), False) for part in parts], False
    clauses: list[Clause] = [()]
    for part in parts:
        clauses = [tuple(dict.fromkeys(one + other)) for one in clauses for other in part.clauses]
    return Program(tuple(clauses), decides)


def _telling(clauses: tuple[Clause, ...]) -> Clause:
    """The clause that says most by itself: one that wants something, with the fewest ways to fulfil it. Of words, the one
    met last is taken for the rarest."""
    return min(clauses, key=lambda clause: (any(one < 0 for one in clause), len(clause), -max(clause)))


def _without_needless(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Each clause once; none that always holds."""
    return tuple(dict.fromkeys(clause for clause in clauses if not any(~one in clause for one in clause)))
