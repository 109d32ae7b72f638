"""A list out of names that somebody has: each a word or phrase in quotation marks, any of them. Plain Python."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from colonnade.listening.language.parsing import parse
from colonnade.listening.language.tree import And, Near, Not
from colonnade.primitives import text

_NO_LETTERS_OF_A_NAME = re.compile(r"[\"“”„‟«»＂*?]+")


@dataclass(frozen=True, slots=True)
class Brought:
    """A query for any of the names, "" for none; how many there were, and the lines in which no word stands."""

    query: str
    taken: int
    left: tuple[str, ...]


def from_lines(lines: Iterable[str]) -> Brought:
    """Each line as a name, once however it is spelled; empty lines do not count."""
    names: dict[tuple[str, ...], str] = {}
    left: list[str] = []
    for line in lines:
        name = " ".join(_NO_LETTERS_OF_A_NAME.sub(" ", text.normalise(line)).split())
        words = tuple(text.words(name))
        if words:
            names.setdefault(words, f'"{name}"')
        elif line.strip():
            left.append(line.strip())
    return Brought(" OR ".join(names.values()), len(names), tuple(left))


def joined(query: str, more: str) -> str:
    """A query that finds what either finds. Raises QueryError where one cannot be read; lists stay names in it."""
    if not query or not more:
        return query or more
    alone = not isinstance(parse(_without_lists(query)), And | Not | Near)
    return f"{query} OR {more}" if alone else f"({query}) OR {more}"


def _without_lists(query: str) -> str:
    """The same with a word for each list: to see how it is put together one need not know them."""
    return re.sub(r"list:[^\s()\"“”„‟«»＂{}]+", "x", query, flags=re.IGNORECASE)
