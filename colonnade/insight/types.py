"""Plain values of insight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from colonnade.listening.types import Run, Span

# --- scenarios ------------------------------------------------------------------------------------------------------

Body = dict[str, Any]
"""A scenario as a version keeps it: its words, and ids of the watch, the persons and the drafts that it names."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One version of a scenario: who wrote it, when, and the lines that went ("gone") and came ("new") with it; none in the
    first."""

    number: int
    by: str
    at: datetime
    lines: tuple[Run, ...]


# --- comparing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compared:
    """What a watch caught in a time: `posts`, of which `copies` tell what was told before; how they read, in which languages
    they are ("" not known), and on which networks and in how many places they stand."""

    posts: int
    copies: int
    moods: dict[str, int]
    langs: dict[str, int]
    networks: dict[str, int]
    places: frozenset[int]

    @property
    def told(self) -> int:
        """Posts without copies."""
        return self.posts - self.copies


@dataclass(frozen=True, slots=True)
class Tops:
    """Who says most of what a watch caught, and on which sites, among the newest `looked` posts: (name, address, how
    many, id of the identity) and (site, how many)."""

    looked: int
    authors: tuple[tuple[str, str, int, int], ...]
    sites: tuple[tuple[str, int], ...]


# --- counts -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a watch caught from each of `starts` on: posts by kind (a mood, network or language; "" where it is not asked
    for, and for what is not known), and how many of them are copies."""

    starts: tuple[datetime, ...]
    posts: dict[str, list[int]]
    copies: dict[str, list[int]]

    @property
    def all(self) -> list[int]:
        """Posts of every kind together."""
        return [sum(one[at] for one in self.posts.values()) for at in range(len(self.starts))]


# --- walls ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What hangs on a wall: `panels` in their order, `watches` by id (empty: all), `seconds` for each panel, its `look`."""

    pk: int | None
    name: str
    panels: tuple[str, ...]
    watches: frozenset[int]
    seconds: int
    look: str


@dataclass(frozen=True, slots=True)
class Loudness:
    """How much a watch caught, stretch by stretch, together (`posts`), and what is `usual` for as much time (None: not known
    yet)."""

    spans: tuple[Span, ...]
    posts: int
    usual: int | None

    @property
    def more(self) -> int | None:
        """By how many hundredths it is more or less than usual."""
        return round((self.posts - self.usual) / self.usual * 100) if self.usual else None

    @property
    def times(self) -> int | None:
        """How many times its usual it is, from three times on."""
        return round(self.posts / self.usual) if self.usual and self.posts >= 3 * self.usual else None


@dataclass(frozen=True, slots=True)
class Moods:
    """How posts read, as counts; `unread` ones nobody has read for their mood."""

    negative: int = 0
    neutral: int = 0
    positive: int = 0
    unsure: int = 0
    unread: int = 0

    def plus(self, mood: str, posts: int) -> Moods:
        """The same with so many more posts of a mood."""
        if mood not in ("negative", "neutral", "positive", "unsure"):
            mood = "unread"
        return replace(self, **{mood: getattr(self, mood) + posts})

    @property
    def read(self) -> int:
        """How many were read at all."""
        return self.negative + self.neutral + self.positive + self.unsure


@dataclass(frozen=True, slots=True)
class Voice:
    """A watch with its part, in hundredths, of what all watches beside it caught."""

    watch: int
    name: str
    posts: int
    share: int


@dataclass(frozen=True, slots=True)
class Heard:
    """How many posts were caught in a place; without a name: in `of` places together."""

    place: int
    name: str
    kind: str
    posts: int
    of: int = 1


@dataclass(frozen=True, slots=True)
class TopPost:
    """A post with how often its story was told, and how many answers that got."""

    post: int
    told: int
    answers: int


@dataclass(frozen=True, slots=True)
class Clocks:
    """How many cases have waited less than a quarter of an hour, an hour, four hours, and longer; when the next one is due,
    and since when the oldest waits."""

    ages: tuple[int, int, int, int]
    due: datetime | None
    oldest: datetime | None


# --- alerts -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Precision:
    """How many alerts of a watch there were, and how many of them people called useful, or noise."""

    watch: int
    name: str
    alerts: int
    useful: int
    noise: int

    @property
    def judged(self) -> int:
        """How many were judged at all."""
        return self.useful + self.noise

    @property
    def share(self) -> int | None:
        """The useful ones in hundredths of those judged; None where none was."""
        return round(100 * self.useful / self.judged) if self.judged else None


@dataclass(frozen=True, slots=True)
class WhatDiffers:
    """Something that is there more often than before: of which kind ("word", "tag", "author", "site", "network", "lang"), in how
    many posts now, in which share of those before (0 to 1), and some posts that hold it."""

    kind: str
    what: str
    now: int
    before: float
    posts: tuple[int, ...]
