"""All queries as tables of clauses, and which of them hold for which posts of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from colonnade.listening.matcher.batch import Numbers, Presence, each_once, ragged
from colonnade.listening.matcher.clauses import Clause

PAIRS_AT_ONCE = 50_000
MOST_GAPS, FEWEST_GAPS = 0.25, 64
"""Which part of the table may be gaps before it is made anew, and how many it must be to be worth it."""
_NO_ANCHOR = 1 << 30


class Table:
    """The clauses of each query, by its number. A query that is dropped stays as a gap until `compacted`."""

    def __init__(self) -> None:
        self._literals: npt.NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._clause_ends: Numbers = np.zeros(0, dtype=np.int64)
        self._query_ends: Numbers = np.zeros(0, dtype=np.int64)
        self._alive: npt.NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self._fresh: list[tuple[Clause, ...]] = []
        self._gone: list[int] = []
        self._derive()

    def __len__(self) -> int:
        return len(self._alive) + len(self._fresh)

    def add(self, clauses: tuple[Clause, ...]) -> int:
        """One more query; returns its number."""
        self._fresh.append(clauses)
        return len(self) - 1

    def drop(self, query: int) -> None:
        """This query holds for nothing from now on."""
        self._gone.append(query)

    def settle(self) -> None:
        """Take up the queries that came since the last batch, and let go those that were dropped."""
        if self._fresh:
            self._take_up()
        self._alive[self._gone] = False
        self._gone = []

    def compacted(self) -> Numbers | None:
        """Make the table anew without its gaps where they are too large a part of it: the old numbers of the queries that are
        left, each at its new one. None where it stays as it is. To be asked after `settle`.

        It is done by a few copies of whole arrays, so it takes less than a small batch of posts at any size.
        """
        gaps = len(self._alive) - int(np.count_nonzero(self._alive))
        if gaps < FEWEST_GAPS or gaps <= MOST_GAPS * len(self._alive):
            return None
        left = np.flatnonzero(self._alive)
        clauses = np.diff(self._query_ends, prepend=0)
        literals = np.diff(self._clause_ends, prepend=0)
        kept = np.repeat(self._alive, clauses)
        self._literals = self._literals[np.repeat(kept, literals)]
        self._clause_ends = np.cumsum(literals[kept])
        self._query_ends = np.cumsum(clauses[left])
        self._alive = np.ones(len(left), dtype=np.bool_)
        self._derive()
        return left

    def _take_up(self) -> None:
        clauses = [clause for query in self._fresh for clause in query]
        literals = np.array([literal for clause in clauses for literal in clause], dtype=np.int32)
        clause_ends = np.cumsum([len(clause) for clause in clauses]) + len(self._literals)
        query_ends = np.cumsum([len(query) for query in self._fresh]) + len(self._clause_ends)
        self._literals = np.concatenate([self._literals, literals])
        self._clause_ends = np.concatenate([self._clause_ends, clause_ends])
        self._query_ends = np.concatenate([self._query_ends, query_ends])
        self._alive = np.concatenate([self._alive, np.ones(len(self._fresh), dtype=np.bool_)])
        self._fresh = []
        self._derive()

    def _derive(self) -> None:
        """What follows from the tables and is needed for every batch."""
        self._clause_starts = np.concatenate([[0], self._clause_ends[:-1]]).astype(np.int64)
        self._query_starts = np.concatenate([[0], self._query_ends[:-1]]).astype(np.int64)
        negative = self._literals < 0
        self._terms = np.where(negative, ~self._literals, self._literals)
        self._negative = negative
        starts = self._clause_starts[: len(self._clause_ends)]
        some_negative = np.logical_or.reduceat(negative, starts) if len(starts) else negative[:0]
        self._penalty = np.where(some_negative, _NO_ANCHOR, 0)

    def matches(self, present: Presence) -> tuple[Numbers, Numbers]:
        """(query, post) for each query whose clauses all hold for a post; each pair once, in no order."""
        if not len(self._alive):
            return self._clause_ends[:0], self._clause_ends[:0]
        queries, anchors, cost = self._touched(present)
        bits = Bits(present, self._terms, self._negative)
        found = [self._holding(*part, present, bits) for part in _portions(queries, anchors, cost)]
        if not found:
            return queries[:0], queries[:0]
        return np.concatenate([one for one, _ in found]), np.concatenate([one for _, one in found])

    def _touched(self, present: Presence) -> tuple[Numbers, Numbers, Numbers]:
        """The queries of which every clause may hold somewhere in the batch, each with its rarest clause, and how many posts
        that one brings."""
        counts = np.add.reduceat(present.counts[self._terms], self._clause_starts) + self._penalty
        clauses = len(counts)
        least = np.minimum.reduceat(counts * clauses + np.arange(clauses), self._query_starts)
        cost = least // clauses
        queries = np.flatnonzero((cost > 0) & self._alive)
        return queries, (least % clauses)[queries], cost[queries]

    def _holding(
        self, queries: Numbers, anchors: Numbers, present: Presence, bits: Bits
    ) -> tuple[Numbers, Numbers]:
        """Of these queries the pairs that hold, looked for in the posts that their anchors bring."""
        widths = self._clause_ends[anchors] - self._clause_starts[anchors]
        which, literal = ragged(self._clause_starts[anchors], widths)
        pair, posts = present.posts_of(self._terms[literal])
        owner = which[pair]
        if len(literal) > len(anchors):  # a post may come by several literals of one clause
            owner, posts = each_once(owner, posts, present.size)
        query = queries[owner]
        clause, end = self._query_starts[query], self._query_ends[query]
        alive = self._checked(Pairs(clause, end, anchors[owner], posts), bits)
        return query[alive], posts[alive]

    def _checked(self, pairs: Pairs, bits: Bits) -> Numbers:
        """Which of the pairs are left after the other clauses."""
        clause, alive = pairs.clause, np.arange(len(pairs.clause))
        done: list[Numbers] = []
        while len(alive):
            more = clause < pairs.end[alive]
            done.append(alive[np.flatnonzero(~more)])
            clause, alive = _where(more, clause, alive)
            holds = clause == pairs.anchor[alive]
            ask = np.flatnonzero(~holds)
            holds[ask] = self._clauses_hold(clause[ask], pairs.posts[alive[ask]], bits)
            clause, alive = _where(holds, clause, alive)
            clause += 1
        return np.concatenate(done) if done else alive

    def _clauses_hold(self, clauses: Numbers, posts: Numbers, bits: Bits) -> npt.NDArray[np.bool_]:
        """For each pair whether one literal of the clause holds for the post."""
        holds = np.zeros(len(clauses), dtype=np.bool_)
        literal, end = self._clause_starts[clauses], self._clause_ends[clauses]
        byte, mask, asked = posts >> 3, bits.masks[posts & 7], np.arange(len(clauses))
        while len(asked):
            true = bits.hold(literal, byte, mask)
            holds[asked[np.flatnonzero(true)]] = True
            literal += 1
            left = np.flatnonzero(~true & (literal < end))
            if not len(left):
                break
            literal, end, byte, mask, asked = literal[left], end[left], byte[left], mask[left], asked[left]
        return holds


def _where(chosen: npt.NDArray[np.bool_], *columns: Numbers) -> list[Numbers]:
    """The chosen rows of these columns. (By their numbers: by the mask itself it takes several times as long.)"""
    rows = np.flatnonzero(chosen)
    return [column[rows] for column in columns]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Queries and posts pair by pair: the first clause of the query and the end of its clauses, the clause that holds already,
    and the post."""

    clause: Numbers
    end: Numbers
    anchor: Numbers
    posts: Numbers


class Bits:
    """What is present, laid out for the literals of all queries: where the bits of each one's term begin."""

    masks = np.array([1 << bit for bit in range(8)], dtype=np.uint8)

    def __init__(self, present: Presence, terms: Numbers, negative: npt.NDArray[np.bool_]) -> None:
        self._cells = present.cells(terms)
        self._bits = present.bits
        self._negative = negative

    def hold(self, literals: Numbers, bytes_: Numbers, masks: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        """For each pair whether the literal holds for the post with this byte and bit."""
        there: npt.NDArray[np.bool_] = (self._bits[self._cells[literals] + bytes_] & masks) != 0
        return there ^ self._negative[literals]


def _portions(queries: Numbers, anchors: Numbers, cost: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """The queries in portions that bring about so many pairs each: what is looked at in between has to fit in memory."""
    ends = np.cumsum(cost)
    start = 0
    while start < len(queries):
        before = int(ends[start - 1]) if start else 0
        end = max(start + 1, int(np.searchsorted(ends, before + PAIRS_AT_ONCE, side="right")))
        yield queries[start:end], anchors[start:end]
        start = end
