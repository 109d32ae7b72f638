"""Plain values of the inbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

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
    """Somebody who has the case before them, since `at` at the latest."""

    person: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """How many cases the viewer may see, by state; `mine` are assigned to them; `oldest` waits for us the longest."""

    open: int
    assigned: int
    waiting: int
    mine: int
    oldest: datetime | None
