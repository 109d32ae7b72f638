"""Search on PostgreSQL: backwards through time in stretches, each of them asked of the GIN index.

A GIN index knows no order: asked for a word it gives every post that holds it, which takes seconds for a frequent one.
So the index also knows on which day a post was published (`index.days`), and is asked for one stretch of days after the
other, newest first, until enough is found. Words, hints and days are conditions of their own: within one tsquery GIN
looks at every post of the rarest part, but between conditions it leaps over what cannot be in all of them (at a million
posts, a frequent word on a day that has few: 27 against 0.4 ms).

Hints cost GIN a list each, and who sees much has more than a hundred. So they are asked for only where they pay: where
they leave so few that all can be looked at, and as soon as a stretch held nothing that the viewer may see.

GIN knows no places of words either: for a phrase it gives whatever holds its words and has the numbers of its pairs
(`search.pairs`), and every one of these candidates is read. So phrases are paced: a first stretch of some candidates tells how
many hits are among them, and the next one is made as long as the rest of the page should take. Most are hits where pairs tell,
one in thirty and fewer where they do not (before the beginning of a word).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from colonnade.conversations.search import index
from colonnade.conversations.search.index import Condition

WALKED = 2_000
"""Posts that are read one by one before the index is asked, where a word is so frequent that they should suffice."""
AT_ONCE = 3_000
"""Hits for which the index is asked at once, as far as the planner's statistics tell."""
BARREN_AT_ONCE = 30_000
"""The same with hints, where a stretch just held nothing for the viewer: the planner does not know that a word which
stands only in what is restricted has few hits for others."""
GROWING = 4
"""How much longer each stretch is than the one before it, and than it may be otherwise while nothing was found."""
TASTED, TASTED_OF_PAIRS = 1_300, 100
"""Candidates for a phrase, of those that the viewer may see, in the first stretch: among posts of thirty words a page of hits,
where no pairs tell of it and where they do."""
ROOM = 1.3
"""How much longer the next one is than should do, going by what was found."""

_NEVER = 2**63 - 1


@dataclass(frozen=True)
class Asked:
    """What is looked for: conditions that must all hold, and SQL about conversations_post with its values.

    `find_hints` gives one that all the viewer may see fulfils, None where there is none that could be trusted; it is
    asked only where it is used. `wide`: the viewer sees so much that hints leave nothing out at first. `taste`: for
    phrases, of which the index gives more than there are hits, how many it is asked for at first, else 0; `sees`: about
    which share of them the viewer may see. A share that is wrong makes a look longer than it had to be, or asks for another.
    """

    words: tuple[Condition, ...]
    find_hints: Callable[[], Condition | None]
    wide: bool
    where: str
    values: tuple[Any, ...]
    taste: float
    sees: float

    @cached_property
    def hinted(self) -> tuple[Condition, ...]:
        """The words and the hints as conditions."""
        hints = self.find_hints()
        return self.words if hints is None else (*self.words, hints)


@dataclass(frozen=True, slots=True)
class _Stock:
    """What there is: the ids of the oldest and the newest post, and how many posts the planner expects."""

    oldest: int
    newest: int
    posts: float

    @property
    def days(self) -> int:
        """From the first day to the last."""
        return index.day(self.newest) - index.day(self.oldest) + 1


def newest_first(asked: Asked, *, before: int | None, since: int | None, limit: int) -> list[int]:
    """Ids of the newest posts that hold what is asked, below the id `before` and not below `since`."""
    hits, newer = _expected(asked.words), _NEVER if before is None else before
    if hits <= (1.5 * asked.taste or AT_ONCE):
        return _look(asked, asked.words, newer, limit)
    if not asked.wide and _expected(asked.hinted) <= AT_ONCE:
        return _look(asked, asked.hinted, newer, limit)
    stock = _stock()
    if stock is None:
        return []
    end = stock.newest + 1 if before is None else min(before, stock.newest + 1)
    start = max(stock.oldest, since or 0)
    if asked.taste:
        return _paced(asked, start, end, stock, hits, limit)
    found: list[int] = []
    if hits * WALKED >= stock.posts * limit:
        walked_to = _end_of_walk(end)
        found = _walk(asked, walked_to, end, limit)
        end = walked_to
    most, length, conditions = max(1, int(stock.days * AT_ONCE / hits)), 1, asked.words
    while len(found) < limit and end > start:
        last = index.day(end - 1)
        first = max(index.day(start), index.begin(last - length + 1, length))
        more = _look(asked, (index.holds(index.days(first, last)), *conditions), end, limit - len(found))
        found += more
        end = index.first_id(first)
        if not more and conditions is asked.words:
            conditions = asked.hinted
            if _expected(conditions) <= BARREN_AT_ONCE:
                return found + _look(asked, conditions, end, limit - len(found))
        length = min(GROWING * length, most if found else GROWING * most)
    return found


