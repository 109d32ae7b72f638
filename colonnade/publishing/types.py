"""Plain values of publishing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a draft is to go: the id of an account's or space's place, and its own wording there ("" for the same)."""

    place: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A time of day at a place, and the moment that it is. `say` is a sentence where a change of clocks is in the way."""

    local: str
    zone: str
    moment: datetime
    say: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a text stands to one place: `length` of `limit` (0: none), in the units of its network; `why` it cannot go
    there, in a sentence, or ""."""

    length: int
    limit: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A place that somebody may publish to. `reads`: who sees what stands there, in words; `public`: that is everybody."""

    place: int
    name: str
    kind: str
    network: str
    reads: str
    public: bool


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One target of a draft. `words`: how it stands, as staff read it; `tone`: "", "ok", "clock" or "late"."""

    id: int
    place: int
    place_name: str
    kind: str
    network: str
    text: str
    own_text: bool
    state: str
    words: str
    tone: str
    url: str = ""
    delivery: int | None = None
    post: int | None = None
    conversation: int | None = None
    can_take_down: bool = False


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One draft as a list shows it. `why`: a sentence where it waits for a person; `public`: everybody on the web reads
    at least one of its targets."""

    id: int
    text: str
    title: str
    state: str
    words: str
    why: str
    why_code: str
    version: int
    by: str
    goes_at: datetime | None
    goes_at_local: str
    zone: str
    changed_at: datetime
    went_at: datetime | None
    undo_until: datetime | None
    public: bool
    needs_person: bool
    targets: Sequence[TargetLine] = field(default=())


@dataclass(frozen=True, slots=True)
class BrakeLine:
    """Since when, why and by whom everything is paused; `waiting`: how many drafts the viewer sees wait behind it."""

    since: datetime
    reason: str
    by: str
    waiting: int
