"""Plain values of listening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from colonnade.listening.language.habits import Note
from colonnade.listening.language.showing import Line
from colonnade.listening.suggesting import Suggestions

FEWEST_LABELS = 10
"""Below so many labelled posts a share says nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a watch caught after a place in the order of arrival, newest last, of what the viewer may see.

    `more` says that the look stopped early: ask again from `seq`, which must leave the server only encrypted.
    """

    seq: int
    posts: tuple[int, ...]
    more: bool


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


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which mentions of a watch are asked for: of one `state`, of one `owner` (an id, "nobody"), with one `tag`, of one `mood`,
    `network` or `lang` ("none": not known); each "" for any. `folded`: copies of what was told before are left out."""

    state: str = ""
    owner: str = ""
    tag: str = ""
    folded: bool = False
    mood: str = ""
    network: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class MentionLine:
    """How a mention stands: what became of it, whose it is, its tags, what was said of it (`relevant`, None for nothing).
    `told`: how many posts which the viewer may see tell the same story, itself among them. `mood`: how it reads.
    `drill`: it is said in a rehearsal."""

    watch: int
    post: int
    why: tuple[str, ...]
    state: str
    owner: int | None
    owner_name: str
    tags: tuple[str, ...]
    relevant: bool | None
    told: int = 1
    mood: str = ""
    drill: bool = False


@dataclass(frozen=True, slots=True)
class Was:
    """How a mention stood before it was changed, and as what the change left it; `owner` 0 is nobody."""

    post: int
    state: str
    owner: int
    tags: tuple[str, ...]
    became: tuple[str, int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of many mentions: how those stood that were changed, and how many were left as they are."""

    done: tuple[Was, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Run:
    """Words of a query that is compared with another: `kind` is "same", "gone" or "new"."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One form that the query of a watch had: who wrote it, since when, and what was changed in it."""

    number: int
    query: str
    by: str
    at: datetime
    changed: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """A watch or a list that names another list."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class Resting:
    """What names a list: watches (in either query) and other lists, by name; saved searches of whoever asks, by their words, and
    how many there are of `others`, whose words are told nobody. Nothing does where it is false."""

    watches: tuple[Naming, ...] = ()
    lists: tuple[Naming, ...] = ()
    searches: tuple[str, ...] = ()
    others: int = 0

    def __bool__(self) -> bool:
        return bool(self.watches or self.lists or self.searches or self.others)


@dataclass(frozen=True, slots=True)
class Measured:
    """How a query agrees with what people said of posts: of those `right` (what is looked for) and `wrong`, how many it
    finds."""

    found_right: int
    found_wrong: int
    right: int
    wrong: int

    @property
    def found(self) -> int:
        """Of how many posts that it finds somebody said whether they are right."""
        return self.found_right + self.found_wrong

    @property
    def precision(self) -> float | None:
        """Which part of what it finds is right; None where too little was said to tell."""
        return self.found_right / self.found if self.found >= FEWEST_LABELS else None

    @property
    def recall(self) -> float | None:
        """Which part of what is right it finds; None where too little was said to tell."""
        return self.found_right / self.right if self.right >= FEWEST_LABELS else None


@dataclass(frozen=True, slots=True)
class Care:
    """The versions of a watch, the present one first; how each agrees with what people said (by number); words that would
    make the query better."""

    versions: tuple[VersionLine, ...]
    measured: dict[int, Measured]
    suggestions: Suggestions


@dataclass(frozen=True, slots=True)
class Preview:
    """What a search would have caught: `matched` of the newest `looked` posts, `back_to` when, `whole` where those are all of
    thirty days; the ids of a sample, why each of those was caught, how the query was understood; how many each part that
    was asked `apart` would have caught; how it agrees with what was said of posts, and words that would make it better;
    `notes`, what may be slow or may not mean what its author thinks."""

    matched: int
    looked: int
    posts: tuple[int, ...]
    why: dict[int, list[str]]
    outline: tuple[Line, ...]
    back_to: datetime | None
    whole: bool
    apart: tuple[int, ...]
    measured: Measured
    suggestions: Suggestions
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Backfilled:
    """How far a watch has caught what was stored before it listened, and whether that is all. How many posts that were is
    told nobody: they need not all be theirs to see."""

    back_to: datetime | None
    done: bool
