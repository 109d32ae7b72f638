"""A search as people type it: words, "exact phrases", -left out. All of them must hold.

Words are case-folded runs of letters, digits and marks; everything else separates them. The same parse serves the
index of either database and the matching of one text in memory, so that all three agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from colonnade.primitives import text

Phrase: TypeAlias = tuple[str, ...]
"""One or more words that stand next to each other."""

# Phones and word processors write other quotation marks than keyboards do, and every language its own.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_PART = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
MAX_TERMS = 20


class EmptySearch(ValueError):
    """There is nothing to look for: no word at all, or only words to leave out."""


@dataclass(frozen=True, slots=True)
class Search:
    """`wanted` phrases all occur, none of `unwanted` does."""

    wanted: tuple[Phrase, ...]
    unwanted: tuple[Phrase, ...] = ()


def parse(query: str) -> Search:
    """What a query asks for. Raises EmptySearch with a sentence."""
    wanted: list[Phrase] = []
    unwanted: list[Phrase] = []
    for minus, quoted, word in _PART.findall(query[:1000].translate(_QUOTES)):
        phrase = tuple(text.words(quoted or word))
        if phrase:
            (unwanted if minus else wanted).append(phrase)
    if not wanted:
        raise EmptySearch("Write at least one word to look for.")
    return Search(tuple(wanted[:MAX_TERMS]), tuple(unwanted[:MAX_TERMS]))


def matches(search: Search, title: str, body: str) -> bool:
    """Whether a post with this title and body is found. Title and body are apart: no phrase spans both."""
    fields = [list(text.words(title)), list(text.words(body))]
    return all(_occurs(phrase, fields) for phrase in search.wanted) and not any(
        _occurs(phrase, fields) for phrase in search.unwanted
    )


def _occurs(phrase: Phrase, fields: list[list[str]]) -> bool:
    length = len(phrase)
    return any(
        tuple(words[at : at + length]) == phrase for words in fields for at in range(len(words) - length + 1)
    )
