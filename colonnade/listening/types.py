"""Plain values of listening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from colonnade.listening.language.showing import Line


@dataclass(frozen=True, slots=True)
class Found:
    """What a watch caught after a place in the order of arrival, newest last, of what the viewer may see.

    `more` says that the look stopped early: ask again from `seq`, which must leave the server only encrypted.
    """

    seq: int
    posts: tuple[int, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a search would have caught: `matched` of the newest `looked` posts, the ids of the newest few, why each of those
    was, and how the query was understood."""

    matched: int
    looked: int
    posts: tuple[int, ...]
    why: dict[int, list[str]]
    outline: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """How many posts of one day a watch caught, of those that the viewer may see."""

    day: date
    posts: int


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual at one hour or day: the `middle` of those before it, and the edges between which four of five lie;
    `of` how many there were to compare with."""

    middle: float
    low: float
    high: float
    of: int


@dataclass(frozen=True, slots=True)
class Span:
    """One hour or day of a watch: from `start` on it caught so many posts which the viewer may see. `usual` is None where
    there is nothing to compare with."""

    start: datetime
    posts: int
    usual: Usual | None
    unusual: bool


@dataclass(frozen=True, slots=True)
class Feeling:
    """What is read of a post when it is caught: its `mood` (negative, neutral, positive or unsure) and its language, ""
    where nobody can tell."""

    mood: str
    lang: str
