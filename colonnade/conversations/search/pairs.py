"""Which words stand side by side, as PostgreSQL's index is told it: each pair as one of 1,024 numbers.

GIN knows no places of words. Asked for a phrase it gives every post that holds its words, thirty for each in which they stand side
by side, and all of them are read. So each post has beside its words the numbers of its pairs. A number stands for many pairs, so a
post that has those of a phrase need not hold it: the phrase itself decides. But a post that holds it has them, and of thirty
posts that hold only the words twenty-nine have not.

Of the second word only the first letters count: so the beginning of a word ("old brid*") has a number as well.

More numbers would tell pairs better apart and cost intake more, since each is a list of its own in the index: with 256, 1,024 or
4,096 of them a post took the server 115, 136 or 203 µs instead of 82 (before more of them were sorted in at once).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from zlib import crc32

from colonnade.conversations.search.question import Both, Branch, Either, Indexed, Without, Words

LONGEST_WORD = 400
"""Letters of a word that PostgreSQL is given: it takes less than 2 kB."""
MOST_ASKED, MOST_ALTERNATIVES = 4, 64
"""So many pairs tell a phrase well enough from others, and so many of alternatives are worth asking for."""
_LETTERS, _NUMBERS = 4, 1024
_WRITTEN = [str(number) for number in range(_NUMBERS)]


def of_fields(fields: Iterable[Sequence[str]]) -> str:
    """The numbers of all pairs of words that stand side by side in one of the fields of a post, as the literal of an array.
    Those behind the last word that is indexed are among them, and do no harm. Written out, since every post is read by it."""
    found = {
        crc32(f"{one[:LONGEST_WORD]} {other[:_LETTERS]}".encode()) % _NUMBERS
        for words in fields
        for one, other in pairwise(words)
    }
    return "{" + ",".join([_WRITTEN[number] for number in found]) + "}"


def wanted(branch: Branch) -> list[str]:
    """Arrays of numbers, as literals: whatever fits a branch has at least one number of each."""
    return [_array(sorted(one)) for part in branch.wanted for one in _of(part)]


def parted(branch: Branch) -> list[Branch]:
    """The same as two branches where a word stands as an alternative to a phrase: those with pairs, and the others. Together no
    pair would tell of them, and whatever holds the words of the phrase would be read."""
    for at, part in enumerate(branch.wanted):
        if isinstance(part, Either) and _holds_phrase(part):
            told = tuple(one for one in part.parts if _of(one))
            others = tuple(one for one in part.parts if not _of(one))
            if told and others:
                before, after = branch.wanted[:at], branch.wanted[at + 1 :]
                kinds = ((*before, Either(some), *after) for some in (told, others))
                return [replace(branch, wanted=wanted) for wanted in kinds]
    return [branch]


def holds_loose_phrase(parts: Iterable[Indexed]) -> bool:
    """Whether words have to stand side by side of which no pair tells: two of which the second is but the first letters of a word, fewer than are counted."""
    return any(_holds_phrase(part) and not _of(part) for part in parts)


def holds_phrase(parts: Iterable[Indexed]) -> bool:
    """Whether words have to stand side by side."""
    return any(_holds_phrase(part) for part in parts)


def _holds_phrase(part: Indexed) -> bool:
    if isinstance(part, Words):
        return len(part.words) > 1
    return holds_phrase((part.wanted,) if isinstance(part, Without) else part.parts)


def _of(part: Indexed) -> list[frozenset[int]]:
    """Sets of numbers: a post that fits has one of each."""
    if isinstance(part, Words):
        is_short = part.begins and len(part.words[-1]) < _LETTERS
        words = part.words[:-1] if is_short else part.words
        return [frozenset((_number(*pair),)) for pair in list(pairwise(words))[:MOST_ASKED]]
    if isinstance(part, Without):
        return _of(part.wanted)
    found = [_of(one) for one in part.parts]
    if isinstance(part, Both):
        return [one for some in found for one in some]
    either = frozenset(number for some in found for number in (some[0] if some else ()))
    return [either] if all(found) and len(either) <= MOST_ALTERNATIVES else []


def _number(one: str, other: str) -> int:
    """What `of_fields` gives a pair."""
    return crc32(f"{one[:LONGEST_WORD]} {other[:_LETTERS]}".encode()) % _NUMBERS


def _array(numbers: Iterable[int]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"
