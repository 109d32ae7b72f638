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
class Content:
    """Everything that would go out: the title, what stands at which place (ids of places, in order), and the time of day
    at a place, both "" where it goes when somebody says so. A draft carries no files; those would belong here."""

    title: str
    goes: tuple[tuple[int, str], ...]
    local: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Some words of a difference: `kind` "same", "gone" or "new"."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that is not as it was: `what` "title", "text", "where" or "time"; `where` the names of the places at
    which a text changed, "" where it is all of them."""

    what: str
    runs: Sequence[Run]
    where: str = ""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """How a draft that needs a second person stands.

    `standing`: "unasked", "asked", "approved", "fell" (what was approved has changed), "lost" (who approved it
    may do so no longer) or "changes" (some were asked).
    `by`, `at`, `words` are of the last who looked, `old` that this was not in the last twelve hours; `how` says what
    made an approval fall: "letter", "words" (`count` of them), "time", "where" or "more". `waits`: it waits for a second
    person. The viewer `may` be that one; `mine`: the words are the viewer's own; `alone`: and nobody else may.
    `read_until`: they read it once more, and may approve it from then on. `planned`: it has a time at which it goes.
    `given`: the viewer approved it, and may take that back.
    """

    standing: str
    fingerprint: str
    waits: bool
    may: bool
    mine: bool
    alone: bool
    by: str = ""
    at: datetime | None = None
    old: bool = False
    words: str = ""
    by_themselves: bool = False
    how: str = ""
    count: int = 0
    changed: Sequence[Changed] = ()
    read_until: datetime | None = None
    planned: bool = False
    given: bool = False

    @property
    def text_marked(self) -> bool:
        """Whether `changed` shows the text of every place already, with what is other in it."""
        return any(one.what == "text" and not one.where for one in self.changed)

    @property
    def needs_me(self) -> bool:
        """Whether the viewer is who should do something now: look, change what was asked, or send what is approved."""
        if self.waits:
            return self.may or self.alone
        return self.mine and (
            self.standing == "changes" or (self.standing == "approved" and not self.planned)
        )


@dataclass(frozen=True, slots=True)
class Carried:
    """Words that would be carried out to others although they stand where only staff read: the post, its place by name,
    the words."""

    post: int
    place: str
    words: str


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
    at least one of its targets; `review` None: no second person has to look."""

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
    review: ReviewLine | None = None


@dataclass(frozen=True, slots=True)
class BrakeLine:
    """Since when, why and by whom everything is paused; `waiting`: how many drafts the viewer sees wait behind it."""

    since: datetime
    reason: str
    by: str
    waiting: int
