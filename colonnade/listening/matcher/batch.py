"""A batch of posts as terms: which terms occur in which posts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.matcher.cutting import terms_of
from colonnade.listening.matcher.vocabulary import (
    EVERY_POST,
    FIRST,
    KINDS,
    POST_END,
    TITLE_END,
    UNKNOWN,
    Vocabulary,
)

Numbers: TypeAlias = npt.NDArray[np.int64]
_BITS = np.array([1 << bit for bit in range(8)], dtype=np.uint8)


class Stream:
    """The words of all posts one after another: `terms` of each, `posts` they stand in."""

    def __init__(self, posts: Sequence[Heard], vocabulary: Vocabulary) -> None:
        parts = [(post.title, post.text) for post in posts]
        unknown = None if vocabulary.looks_at_every_word else UNKNOWN
        self.terms = terms_of(parts, vocabulary.words.lookup, vocabulary.words, unknown)
        ends = self.terms == POST_END
        self.posts = np.cumsum(
            ends
        )  # of the signs at the end of a post this is the next one, but those stand for nothing

    @cached_property
    def parts(self) -> Numbers:
        """A new number after each title and each post: nothing is near across."""
        return np.cumsum((self.terms == POST_END) | (self.terms == TITLE_END))


class Presence:
    """Which terms occur in which posts of a batch: as a list of posts for each term, and as a bit for each pair."""

    def __init__(self, posts: int, terms: int) -> None:
        self.size = posts
        self._width = (posts + 7) // 8
        self.counts = np.zeros(terms, dtype=np.int64)
        self.starts = np.zeros(terms, dtype=np.int64)
        self._rows = np.zeros(terms, dtype=np.int64)
        self._bits = np.zeros((1, self._width), dtype=np.uint8)
        self._postings: list[Numbers] = []
        self._kept = 0
        self.postings: Numbers = np.zeros(0, dtype=np.int64)

    def add(self, terms: Numbers, posts: Numbers) -> None:
        """These terms occur in these posts, pair by pair, in any order and as often as they like; no term may have been added
        before."""
        if not len(terms):
            return
        terms, posts = each_once(terms, posts, self.size)
        first = np.flatnonzero(np.diff(terms, prepend=-1))
        there = terms[first]
        counts = np.diff(first, append=len(terms))
        self.counts[there] = counts
        self.starts[there] = first + self._kept
        self._add_bits(there, np.repeat(np.arange(len(there)), counts), posts)
        self._postings.append(posts)
        self._kept += len(posts)
        self.postings = np.concatenate(self._postings) if len(self._postings) > 1 else posts

    def _add_bits(self, there: Numbers, rows: Numbers, posts: Numbers) -> None:
        known = len(self._bits)
        self._rows[there] = np.arange(known, known + len(there))
        cells = rows * self._width + (posts >> 3)
        first = np.flatnonzero(
            np.diff(cells, prepend=-1)
        )  # pairs are in order, so those of one cell stand together
        more = np.zeros(len(there) * self._width, dtype=np.uint8)
        more[cells[first]] = np.bitwise_or.reduceat(_BITS[posts & 7], first)
        self._bits = np.concatenate([self._bits, more.reshape(-1, self._width)])

    def cells(self, terms: Numbers) -> Numbers:
        """Where in `bits` the bits of each term begin; bit n % 8 of byte n // 8 from there tells of post n."""
        return self._rows[terms] * self._width

    @property
    def bits(self) -> npt.NDArray[np.uint8]:
        """The bits of all terms, one after another; first those of a term that occurs nowhere."""
        return self._bits.reshape(-1)

    def holds(self, terms: Numbers, posts: Numbers) -> npt.NDArray[np.bool_]:
        """For each pair, whether the term occurs in the post."""
        found = self.bits[self.cells(terms) + (posts >> 3)] >> (posts & 7).astype(np.uint8)
        return (found & 1).astype(np.bool_)

    def posts_of(self, terms: Numbers) -> tuple[Numbers, Numbers]:
        """All posts of each of these terms: (the place of the term in `terms`, post) for each pair."""
        which, at = ragged(self.starts[terms], self.counts[terms])
        return which, self.postings[at]


