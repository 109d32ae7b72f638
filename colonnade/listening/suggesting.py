"""A first query from a name, and words that would make it better, from what people said of posts. Plain Python."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.tree import (
    And,
    Exact,
    Field,
    Flag,
    Named,
    Node,
    Not,
    Phrase,
    Range,
    Sign,
    leaves,
)
from colonnade.primitives import text

PRIOR = 1.0
"""How many posts of each kind the prior weighs: so little seen of a word counts for little."""
LEAST_POSTS = 3
LEAST_SURE = 1.64
"""In standard errors: what chance alone does to one word in twenty is not suggested."""
MOST_LOST = 0.05
"""A word is left out only where at most this part of the right posts says it."""
MOST_WORDS, MOST_NAMES, LONGEST_NAME = 8, 5, 100

_SETTING = re.compile(r"\b(?:stem|accents):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word that tells right posts from wrong ones: in how many of each it stands."""

    word: str
    right: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Words that a post should say as well, and words that it should not, the surest first; `right` and `wrong` are how many
    posts were looked at."""

    add: tuple[Word, ...]
    leave_out: tuple[Word, ...]
    right: int
    wrong: int


def suggest(right: Sequence[str], wrong: Sequence[str], *, known: Collection[str] = ()) -> Suggestions:
    """Words that stand in posts of one kind and hardly in the other, without those that are `known` already (folded).

    Compared are the odds that a post says a word: the log-odds-ratio with an informative Dirichlet prior of Monroe, Colaresi
    and Quinn (2008), here with posts in place of words and both kinds together as the prior, in standard errors.
    """
    says, others = _posts_by_word(right), _posts_by_word(wrong)
    surest = sorted(
        (_sureness(word, says, others, len(right), len(wrong)), word)
        for word in says.keys() | others.keys()
        if word not in known and not word.isdigit() and len(word) > 1
    )
    add = [
        Word(word, says[word], others[word])
        for sure, word in sorted(surest, key=lambda one: (-one[0], one[1]))
        if sure >= LEAST_SURE and says[word] >= LEAST_POSTS
    ]
    leave_out = [
        Word(word, says[word], others[word])
        for sure, word in surest
        if sure <= -LEAST_SURE and others[word] >= LEAST_POSTS and says[word] <= MOST_LOST * len(right)
    ]
    return Suggestions(tuple(add[:MOST_WORDS]), tuple(leave_out[:MOST_WORDS]), len(right), len(wrong))


def _posts_by_word(posts: Iterable[str]) -> Counter[str]:
    return Counter(word for post in posts for word in set(text.words(post)))


def _sureness(word: str, says: Counter[str], others: Counter[str], right: int, wrong: int) -> float:
    """How many standard errors the odds of a word in right posts lie above those in wrong ones. Without posts of one kind
    nothing is known."""
    if not right or not wrong:
        return 0.0
    prior = PRIOR * (says[word] + others[word]) / (right + wrong)
    here, there = says[word] + prior, others[word] + prior
    odds = log(here / (right + 2 * PRIOR - here)) - log(there / (wrong + 2 * PRIOR - there))
    return odds / sqrt(1 / here + 1 / there)


def words_asked(query: Node) -> set[str]:
    """The words of a query, folded: nobody needs to be told of them."""
    found: set[str] = set()
    for leaf in leaves(query):
        if isinstance(leaf, Phrase):
            found.update(one.written or one.value for one in leaf.elements)
        elif isinstance(leaf, Exact):
            found.update(text.words(leaf.text))
        elif isinstance(leaf, Sign):
            found.update(text.words(leaf.name))
    return found


def spellings(names: str) -> list[str]:
    """How names (with commas between) are written in posts, as parts of a query: the words side by side; joined; as a tag; as
    a handle. Each once; at most five names."""
    found: list[str] = []
    for name in text.normalise(names).split(",")[:MOST_NAMES]:
        words = text.words(name[:LONGEST_NAME])
        joined = "".join(words)
        if not words:
            continue
        found.append(words[0] if len(words) == 1 else f'"{" ".join(words)}"')
        if len(words) > 1:
            found.append(joined)
        found += [f"#{joined}", f"@{joined}"]
    return [one for one in dict.fromkeys(found) if _can_be_read(one)]


def _can_be_read(query: str) -> bool:
    try:
        parse(query)
    except QueryError:
        return False
    return True


def any_of(parts: Sequence[str]) -> str:
    """A query for any of these."""
    return " OR ".join(parts)


def composed(
    query: str,
    add: Iterable[str] = (),
    leave_out: Iterable[str] = (),
    lists: Mapping[str, str] | None = None,
) -> str:
    """A query, of whose posts only those are left that say one of the words of `add` and none of `leave_out`: it never
    finds more than before. Words as `suggest` gives them. Raises QueryError where the query cannot be read."""
    tree = parse(query, lists)
    wanted, unwanted = _plain(add), _plain(leave_out)
    if not wanted and not unwanted:
        return query
    parts = [query if _stands_alone(tree) and not _SETTING.search(query) else f"({query})"]
    if wanted:
        parts.append(wanted[0] if len(wanted) == 1 else f"({any_of(wanted)})")
    return " ".join([*parts, *(f"-{word}" for word in unwanted)])


def _plain(words: Iterable[str]) -> list[str]:
    """Words alone, each once: what comes from a form may be anything."""
    return list(dict.fromkeys(one for word in words if len(found := text.words(word)) == 1 for one in found))


def _stands_alone(tree: Node) -> bool:
    """Whether something may be written behind a query without parentheses round it."""
    return isinstance(tree, And | Not | Phrase | Exact | Sign | Field | Flag | Range | Named)
