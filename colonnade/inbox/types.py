"""Plain values of the inbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from colonnade.conversations.types import PostLine


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case, as a list shows it. `heard` is the newest word of the other side, if the viewer may see it."""

    id: int
    version: int
    conversation: int
    place: int
    place_name: str
    place_kind: str
    title: str
    state: str
    why: str
    priority: int
    owner: int | None
    owner_name: str
    team: int | None
    team_name: str
    opened_at: datetime
    due_at: datetime | None
    waiting_since: datetime | None
    solved_at: datetime | None
    outcome: str
    tags: tuple[str, ...]
    heard: PostLine | None = None


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One thing that happened to a case. `post` only where the viewer may see it."""

    kind: str
    at: datetime
    by: int | None
    by_name: str
    post: int | None
    dispatch: int | None
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looking:
    """Somebody who has the case before them, since `at` at the latest; `writing`: they put words down just now."""

    person: int
    name: str
    at: datetime
    writing: bool = False


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """How many unsolved cases the viewer may see, and by state; `mine` are assigned to them; `oldest` waits for us the
    longest."""

    all: int
    open: int
    assigned: int
    waiting: int
    mine: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Needs:
    """What needs somebody: the most pressing cases, and how many there are with those not given."""

    lines: tuple[CaseLine, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Unusual:
    """A watch that is louder than usual: `count` mentions in the last hour; `usual` is the median of this same hour on the
    `days` before; `posts` are its newest mentions of the last hour."""

    watch: int
    name: str
    count: int
    usual: float
    days: int
    posts: tuple[PostLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered lately: how many times, and within what time half of them were; None where nobody waited."""

    count: int
    half_within: timedelta | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another conversation in which somebody spoke: their newest words there that the viewer may see."""

    conversation: int
    words: PostLine


@dataclass(frozen=True, slots=True)
class Load:
    """How many cases wait with one colleague, how many of them are late, and since when the oldest waits."""

    person: int
    name: str
    cases: int
    late: int
    oldest: datetime | None

    @property
    def drowns(self) -> bool:
        """Whether somebody should come to help: five wait with them or more, and half of those are late."""
        return self.cases >= 5 and 2 * self.late >= self.cases


@dataclass(frozen=True, slots=True)
class DeskNow:
    """What waits for us: how many cases, how many of them late or nobody's, since when the oldest; who has how many (the
    most first), who of the desk has none, by name, and how many they are with those not named."""

    waiting: int
    late: int
    nobodys: int
    oldest: datetime | None
    loads: tuple[Load, ...]
    free: tuple[Load, ...]
    free_count: int


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """How long askers waited for their first answer: `count` were given today, after `today` (the median); `usual` is that
    of the days before. None where too few are known."""

    count: int
    today: timedelta | None
    usual: timedelta | None
