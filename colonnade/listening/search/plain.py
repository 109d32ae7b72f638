"""A search as people type it: a query where it can be read as one, else its plain words.

Whoever searches leaves quotation marks open and types stray signs; they are given what they most likely meant, and shown the
mistake. A watch is asked for more care, since it stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.showing import one_line
from colonnade.listening.language.tree import Node
from colonnade.primitives import text as texts

MOST_TERMS, LONGEST = 20, 1_000
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_OPERATOR = re.compile(r"\(*(AND|OR|NOT|O?NEAR(?:/\d*)?)\)*")
_PART = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


@dataclass(frozen=True, slots=True)
class Read:
    """What is looked for: the tree, and the query that says so. `mistake` where that is not what was typed."""

    tree: Node
    query: str
    mistake: QueryError | None = None


def read(typed: str, lists: Mapping[str, str] | None = None) -> Read:
    """What somebody looks for. Raises QueryError where there is nothing to look for, however it is read."""
    try:
        return Read(parse(typed, lists), typed)
    except QueryError as error:
        plain = plain_words(typed)
        if not plain:
            raise
        return Read(parse(plain), plain, error)


def other_reading(typed: str, understood: Read) -> str:
    """The plain words of what was typed, as a query, where they ask for something else than what was understood; else ""."""
    plain = plain_words(typed)
    return plain if plain and one_line(parse(plain)) != one_line(understood.tree) else ""


def plain_words(typed: str) -> str:
    """The words and "phrases" of what was typed, and those to leave out, as a query; "" where nothing is asked for. Of operators
    NOT alone is kept."""
    wanted: list[str] = []
    unwanted: list[str] = []
    without = False
    for minus, quoted, word in _PART.findall(typed[:LONGEST].translate(_QUOTES)):
        operator = _OPERATOR.fullmatch(word)
        words = texts.words(quoted or word)
        if operator:
            without = operator[1] == "NOT"
        elif words:
            written = words[0] if len(words) == 1 else f'"{" ".join(words)}"'
            if minus or without:
                unwanted.append(f"-{written}")
            else:
                wanted.append(written)
            without = False
    return " ".join([*wanted[:MOST_TERMS], *unwanted[:MOST_TERMS]]) if wanted else ""
