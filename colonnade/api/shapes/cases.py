"""Cases on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, cast

from ninja import Schema
from pydantic import Field

from colonnade.api.paging import IdText
from colonnade.api.shapes.posts import PlaceName, PostOut, Words, post_out
from colonnade.inbox.types import CaseLine, EntryLine, Looking

State = Literal["open", "assigned", "waiting", "solved"]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class PersonName(Schema):
    """Somebody, by id and name."""

    id: IdText
    name: str


class CaseOut(Schema):
    """Something that needs an answer. `version` goes back with a change, which is refused if it is no longer that one.

    `heard` is the newest word of the other side; `waiting_since` is empty when nothing of it is unanswered.
    """

    id: IdText
    version: int
    conversation: IdText
    place: PlaceName
    title: str
    state: State
    why: str
    priority: int
    owner: PersonName | None
    team: str
    opened_at: datetime
    due_at: datetime | None
    waiting_since: datetime | None
    solved_at: datetime | None
    outcome: str
    tags: list[str]
    heard: PostOut | None


class CaseList(Schema):
    """Cases: the most pressing first, then who has waited longest; where more follow, the header Link says where."""

    cases: list[CaseOut]


class EntryOut(Schema):
    """One thing that happened to a case."""

    kind: str
    at: datetime
    by: PersonName | None
    post: IdText | None
    details: dict[str, Any]


class CaseWhole(Schema):
    """A case with its history, who else has it before them, and who would read an answer, in words."""

    case: CaseOut
    history: list[EntryOut]
    looking: list[PersonName]
    answer_is_for: str


class CaseIn(Schema):
    """A conversation that needs an answer."""

    conversation: IdText
    why: Annotated[str, Field(max_length=200)] = ""


class ChangeIn(Schema):
    """A change to the version of a case that was seen; without `version` to whichever it is now."""

    version: Version | None = None


class AssignIn(ChangeIn):
    """To whom: an id, "me", or null for nobody."""

    to: IdText | Literal["me"] | None


class SolveIn(ChangeIn):
    """How it ended, in a few words."""

    outcome: Annotated[str, Field(max_length=200)] = ""


class TagsIn(ChangeIn):
    """The tags that it has from now on."""

    tags: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=20)]


class NoteIn(Schema):
    """A note that only staff read."""

    text: Words


class ReplyIn(Schema):
    """An answer. With `seen_post`, the newest post that its writer saw, it is held when something came after it."""

    text: Words
    seen_post: IdText | None = None
    force: bool = False
    undo_s: Annotated[float, Field(ge=0, le=600)] = 10


class ReplyOut(Schema):
    """What became of an answer: a post here, or deliveries on their way. It is undone until `undo_until`."""

    case: CaseOut
    post: PostOut | None
    deliveries: list[IdText]
    undo_until: datetime


def case_out(line: CaseLine) -> CaseOut:
    """A case on the wire."""
    return CaseOut(
        id=str(line.id),
        version=line.version,
        conversation=str(line.conversation),
        place=PlaceName(id=str(line.place), name=line.place_name),
        title=line.title,
        state=cast("Any", line.state),
        why=line.why,
        priority=line.priority,
        owner=PersonName(id=str(line.owner), name=line.owner_name) if line.owner else None,
        team=line.team_name,
        opened_at=line.opened_at,
        due_at=line.due_at,
        waiting_since=line.waiting_since,
        solved_at=line.solved_at,
        outcome=line.outcome,
        tags=list(line.tags),
        heard=post_out(line.heard) if line.heard else None,
    )


def entry_out(line: EntryLine) -> EntryOut:
    """A line of a case's history on the wire."""
    return EntryOut(
        kind=line.kind,
        at=line.at,
        by=PersonName(id=str(line.by), name=line.by_name) if line.by else None,
        post=str(line.post) if line.post else None,
        details=line.details,
    )


def looking_out(one: Looking) -> PersonName:
    """Who has a case before them, on the wire."""
    return PersonName(id=str(one.person), name=one.name)
