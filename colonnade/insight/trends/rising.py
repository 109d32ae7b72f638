"""What is said far more often now than is usual at this time of day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from colonnade.insight.trends.sketch import KINDS, Sketch

LEAST_POSTS = 5
LEAST_TIMES = 2.0
LEAST_SCORE = 4.0
"""As surprising as four standard deviations: thousands of things are looked at in an hour, and chance must not be one of them."""
PRIOR_POSTS = 0.5
MOST_OF_A_KIND = 20


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
    for kind in KINDS:
        terms = {term for one in now for term in one.kinds[kind].things()}
        rows = (_of(kind, term, now, past, all_now / all_before) for term in terms)
        kept = sorted((row for row in rows if _rises(row)), key=lambda row: (-row.score, row.term))
        found += kept[:MOST_OF_A_KIND]
    return found


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
