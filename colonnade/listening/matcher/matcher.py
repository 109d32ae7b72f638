"""The matcher: stored queries in, posts in, who matched out."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

import numpy as np

from colonnade.listening.language import evaluate
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.language.tree import Node
from colonnade.listening.matcher.batch import Numbers, Stream, each_once, presence
from colonnade.listening.matcher.clauses import program
from colonnade.listening.matcher.nearness import Placed
from colonnade.listening.matcher.table import Table
from colonnade.listening.matcher.vocabulary import Vocabulary

Key = TypeVar("Key", bound=Hashable)
One = TypeVar("One")
FEW_QUERIES, FEWER_AT_ONCE, POSTS_AT_ONCE = 5_000, 2_048, 4_096


@dataclass(frozen=True, slots=True)
class Match(Generic[Key]):
    """Post number `post` of those given fits the query `key`."""

    post: int
    key: Key


class Matcher(Generic[Key]):
    """Any number of stored queries, each under a key of its own. Adding, changing and dropping one takes effect with the next
    posts; the others stay as they are."""

    def __init__(self, lists: Mapping[str, str] | None = None) -> None:
        self._lists = lists
        self._vocabulary = Vocabulary()
        self._placed = Placed()
        self._table = Table()
        self._numbers: dict[Key, int] = {}
        self._keys: list[Key] = []
        self._read: dict[int, Node] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def at_once(self) -> int:
        """How many posts make the best batch. What is held of two thousand stays in the processor's own memory; but of many queries
        each batch has to go through all of them, however few its posts are."""
        return FEWER_AT_ONCE if len(self) <= FEW_QUERIES else POSTS_AT_ONCE

    def add(self, key: Key, query: str | Node) -> None:
        """Listen for a query, in place of the one that had this key before. Raises QueryError; then nothing has changed."""
        node = parse(query, self._lists) if isinstance(query, str) else query
        self.drop(key)
        made = program(node, self._vocabulary)
        number = self._table.add(made.clauses)
        self._numbers[key] = number
        self._keys.append(key)
        if not made.decides:
            self._read[number] = node

    def drop(self, key: Key) -> None:
        """Listen no more for the query with this key; nothing where there is none."""
        number = self._numbers.pop(key, None)
        if number is not None:
            self._table.drop(number)
            self._read.pop(number, None)

    def match(self, posts: Sequence[Heard]) -> list[list[Key]]:
        """For each post the keys of the queries that it fits, in the order in which those were added."""
        found: list[list[Key]] = []
        for part in in_batches(posts, self.at_once):
            rows: list[list[Key]] = [[] for _ in part]
            for post, query in zip(*(one.tolist() for one in self.pairs(part)), strict=True):
                rows[post].append(self._keys[query])
            found += rows
        return found

    def pairs(self, posts: Sequence[Heard]) -> tuple[Numbers, Numbers]:
        """(post, query) by number, sorted by both; for at most a few thousand posts at once."""
        if not posts:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        self._settle()
        stream = Stream(posts, self._vocabulary)
        present = presence(posts, stream, self._vocabulary)
        self._placed.find(stream, present)
        queries, places = self._table.matches(present)
        places, queries = each_once(places, queries, len(self._keys))
        return self._confirmed(posts, places, queries)

    def _settle(self) -> None:
        self._vocabulary.settle()
        self._placed.settle(self._vocabulary)
        self._table.settle()
        left = self._table.compacted()
        if left is not None:
            self._renumber(left.tolist())

    def _renumber(self, left: Sequence[int]) -> None:
        """The queries that are left have new numbers, in the order that they had."""
        self._keys = [self._keys[old] for old in left]
        self._numbers = {key: number for number, key in enumerate(self._keys)}
        self._read = {number: self._read[old] for number, old in enumerate(left) if old in self._read}

    def _confirmed(
        self, posts: Sequence[Heard], places: Numbers, queries: Numbers
    ) -> tuple[Numbers, Numbers]:
        """The pairs without those that only seemed to fit: where clauses do not decide, the post is read."""
        if not self._read:
            return places, queries
        unsure = np.zeros(len(self._keys), dtype=np.bool_)
        unsure[list(self._read)] = True
        keep = np.ones(len(places), dtype=np.bool_)
        reading, last = Reading(posts[0]), 0
        for at in np.flatnonzero(unsure[queries]).tolist():
            post = int(places[at])
            if post != last:
                reading, last = Reading(posts[post]), post
            keep[at] = evaluate.holds(self._read[int(queries[at])], reading)
        return places[keep], queries[keep]

    def key(self, query: int) -> Key:
        """The key of a query by its number."""
        return self._keys[query]


def in_batches(posts: Iterable[One], size: int) -> Iterator[list[One]]:
    """Posts in batches of at most `size`."""
    rest = iter(posts)
    while batch := list(islice(rest, size)):
        yield batch
