"""Search on SQLite: backwards through time in windows, each of them asked of FTS5 forwards.

FTS5 must not be asked for the newest first. For a frequent word it keeps a table of where each of its pages begins, itself in
pages. Going backwards, FTS5 (3.40) takes the first row id of such a page for a part of what follows where that id fills nine
bytes and ends in one above 127, as half of ours do, and passes over a page of hits: with a word in more than 300,000 posts
1 hit in 1,000 was missing, from AND, from phrases and from next pages. Forwards nothing is lost. It is no slower either, since
the places of words are stored forwards.

The first two windows hold the newest posts, a thousand and sixteen thousand. How long the next ones are follows from how many
were found; where none was, all the rest is asked for at once, since FTS5 looks for the first hit of a window from the beginning
of time. Windows of one statement are opened one by one: whoever has enough stops. So it takes three statements, two more where
hints are asked for.

Hints make FTS5 read lists of half a million posts. So they are asked for only where they pay: for whoever sees little, and as
soon as most of what was found is hidden from the viewer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import connection

FIRST = 1_000
"""Posts in the newest window."""
GROWING = 16
"""How many times all windows before it the next one is at most."""
ROOM = 1.5
"""How much longer the next window is than should do, going by what was found."""
BARREN = 400
"""Hits that are tried before hints are asked for, and of how many one has to be seen for it to go on without."""
_ONE_SEEN_OF = 8

_WINDOW = (
    "SELECT id FROM (SELECT rowid AS id FROM conversations_fts WHERE conversations_fts MATCH %s "
    "AND rowid >= %s AND rowid < %s ORDER BY -rowid LIMIT -1)"
)
"""Sorted by what FTS5 does not know as its order; without the LIMIT SQLite would leave out the sorting."""


@dataclass(frozen=True)
class Asked:
    """What is looked for, as FTS5 is asked for it, and SQL about conversations_post with its values.

    `find_hinted` gives the same with hints, None where there are none that could be trusted; it is asked only where it is
    used. `wide`: the viewer sees so much that hints leave little out at first.
    """

    match: str
    find_hinted: Callable[[], str | None]
    wide: bool
    where: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """Between which ids it is looked: from `start` on, below `end`; from `recent` on are the newest thousand."""

    start: int
    recent: int
    end: int

    def first(self) -> list[int]:
        """Between which ids the first windows lie, newest first."""
        length = self.end - self.recent
        return [self.end, self.recent, max(self.start, self.recent - GROWING * length)]

    def next(self, reached: int, found: int, missing: int) -> list[int]:
        """Between which ids the next ones lie, down to the oldest post, after so many were found down to the id `reached`."""
        if not found:
            return [reached, self.start]
        length = int((self.end - reached) * min(GROWING, ROOM * missing / found)) + 1
        nearer = (reached - length, reached - 4 * length)
        return [reached, *(border for border in nearer if border > self.start), self.start]


def newest_first(asked: Asked, *, before: int, since: int, limit: int) -> list[int]:
    """Ids of the newest posts that hold what is asked, below the id `before` and not below `since`."""
    span = _span(before, since)
    if span is None:
        return []
    match = asked.match if asked.wide else asked.find_hinted() or asked.match
    patience = BARREN if asked.wide else None
    found: list[int] = []
    borders = span.first() if asked.wide else [*span.first(), span.start]
    while True:
        look = _look(asked, match, borders, limit - len(found), patience)
        found += look.found
        if len(found) == limit or look.reached <= span.start:
            return found
        if look.barren:
            match, patience = asked.find_hinted() or asked.match, None
        borders = span.next(look.reached, len(found), limit - len(found))


def _span(before: int, since: int) -> _Span | None:
    """Where it is to be looked; None where no post is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT min(id) FROM conversations_post), (SELECT max(id) FROM conversations_post WHERE id < %s), "
            "(SELECT id FROM conversations_post WHERE id < %s ORDER BY id DESC LIMIT 1 OFFSET %s)",
            [before, before, FIRST],
        )
        oldest, newest, recent = cursor.fetchone()
    if newest is None or newest < since:
        return None
    start = max(oldest, since)
    return _Span(start, max(start, recent or start), newest + 1)


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found down to the id `reached`; `barren` where it was given up there, for want of what the viewer sees."""

    found: list[int]
    reached: int
    barren: bool = False


def _look(asked: Asked, match: str, borders: Sequence[int], limit: int, patience: int | None) -> _Look:
    """The newest hits that the viewer sees; given up after as many tries as there is `patience`, where hardly one is."""
    found: list[int] = []
    for tried, (post, seen) in enumerate(_hits(asked, match, borders), start=1):
        if seen:
            found.append(post)
        if len(found) == limit:
            return _Look(found, post)
        if patience is not None and tried >= patience and len(found) * _ONE_SEEN_OF < tried:
            return _Look(found, post, barren=True)
    return _Look(found, borders[-1])


def _hits(asked: Asked, match: str, borders: Sequence[int]) -> Iterator[tuple[int, int | None]]:
    """All hits, newest first, each with whether it meets what is asked of posts; read as far as somebody wants to know."""
    windows = [(match, begin, end) for end, begin in pairwise(borders) if begin < end]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hit.id, (SELECT 1 FROM conversations_post WHERE conversations_post.id = hit.id AND "
            f"{asked.where}) FROM ({' UNION ALL '.join([_WINDOW] * len(windows))}) AS hit",
            [*asked.values, *(value for window in windows for value in window)],
        )
        yield from iter(cursor.fetchone, None)