def _paced(asked: Asked, start: int, end: int, stock: _Stock, candidates: float, limit: int) -> list[int]:
    """The newest hits of a phrase of frequent words, from the id `start` on and below `end`; `candidates`: how many posts
    hold its words."""
    conditions = asked.words if asked.wide else asked.hinted
    a_day = max(1.0, candidates) / stock.days
    top, oldest = index.day(end - 1), index.day(start)
    found: list[int] = []
    length = max(1, int(asked.taste / asked.sees / a_day))
    while end > start:
        first, last = index.stretch(index.day(end - 1), length)
        if (first - oldest) * a_day <= asked.taste / 2:
            first = oldest  # it does not pay to leave so little for another look
        if 2 * (last - first) > stock.days:  # nor to ask for so many days
            return found + _look(asked, conditions, end, limit - len(found))
        days = index.holds(index.days(max(first, oldest), last))
        found += _look(asked, (*conditions, days), end, limit - len(found))
        if len(found) == limit:
            break
        end = index.first_id(first)
        longer = min(GROWING, ROOM * (limit - len(found)) / len(found)) if found else GROWING
        length = int((top - first + 1) * longer) + 1
    return found


def _expected(conditions: tuple[Condition, ...]) -> float:
    """How many hits the planner expects. It decides how far a look goes, never what is found."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (FORMAT JSON) SELECT 1 FROM conversations_posttext t WHERE {all_hold(conditions)}",
            values_of(conditions),
        )
        told = cursor.fetchone()[0]
    plan = json.loads(told) if isinstance(told, str) else told
    return float(plan[0]["Plan"]["Plan Rows"])


def _stock() -> _Stock | None:
    """What there is; None where there is nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(id), max(id), (SELECT reltuples FROM pg_class WHERE oid = 'conversations_post'::regclass) "
            "FROM conversations_post"
        )
        oldest, newest, posts = cursor.fetchone()
    return None if oldest is None else _Stock(oldest, newest, posts)


def _look(asked: Asked, conditions: tuple[Condition, ...], end: int, limit: int) -> list[int]:
    """The newest hits below the id `end` as the index gives them.

    GIN leaps from condition to condition in this order and ends with the first that is at its end. Days come before words (with the
    days last each look costs 8 ms instead of 1), but after a phrase, which leaves fewer posts than they do. The id is bounded as a sum and the post joined by LATERAL,
    or the planner would leave GIN and go through all posts.
    """
    return _fetch(
        "WITH m AS MATERIALIZED (SELECT t.post_id FROM conversations_posttext t "
        f"WHERE {all_hold(conditions)} AND t.post_id + 0 < %s) "
        "SELECT seen.id FROM (SELECT post_id FROM m ORDER BY post_id DESC) newest CROSS JOIN LATERAL "
        "(SELECT conversations_post.id FROM conversations_post "
        f"WHERE conversations_post.id = newest.post_id AND {asked.where} OFFSET 0) seen "
        "ORDER BY newest.post_id DESC LIMIT %s",
        [*values_of(conditions), end, *asked.values, limit],
    )


def _walk(asked: Asked, start: int, end: int, limit: int) -> list[int]:
    """The newest hits from the id `start` on and below `end`, post by post.

    Within OFFSET the words are out of the index's reach: the planner likes to ask it for all posts with a frequent word, which
    takes ten times as long as to walk.
    """
    return _fetch(
        "SELECT conversations_post.id FROM (SELECT post_id, tsv FROM conversations_posttext "
        "WHERE post_id >= %s AND post_id < %s ORDER BY post_id DESC OFFSET 0) t "
        "JOIN conversations_post ON conversations_post.id = t.post_id "
        f"WHERE {all_hold(asked.words)} AND {asked.where} ORDER BY t.post_id DESC LIMIT %s",
        [start, end, *values_of(asked.words), *asked.values, limit],
    )


def _end_of_walk(end: int) -> int:
    """The id of the oldest post of a walk from below `end`, 0 where it reaches the first of all. Asked beforehand,
    since the planner bounds its walk by a value and not by a question."""
    found = _fetch(
        f"SELECT id FROM conversations_post WHERE id < %s ORDER BY id DESC OFFSET {WALKED} LIMIT 1", [end]
    )
    return found[0] if found else 0


def days_between(since: int, until: int) -> str:
    """The tsquery of at least all posts between two ids: to where a longer span ends, if nothing is newer anyway."""
    stock = _stock()
    last = index.day(until)
    if stock is not None and last >= index.day(stock.newest):
        last = index.end(last)
    return index.days(index.day(since), last)


def all_hold(conditions: Sequence[Condition]) -> str:
    """All of these conditions, as SQL with a parameter for each."""
    return " AND ".join(condition.sql for condition in conditions)


def values_of(conditions: Sequence[Condition]) -> list[str]:
    """The parameters of that."""
    return [condition.value for condition in conditions]


def _fetch(sql: str, parameters: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
