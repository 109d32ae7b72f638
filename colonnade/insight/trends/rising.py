"""What is said far more often now than is usual at this time of day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from colonnade.insight.trends.sketch import Sketch

LEAST_POSTS = 5
LEAST_TIMES = 2.0
LEAST_SCORE = 4.0
"""As surprising as four standard deviations: thousands of things are looked at in an hour, and chance must not be one of them."""
PRIOR_POSTS = 0.5
MOST_OF_A_KIND = 20
LEAST_VOICES = 3
"""Of the eight groups of people so many must have said it, so at least three people: what one or two say is theirs."""
RISING = ("word", "tag", "link", "emoji", "site")
MOST_HEARD = 10


class Rising(NamedTuple):
    """A thing with its kind, in how many posts it is for sure, how many are usual in as much talk, and how surprising that is."""

    kind: str
    term: str
    posts: int
    usual: float
    score: float


def rising(now: Sequence[Sketch], before: Sequence[Sequence[Sketch]]) -> list[Rising]:
    """What rises, the most surprising of each kind first. `now` are the sketches of the present hours, `before` those of the same
    hours of other days, oldest or newest first alike. Without days before there is no usual, and nothing rises.

    Usual is its share of the posts then, times the posts now: on a loud day everything is said more often. For what was not counted
    the most is taken that it can have been, and for the present the least. Surprise is the signed root of the likelihood
    ratio of a Poisson count (near z for large ones).
    """
    all_now = sum(one.posts for one in now)
    past = [one for day in before for one in day]
    all_before = sum(one.posts for one in past)
    if not all_now or not all_before:
        return []
    found = []
    for kind in RISING:
        terms = {term for term in _things(kind, now) if _voices(kind, term, now) >= LEAST_VOICES}
        rows = (_of(kind, term, now, past, all_now / all_before) for term in terms)
        kept = sorted((row for row in rows if _rises(row)), key=lambda row: (-row.score, row.term))
        found += kept[:MOST_OF_A_KIND]
    return found


class Most(NamedTuple):
    """A site or an author, and in how many posts for sure."""

    term: str
    posts: int


def most_heard(kind: str, now: Sequence[Sketch]) -> list[Most]:
    """The sites to which most posts link, or the authors of most, the first ten; from five posts on, and sites in those of
    three people."""
    told = [
        Most(term, sum(one.kinds[kind].at_least(term) for one in now))
        for term in _things(kind, now)
        if kind == "author" or _voices(kind, term, now) >= LEAST_VOICES
    ]
    return sorted((one for one in told if one.posts >= LEAST_POSTS), key=lambda one: (-one.posts, one.term))[
        :MOST_HEARD
    ]


def _things(kind: str, now: Sequence[Sketch]) -> set[str]:
    return {term for one in now for term in one.kinds[kind].things()}


def _voices(kind: str, term: str, now: Sequence[Sketch]) -> int:
    """How many groups of people said it."""
    groups = 0
    for one in now:
        groups |= one.kinds[kind].voices(term)
    return groups.bit_count()


def _of(kind: str, term: str, now: Sequence[Sketch], past: Sequence[Sketch], scale: float) -> Rising:
    posts = sum(one.kinds[kind].at_least(term) for one in now)
    usual = scale * sum(one.kinds[kind].count(term) for one in past)
    return Rising(kind, term, posts, round(usual, 2), round(surprise(posts, usual + PRIOR_POSTS), 2))


def surprise(posts: int, usual: float) -> float:
    """How surprising a count is where `usual` was to be expected; 0 for what is not above it."""
    if posts <= usual:
        return 0.0
    return math.sqrt(2.0 * (posts * math.log(posts / usual) - (posts - usual)))


def _rises(row: Rising) -> bool:
    return row.posts >= LEAST_POSTS and row.posts >= LEAST_TIMES * row.usual and row.score >= LEAST_SCORE
