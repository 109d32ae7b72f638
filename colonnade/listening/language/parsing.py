"""From the text of a query to its tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from colonnade.listening.language import atoms, explaining, fields
from colonnade.listening.language.checking import check
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.settings import applied
from colonnade.listening.language.tree import (
    And,
    Asked,
    Named,
    Near,
    Node,
    Not,
    Or,
    Place,
    Setting,
    Written,
    children,
)
from colonnade.primitives import text as texts

if TYPE_CHECKING:
    from lark import Lark

LONGEST, DEEPEST, MOST_BETWEEN, MOST_LISTS = 20_000, 100, 100, 10
_A_LIST = "list:competitors"
_QUOTED_OR_PARENTHESIS = re.compile(
    rf"[{atoms.QUOTES}][^{atoms.QUOTES}]*[{atoms.QUOTES}]|\{{[^{{}}]*\}}|[()]"
)


def parse(query: str, lists: Mapping[str, str] | None = None) -> Node:
    """The tree of a query; `lists` holds the text of each list that a query may name.

    Raises QueryError, which says where the mistake is, what was expected, and shows an example.
    """
    return _Lists(lists or {}).parse(query, ())


def lists_named(query: str) -> frozenset[str]:
    """The names (folded) of the lists that stand in a query itself, not of those in these; none where it cannot be read."""
    if not may_name_lists(query):
        return frozenset()
    try:
        return frozenset(
            texts.fold(node.name)
            for node in _written(_require_shallow(_read(query)))
            if isinstance(node, Named)
        )
    except QueryError:
        return frozenset()


def may_name_lists(query: str) -> bool:
    """Whether it is worth to know lists before a query is read."""
    return "list:" in query.lower()


class _Lists:
    """The lists that a query may name; each is read once, however often it is named."""

    def __init__(self, by_name: Mapping[str, str]) -> None:
        self._texts = by_name
        self._read: dict[str, Node] = {}

    def parse(self, query: str, inside: tuple[str, ...]) -> Node:
        """The tree of a query, or of what stands in the innermost of these lists. Raises QueryError."""
        try:
            tree = _require_shallow(_read(query))
            if ":" in query:  # settings, fields and lists are written with a colon
                tree = _require_shallow(self._complete(applied(tree), query, inside))
            return check(cast(Node, tree))
        except QueryError as error:
            error.query = error.query or query
            raise

    def _complete(self, node: Written, query: str, inside: tuple[str, ...]) -> Node:
        """The tree with what stands after its fields, and with each list's own tree in it. Raises QueryError."""
        if isinstance(node, Asked):
            return fields.resolved(node, query)
        if isinstance(node, Named):
            named = Named(self._known(node.name), node.part, node.at)
            return Named(named.name, self._list(named, inside), node.at)
        if isinstance(node, And | Or):
            return type(node)(tuple(self._complete(part, query, inside) for part in node.parts), node.at)
        if isinstance(node, Not):
            return Not(self._complete(node.part, query, inside), node.at)
        if isinstance(node, Near):
            left, right = (self._complete(part, query, inside) for part in (node.left, node.right))
            return Near(left, right, node.most, node.ordered, node.at)
        return cast(Node, node)

    def _known(self, name: str) -> str:
        """A list's own name: upper and lower case are one where it is not written just so."""
        return name if name in self._texts else texts.fold(name)

    def _list(self, node: Named, inside: tuple[str, ...]) -> Node:
        if node.name not in self._read:
            self._require_there(node, inside)
            try:
                self._read[node.name] = self.parse(self._texts[node.name], (*inside, node.name))
            except QueryError as error:
                raise QueryError(
                    "In the list “%(name)s”: %(why)s",
                    node.at,
                    error.example,
                    {"name": node.name, "why": error},
                ) from None
        return self._read[node.name]

    def _require_there(self, node: Named, inside: tuple[str, ...]) -> None:
        """Raises QueryError for a list that does not exist, holds itself, or lies too deep in others."""
        if node.name in inside:
            round_ = " > ".join([*inside[inside.index(node.name) :], node.name])
            raise QueryError("This list holds itself: %(round)s.", node.at, _A_LIST, {"round": round_})
        if node.name not in self._texts:
            raise QueryError("There is no list “%(name)s”.", node.at, _A_LIST, {"name": node.name})
        if len(inside) >= MOST_LISTS:
            raise QueryError(
                "Lists may stand %(most)s deep in each other at most.", node.at, _A_LIST, {"most": MOST_LISTS}
            )


