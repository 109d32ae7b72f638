"""The words and hints that go into the index of either database, and the query that asks it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from colonnade.access.models import Tier
from colonnade.conversations.search import pairs
from colonnade.conversations.search.pairs import LONGEST_WORD as LONGEST_WORD
from colonnade.conversations.search.question import Both, Branch, Either, Indexed, Without, Words
from colonnade.primitives import ids, text

# PostgreSQL's limits: positions up to 16,383 and at most 255 of them for one lexeme, 1 MB in all.
_LAST_POSITION, _FIELD_GAP, _MOST_BYTES = 16_000, 4, 500_000
MOST_SCOPES_IN_A_HINT = 200
_MS_OF_A_DAY = 86_400_000
_SPANS = (("d", 1), ("e", 16), ("f", 256))
"""A day, 16 days and 256, by the letters that name them in the index."""


def hint(scope: int, tier: str) -> str:
    """What stands beside the words of a post: its tier, and its scope where that is restricted."""
    return f"t{tier} s{scope}" if tier == Tier.RESTRICTED else f"t{tier}"


def fts5_row(post: int, title: str, body: str, hints: str) -> tuple[int, str, str, str]:
    """What FTS5 is given for a post: words already cut and folded, joined by spaces."""
    return post, " ".join(text.words(title)), " ".join(text.words(body)), hints


def day(post: int) -> int:
    """The day on which a post was published, as days since 1970 in UTC, from its id (which never changes)."""
    return ids.ms_of(post) // _MS_OF_A_DAY


def first_id(number: int) -> int:
    """The smallest id of a day."""
    return ids.first_of(number * _MS_OF_A_DAY)


def begin(number: int, length: int) -> int:
    """The day on which a stretch of about so many days had best begin, at or before the given one: where spans do."""
    size = max(size for _, size in _SPANS if size <= length)
    return number // size * size


def end(number: int) -> int:
    """The last day of the 16 in which a day lies: one span instead of up to 15 where it does not matter what follows."""
    return number // 16 * 16 + 15


def stretch(last: int, length: int) -> tuple[int, int]:
    """The first and the last day of a stretch of about so many days that holds the given one, in few spans: from half a span of
    16 on in whole ones, the last of which may go on behind that day."""
    first = begin(last - length + 1, max(16, length) if length >= 8 else 1)
    return first, end(last) if length >= 8 else last


def _day_marks(number: int) -> list[str]:
    """What stands for a day in the index: itself and the longer spans in which it lies."""
    return [f"{name}{number // length}" for name, length in _SPANS]


def days(first: int, last: int) -> str:
    """The tsquery of all posts of these days, both included, in as few spans as cover them: GIN asks each of an OR for
    every post (and 120 days for a frequent word took it 560 ms)."""
    marks = []
    while first <= last:
        fitting = (
            (n, size) for n, size in reversed(_SPANS) if first % size == 0 and first + size - 1 <= last
        )
        name, length = next(fitting)
        marks.append(f"{name}{first // length}")
        first += length
    return any_of(marks)


def any_of(marks: Iterable[str]) -> str:
    """The tsquery of whatever bears one of these marks."""
    return " | ".join(f"':{mark}'" for mark in marks)


class Condition(NamedTuple):
    """What PostgreSQL's index is asked of a post: SQL about its row `t`, and the value in it."""

    sql: str
    value: str


def holds(tsquery: str) -> Condition:
    """A post whose words, hints and days fulfil this tsquery."""
    return Condition("t.tsv @@ %s::tsquery", tsquery)


def conditions(branch: Branch) -> tuple[Condition, ...]:
    """What posts that fit a branch fulfil, all of it: its words, and the pairs of its phrases."""
    asked = [Condition("t.pairs && %s::smallint[]", numbers) for numbers in pairs.wanted(branch)]
    return (*map(holds, tsqueries(branch)), *asked)


def postgres_row(post: int, title: str, body: str, hints: str) -> tuple[str, str]:
    """What PostgreSQL is given for a post: a tsvector, and the numbers of the pairs of its words."""
    fields = text.words(title), text.words(body)
    return _tsvector(post, fields, hints), pairs.of_fields(fields)


def tsvector(post: int, title: str, body: str, hints: str) -> str:
    """The literal of a PostgreSQL tsvector: words at their places, title and body apart, hints and the day of the post
    marked by a colon, which keeps them apart from every word."""
    return _tsvector(post, (text.words(title), text.words(body)), hints)


def _tsvector(post: int, fields: Iterable[Sequence[str]], hints: str) -> str:
    places: dict[str, list[int]] = {}
    position, room = 0, _MOST_BYTES
    for field in fields:
        for word in field:
            position += 1
            if position > _LAST_POSITION:
                break
            if word[:LONGEST_WORD] not in places:
                room -= len(word[:LONGEST_WORD].encode())
                if room < 0:
                    break
            if len(places.setdefault(word[:LONGEST_WORD], [])) < 255:
                places[word[:LONGEST_WORD]].append(position)
        position += _FIELD_GAP
    words = [f"'{word}':{','.join(map(str, at))}" for word, at in places.items()]
    return " ".join(words + [f"':{mark}'" for mark in [*hints.split(), *_day_marks(day(post))]])


def tsqueries(branch: Branch) -> list[str]:
    """What a branch wants as tsqueries that must all hold. Words hold letters, digits and marks alone, so quoting them is
    enough.

    What is left out stands beside something that is wanted: asked for alone it would mean a look through all posts.
    """
    first, *others = [_tsquery(part) for part in branch.wanted]
    return [" & ".join([first, *(f"!{_tsquery(part)}" for part in branch.unwanted)]), *others]


def _tsquery(part: Indexed) -> str:
    if isinstance(part, Words):
        *before, last = (f"'{word[:LONGEST_WORD]}'" for word in part.words)
        return "(" + " <-> ".join([*before, last + ":*" * part.begins]) + ")"
    if isinstance(part, Without):
        return f"({_tsquery(part.wanted)} & !{_tsquery(part.unwanted)})"
    return "(" + (" & " if isinstance(part, Both) else " | ").join(_tsquery(one) for one in part.parts) + ")"


def fts5(branch: Branch) -> str:
    """The same as SQLite's FTS5 asks it, over title and text."""
    wanted = _fts5(Both(branch.wanted))
    if branch.unwanted:
        wanted = f"({wanted} NOT {_fts5(Either(branch.unwanted))})"
    return f"{{title text}}: {wanted}"


def _fts5(part: Indexed) -> str:
    if isinstance(part, Words):
        return '("' + " ".join(part.words) + '"' + " *" * part.begins + ")"
    if isinstance(part, Without):
        return f"({_fts5(part.wanted)} NOT {_fts5(part.unwanted)})"
    return "(" + (" AND " if isinstance(part, Both) else " OR ").join(_fts5(one) for one in part.parts) + ")"


def fts5_seen(match: str, seen: Sequence[str]) -> str:
    """The same, of posts with one of these hints."""
    return f"({match}) AND hint: ({' OR '.join(seen) or 'none'})"


def seen_hints(tiers: Iterable[str], own_scopes: Iterable[int]) -> list[str] | None:
    """The hints under which all that a viewer sees is found; None where there are too many scopes to be of use."""
    own = list(own_scopes)
    if len(own) > MOST_SCOPES_IN_A_HINT:
        return None
    return [f"t{tier}" for tier in sorted(tiers)] + [f"s{scope}" for scope in own]
