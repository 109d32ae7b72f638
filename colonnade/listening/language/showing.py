"""A tree as its author is shown it: on one line with every parenthesis, and as an outline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import regex

from colonnade.listening.language.atoms import QUOTES
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
    children,
)

_PLAIN = regex.compile(r"[\p{L}\p{N}_](?:[^\s(){}:" + QUOTES + r"])*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an outline: how deep it lies, and the operator (`all`, `any`, `not`, `near`, `list`) or the term; `more`: of
    what stands there in a list so many more parts (`term`) are not shown."""

    depth: int
    operator: str
    term: str


MOST_OF_A_LIST = 12


def outline(node: Node, depth: int = 0, *, in_list: bool = False) -> list[Line]:
    """The tree from the top, one line a node; of what a list holds side by side the first dozen."""
    operator, term = _head(node)
    parts = children(node)
    shown = parts[:MOST_OF_A_LIST] if in_list else parts
    inside = in_list or isinstance(node, Named)
    return [
        Line(depth, operator, term),
        *(line for part in shown for line in outline(part, depth + 1, in_list=inside)),
        *([Line(depth + 1, "more", str(len(parts) - len(shown)))] if len(parts) > len(shown) else []),
    ]


def _head(node: Node) -> tuple[str, str]:
    if isinstance(node, And | Or | Not):
        return {And: "all", Or: "any", Not: "not"}[type(node)], ""
    if isinstance(node, Near):
        return "near", f"{'ONEAR' if node.ordered else 'NEAR'}/{node.most}"
    return ("list", node.name) if isinstance(node, Named) else ("", one_line(node))


def one_line(node: Node) -> str:
    """A query that means the same, with every parenthesis written out."""
    if isinstance(node, And | Or):
        return (
            "("
            + (" AND " if isinstance(node, And) else " OR ").join(one_line(part) for part in node.parts)
            + ")"
        )
    if isinstance(node, Not):
        return f"NOT {one_line(node.part)}"
    if isinstance(node, Near):
        return f"({one_line(node.left)} {'ONEAR' if node.ordered else 'NEAR'}/{node.most} {one_line(node.right)})"
    return f"list:{node.name}" if isinstance(node, Named) else _leaf(node)


def _leaf(node: Node) -> str:
    if isinstance(node, Phrase):
        return _phrase(node)
    if isinstance(node, Exact):
        return f"{{{node.text}}}"
    if isinstance(node, Sign):
        return node.sign + node.name
    if isinstance(node, Field | Flag):
        return f"{node.name}:{_quoted(node.value)}"
    assert isinstance(node, Range)
    return f"{node.name}:{_bound(node, node.low)}..{_bound(node, node.high)}"


def _phrase(node: Phrase) -> str:
    words = " ".join(_element(one) for one in node.elements)
    settings = {f"stem:{one.lang}" for one in node.elements if one.kind == "stem"}
    settings |= {"accents:any" for one in node.elements if one.bare}
    alone = len(node.elements) == 1 and node.within is None and words.strip("*?")
    shown = words if alone else f'"{words}"'
    shown += "" if node.within is None else f"~{node.within}"
    shown = f"title:{shown}" if node.where else shown
    return f"({' '.join(sorted(settings))} {shown})" if settings else shown


def _element(one: Element) -> str:
    return "*" if one.kind == "any" else one.written or one.value


def _quoted(value: str) -> str:
    """A value as it can be read again: in quotation marks where it would fall apart without."""
    plain = _PLAIN.fullmatch(value) or not regex.search(r"[\p{L}\p{N}]", value)
    return value if plain else f'"{value}"'


def _bound(node: Range, bound: int | None) -> str:
    if bound is None:
        return ""
    return datetime.fromtimestamp(bound // 1000, UTC).isoformat()[:19] if node.name == "at" else str(bound)
