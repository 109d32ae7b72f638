"""What a tree must be before it is of use: something that is wanted in every branch, and NEAR between words alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from colonnade.listening.language import forms, habits
from colonnade.listening.language.habits import Note
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.tree import (
    And,
    Exact,
    Field,
    Flag,
    Named,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Place,
    Range,
    Sign,
    children,
    leaves,
)

MOST_TERMS, MOST_NEAR = 2_000, 500
_OPERATORS = ("and", "or", "not")


def check(node: Node) -> Node:
    """The tree with every NEAR brought down to words. Raises QueryError where nothing positive is asked for, where NEAR
    stands beside something that has no place in a text, and where there are too many terms."""
    if sum(1 for _ in islice(leaves(node), MOST_TERMS + 1)) > MOST_TERMS:
        raise QueryError(
            "A query holds at most %(most)s terms; part of it may be a query of its own.",
            node.at,
            "list:competitors",
            {"most": MOST_TERMS},
        )
    lacking = unwanted(node)
    if lacking is not None:
        raise QueryError(
            "This part only leaves things out, so nearly everything would fit it. Say first what you are looking for.",
            lacking.at,
            "bridge NOT dental",
        )
    return _spread(node) if _holds_near(node) else node


def _holds_near(node: Node) -> bool:
    return isinstance(node, Near) or any(_holds_near(part) for part in children(node))


def unwanted(node: Node) -> Node | None:
    """The first part under which a post could fit without holding anything that was asked for; None where there is none."""
    if isinstance(node, Not):
        return node
    if isinstance(node, Or):
        return next((lacking for part in node.parts if (lacking := unwanted(part)) is not None), None)
    if isinstance(node, And):
        return node if all(unwanted(part) is not None for part in node.parts) else None
    if isinstance(node, Named):
        return unwanted(node.part)
    return None


def _spread(node: Node) -> Node:
    """The tree in which NEAR stands between words, alternatives and other NEARs: of (a b) NEAR/3 c both a and b are near."""
    if isinstance(node, And | Or):
        return replace(node, parts=tuple(_spread(part) for part in node.parts))
    if isinstance(node, Not | Named):
        return replace(node, part=_spread(node.part))
    return _spread_near(node) if isinstance(node, Near) else node


def _spread_near(near: Near) -> Node:
    left, right = _spread(near.left), _spread(near.right)
    for side in (left, right):
        _require_placed(side)
    branches = [replace(near, left=one, right=other) for one in _together(left) for other in _together(right)]
    if len(branches) > MOST_NEAR:
        raise QueryError("NEAR stands beside too much at once.", near.at, "(bridge OR ferry) NEAR/4 closed")
    return branches[0] if len(branches) == 1 else And(tuple(branches), near.at)


def _together(node: Node) -> list[Node]:
    """The parts that must all be near: those of AND; else the node."""
    if isinstance(node, Named):
        return _together(node.part)
    return [one for part in node.parts for one in _together(part)] if isinstance(node, And) else [node]


def _require_placed(node: Node) -> None:
    """Raises QueryError for what has no place in a text: what is left out, fields, AND within alternatives."""
    if isinstance(node, Phrase | Exact | Sign | Near):
        return
    if isinstance(node, Or):
        if any(isinstance(part, And) for part in node.parts):
            raise QueryError(
                "Beside NEAR the alternatives are words or phrases; write a phrase or one more NEAR for words that belong together.",
                node.at,
                '("old bridge" OR ferry) NEAR/4 closed',
            )
        for part in node.parts:
            _require_placed(part)
        return
    if isinstance(node, And | Named):
        for part in children(node):
            _require_placed(part)
        return
    raise QueryError(
        "NEAR takes words, phrases and alternatives of them.", node.at, "(bridge OR ferry) NEAR/4 closed"
    )


# --- what is no mistake, but worth a word -------------------------------------------------------------------------


def notes(node: Node, query: str = "") -> list[Note]:
    """What may be slow, or may not mean what its author thinks, each thing once; `query`: as its author wrote it."""
    found = (
        []
        if _is_telling(node)
        else [
            Note(
                node.at,
                "This asks for no word, tag, person or site, so it may fit a large part of all posts, and costs accordingly.",
            )
        ]
    )
    return list(dict.fromkeys([*found, *_notes(node, None), *habits.of(query)]))


def _is_telling(node: Node) -> bool:
    """Whether every post that fits holds something that most posts do not."""
    if isinstance(node, And):
        return any(_is_telling(part) for part in node.parts)
    if isinstance(node, Or):
        return all(_is_telling(part) for part in node.parts)
    if isinstance(node, Named):
        return _is_telling(node.part)
    return not (
        isinstance(node, Not | Flag | Range) or (isinstance(node, Field) and node.name in ("lang", "network"))
    )


def _notes(node: Node, inside: Place | None) -> Iterator[Note]:
    """The notes of a tree; `inside` is where the list was named in which it stands."""
    at = inside or node.at
    if isinstance(node, Phrase):
        for element in node.elements:
            if element.kind == "pattern" and len(forms.head(element.value)) < forms.SHORTEST_HEAD:
                yield Note(
                    at,
                    "“%(pattern)s” begins with fewer than %(least)s letters, so every word is tried on it: it goes the slow way.",
                    {"pattern": element.value, "least": forms.SHORTEST_HEAD},
                )
    if isinstance(node, And):
        for part in node.parts[1:-1]:
            word = _operator(part)
            if word:
                yield Note(
                    inside or part.at,
                    "“%(word)s” is looked for as a word here; the operator is written %(operator)s.",
                    {"word": word, "operator": word.upper()},
                )
    for part in children(node):
        yield from _notes(part, at if isinstance(node, Named) else inside)


def _operator(node: Node) -> str:
    """The word "and", "or", "not" where it stands without quotation marks."""
    if (
        not isinstance(node, Phrase)
        or len(node.elements) != 1
        or node.elements[0].kind != "word"
        or node.where
    ):
        return ""
    word = node.elements[0].value
    return word if word in _OPERATORS and node.at[1] - node.at[0] == len(word) else ""