def each_once(left: Numbers, right: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """These pairs in order, each once; the right numbers are below `size`. (`numpy.unique` takes ten times as long.)"""
    keys = np.sort(left * size + right)
    fresh = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    keys = keys[np.flatnonzero(fresh)]
    left = keys // size
    return left, keys - left * size


def ragged(starts: Numbers, lengths: Numbers) -> tuple[Numbers, Numbers]:
    """The numbers of all these stretches: (which stretch, number) for each."""
    which = np.repeat(np.arange(len(starts)), lengths)
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return which, np.arange(total) + np.repeat(starts - (ends - lengths), lengths)


def presence(posts: Sequence[Heard], stream: Stream, vocabulary: Vocabulary) -> Presence:
    """Everything about these posts that stands in no order: words, the patterns they fit, signs, fields."""
    found = Presence(len(posts), vocabulary.size)
    named = np.flatnonzero(stream.terms >= FIRST)
    terms, places = [stream.terms[named]], [stream.posts[named]]
    more = [_expanded(terms[0], places[0], vocabulary), _told(posts, vocabulary)]
    terms += [one for one, _ in more]
    places += [one for _, one in more]
    terms.append(np.full(len(posts), EVERY_POST))
    places.append(np.arange(len(posts)))
    found.add(np.concatenate(terms), np.concatenate(places))
    return found


def _expanded(terms: Numbers, posts: Numbers, vocabulary: Vocabulary) -> tuple[Numbers, Numbers]:
    """The patterns, stems and bare words that words fit, with the posts of those words."""
    if not vocabulary.expansions or not len(terms):
        return terms[:0], posts[:0]
    lengths = np.zeros(vocabulary.size, dtype=np.int64)
    starts = np.zeros(vocabulary.size, dtype=np.int64)
    flat: list[int] = []
    for term in np.flatnonzero(np.bincount(terms, minlength=vocabulary.size)).tolist():
        more = vocabulary.expansions.get(term)
        if more:
            starts[term], lengths[term] = len(flat), len(more)
            flat += more
    which, at = ragged(starts[terms], lengths[terms])
    return np.array(flat, dtype=np.int64)[at], posts[which]


def _told(posts: Sequence[Heard], vocabulary: Vocabulary) -> tuple[Numbers, Numbers]:
    """Tags, handles, emoji, fields and characters that some query asks about."""
    terms: list[int] = []
    places: list[int] = []
    if vocabulary.sign_kinds or vocabulary.fields or vocabulary.literals:
        for at, post in enumerate(posts):
            found = {*_signs(post, vocabulary), *_literals(post, vocabulary)}
            if vocabulary.fields:
                found |= vocabulary.fields.of(post)
            terms += found
            places += [at] * len(found)
    return np.array(terms, dtype=np.int64), np.array(places, dtype=np.int64)


def _signs(post: Heard, vocabulary: Vocabulary) -> list[int]:
    if not vocabulary.sign_kinds or not _may_hold_signs(post, vocabulary.sign_kinds):
        return []
    signs = Reading(post).signs
    kinds = {sign[0] for sign in signs if sign[0] in KINDS}  # of an emoji the first letter may be another one
    return [term for sign in (*signs, *kinds) if (term := vocabulary.signs.get(sign)) is not None]


def _may_hold_signs(post: Heard, kinds: set[str]) -> bool:
    """A quick look: most posts hold none."""
    if post.tags or post.mentions or not (post.text.isascii() and post.title.isascii()):
        return True
    return any(kind in post.text or kind in post.title for kind in kinds if kind)


def _literals(post: Heard, vocabulary: Vocabulary) -> list[int]:
    """Characters without words, found anywhere; white space is left to the reading."""
    if not vocabulary.literals:
        return []
    return [
        term
        for characters, term in vocabulary.literals.items()
        if all(part in post.text or part in post.title for part in characters.split(" "))
    ]
