"""The tree of a query. Every node knows where in the query it was written, `at`: (from, to) in characters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Place: TypeAlias = tuple[int, int]
NOWHERE: Place = (0, 0)

Kind = Literal["word", "pattern", "any", "stem"]


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: a `word` as it is folded, a `pattern` with * and ?, `any` one word, or the `stem` of a word
    in the language `lang`. `bare` compares without accents. `written` is the word itself where only its stem counts."""

    kind: Kind
    value: str
    lang: str = ""
    bare: bool = False
    written: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words side by side; with `within` all of them in any order in a stretch with at most so many other words.
    `where` "title": in the title alone."""

    elements: tuple[Element, ...]
    within: int | None = None
    where: Literal["", "title"] = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Exact:
    """These very characters, case and punctuation included, not inside a longer word; white space is one space."""

    text: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Sign:
    """A `#` tag, an `@` handle, a `$` cash tag or an emoji (`sign` is ""), folded; * and ? stand for letters."""

    sign: Literal["#", "@", "$", ""]
    name: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Field:
    """What is said about a post: who wrote it (`author`), where it links to (`link`), `lang`, `network` and so on."""

    name: str
    value: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    """A number or a time (milliseconds since 1970) from `low` to `high`, both included; None is open."""

    name: str
    low: int | None
    high: int | None
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Flag:
    """`has:link`, `is:reply` and their like."""

    name: str
    value: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Both, with at most `most` other words between them; `ordered`: the left one first."""

    left: Node
    right: Node
    most: int
    ordered: bool
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever does not fit `part`."""

    part: Node
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """Every one of the parts."""

    parts: tuple[Node, ...]
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts."""

    parts: tuple[Node, ...]
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Named:
    """A list, by its name, with what stands in it."""

    name: str
    part: Node
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A field as it is written, before it is known what stands after its colon. In no tree that `parse` returns."""

    name: str
    part: Node
    at: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Setting:
    """`stem:en`, `accents:any`: it holds for the words of its parentheses. In no tree that `parse` returns."""

    name: str
    value: str
    at: Place = NOWHERE


Written: TypeAlias = "Node | Asked | Setting"
Node: TypeAlias = Phrase | Exact | Sign | Field | Range | Flag | Near | Not | And | Or | Named


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, in the order in which they were written."""
    if isinstance(node, And | Or):
        return node.parts
    if isinstance(node, Not | Named):
        return (node.part,)
    return (node.left, node.right) if isinstance(node, Near) else ()


def leaves(node: Node) -> Iterator[Node]:
    """Every node without parts, in the order in which they were written."""
    below = children(node)
    if not below:
        yield node
    for part in below:
        yield from leaves(part)