def _read(query: str) -> Written:
    """The tree as it is written, lists still names. Raises QueryError."""
    from lark.exceptions import UnexpectedInput, VisitError

    _require_readable(query)
    try:
        return cast(Written, _grammar().parse(query))
    except UnexpectedInput as error:
        raise explaining.unexpected(query, error) from None
    except VisitError as error:
        if isinstance(error.orig_exc, QueryError):
            raise error.orig_exc from None
        raise


def _require_readable(query: str) -> None:
    """Raises QueryError where there is nothing to read, or too much."""
    if not query.strip():
        raise QueryError("Write at least one word to look for.", (0, 0), "bridge closed")
    if len(query) > LONGEST:
        raise QueryError(
            "A query holds at most %(most)s characters; put parts of it into lists.",
            (LONGEST, len(query)),
            "list:competitors",
            {"most": LONGEST},
        )
    depth = 0
    for found in _QUOTED_OR_PARENTHESIS.finditer(query):
        depth += {"(": 1, ")": -1}.get(found.group(), 0)
        if depth > DEEPEST:
            raise _too_deep(found.span())


def _too_deep(at: Place) -> QueryError:
    return QueryError(
        "Parentheses, NOT and NEAR may stand %(most)s deep in each other at most.",
        at,
        "(a OR b) c",
        {"most": DEEPEST},
    )


def _require_shallow(node: Written) -> Written:
    """The same tree. Raises QueryError where it is so deep that to walk through it would take too much."""
    level, depth = [node], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise _too_deep(level[0].at)
        level = [part for one in level for part in _below(one)]
    return node


def _written(node: Written) -> Iterator[Written]:
    yield node
    for part in _below(node):
        yield from _written(part)


def _below(node: Written) -> tuple[Written, ...]:
    if isinstance(node, Asked):
        return (node.part,)
    return () if isinstance(node, Setting) or (isinstance(node, Named) and not node.part) else children(node)


@cache
def _grammar() -> Lark:
    from lark import Lark, Transformer, v_args

    text = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")

    class Builder(Transformer[Any, Node]):
        """Makes nodes while the parser reads."""

    for name, make in _MAKERS.items():
        setattr(Builder, name, v_args(inline=True)(_method(make)))
    return Lark(
        text, parser="lalr", lexer="basic", regex=True, transformer=Builder(), maybe_placeholders=False
    )


def _method(make: Callable[..., Node]) -> Callable[..., Node]:
    return lambda _, *parts: make(*parts)


# --- what each rule of the grammar makes --------------------------------------------------------------------------


def _either(*parts: Node) -> Node:
    return Or(parts, _around(*parts))


def _both(*parts: Node) -> Node:
    return And(parts, _around(*parts))


def _without(sign: Any, part: Node) -> Node:
    return Not(part, (sign.start_pos, part.at[1]))


def _near(left: Node, sign: Any, right: Node) -> Node:
    most = atoms.number(sign.partition("/")[2])
    if most > MOST_BETWEEN:
        raise QueryError(
            "At most %(most)s words may lie between; this asks for %(asked)s.",
            atoms.place(sign),
            "bridge NEAR/4 closed",
            {"most": MOST_BETWEEN, "asked": most},
        )
    return Near(left, right, most, sign.startswith("O"), (left.at[0], right.at[1]))


def _group(part: Node) -> Node:
    return applied(_require_shallow(part)) if isinstance(part, And | Or | Not | Near | Setting) else part


def _field(name: Any, part: Node) -> Asked:
    return fields.asked(str(name), part, name.start_pos)


def _nothing(token: Any) -> Node:
    raise QueryError("Nothing stands in these parentheses.", atoms.place(token), "(bridge OR ferry) closed")


def _around(*parts: Node) -> Place:
    return parts[0].at[0], parts[-1].at[1]


_MAKERS: dict[str, Callable[..., Any]] = {
    "start": lambda node: node,
    "either": _either,
    "both": _both,
    "without": _without,
    "near": _near,
    "group": _group,
    "nothing": _nothing,
    "field": _field,
    "word": atoms.word,
    "phrase": atoms.phrase,
    "exact": atoms.exact,
    "tag": atoms.sign,
    "handle": atoms.sign,
    "cash": atoms.sign,
    "url": atoms.url,
    "setting": atoms.setting,
}
