"""What rises though nobody asked: words, tags, links and emoji over all that streams by, counted in fixed memory.

Plain Python without Django or a database. `Sketch` holds one hour: for each kind a SpaceSaving summary (Metwally, Agrawal
and El Abbadi 2005), so that its size has a bound whatever is said. `Passed` counts what a firehose drops, for some seconds. `rising` says what is said far more often than in the same
hours of the days before.
"""

from colonnade.insight.trends.passed import Passed
from colonnade.insight.trends.rising import LEAST_POSTS, LEAST_VOICES, Most, Rising, most_heard, rising
from colonnade.insight.trends.sketch import DAYS_KEPT, KEPT, KINDS, Sketch, terms_of
from colonnade.insight.trends.space_saving import SpaceSaving

__all__ = [
    "DAYS_KEPT",
    "KEPT",
    "KINDS",
    "LEAST_POSTS",
    "LEAST_VOICES",
    "Most",
    "Passed",
    "Rising",
    "Sketch",
    "SpaceSaving",
    "most_heard",
    "rising",
    "terms_of",
]
