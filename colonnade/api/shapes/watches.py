"""Watches and what they caught, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, cast

from ninja import Schema
from pydantic import Field

from colonnade.api.paging import IdText
from colonnade.api.shapes.cases import PersonName
from colonnade.api.shapes.posts import PostOut, post_out
from colonnade.conversations.types import PostLine
from colonnade.insight.types import Counts
from colonnade.listening.models import Watch
from colonnade.listening.types import MentionLine, VersionLine

Query = Annotated[str, Field(min_length=1, max_length=20_000)]
CaseQuery = Annotated[str, Field(max_length=20_000)]
Name = Annotated[str, Field(max_length=100)]
Tag = Annotated[str, Field(max_length=100)]
Standing = Literal["new", "done", "aside"]


class AimName(Schema):
    """What something serves, by id and sentence."""

    id: IdText
    sentence: str


class WatchOut(Schema):
    """A stored search: words, "exact phrases", -left out. `opens_case`: whatever it catches needs an answer, or where
    `case_query` is not empty only what fits that as well."""

    id: IdText
    name: str
    query: str
    version: int
    state: Literal["active", "paused"]
    opens_case: bool
    case_query: str
    aim: AimName | None
    owner: PersonName | None


class WatchList(Schema):
    """Watches, by name."""

    watches: list[WatchOut]


class WatchIn(Schema):
    """A search to be stored; `aim` is the id of what it serves."""

    query: Query
    name: Name = ""
    opens_case: bool = False
    case_query: CaseQuery = ""
    aim: IdText | None = None


class WatchChange(Schema):
    """What of a watch is to be otherwise; what is left out stays. `aim` null: none."""

    query: Query | None = None
    name: Name | None = None
    opens_case: bool | None = None
    case_query: CaseQuery | None = None
    aim: IdText | None = None
    state: Literal["active", "paused"] | None = None


class CaughtOut(Schema):
    """An hour of the clock (UTC), by its beginning: how many posts a watch caught that were published in it, and how many of them
    tell what another told before."""

    at: datetime
    posts: int
    copies: int


class CaughtList(Schema):
    """The hours in which there was anything, oldest first."""

    hours: list[CaughtOut]


def caught_list(counts: Counts) -> CaughtList:
    """Counts by hour, without the hours in which there was nothing."""
    posts, copies = counts.posts.get("", []), counts.copies.get("", [])
    told = zip(counts.starts, posts, copies, strict=False)
    return CaughtList(hours=[CaughtOut(at=at, posts=some, copies=same) for at, some, same in told if some])


class VersionOut(Schema):
    """One form that a query had: since when, and who wrote it so ("" for nobody)."""

    number: int
    query: str
    by: str
    at: datetime


class VersionList(Schema):
    """The newest twenty forms of a query, the present one first."""

    versions: list[VersionOut]


class MentionOut(Schema):
    """A post that a watch caught, the phrases for which it did, and how it stands. `mood` is how it reads, "" where nobody can
    tell; `relevant` what was said of it; `story` the oldest mention that you may see which tells the same, often itself."""

    post: PostOut
    why: list[str]
    state: Standing
    owner: PersonName | None
    tags: list[str]
    mood: str
    relevant: bool | None
    story: IdText


class MentionList(Schema):
    """Mentions, newest first; where more follow, the header Link says where."""

    mentions: list[MentionOut]


class MentionChange(Schema):
    """What of a mention is to be otherwise; what is left out stays. `owner`: an id, "me", or null for nobody; `tags` stand in
    place of those that it has; `relevant`: whether it is what the watch looks for, null takes that back."""

    state: Standing | None = None
    owner: IdText | Literal["me"] | None = None
    tags: Annotated[list[Tag], Field(max_length=10)] | None = None
    relevant: bool | None = None


def watch_out(watch: Watch) -> WatchOut:
    """A watch on the wire."""
    return WatchOut(
        id=str(watch.pk),
        name=watch.name,
        query=watch.query,
        version=watch.version,
        state=cast("Any", watch.state),
        opens_case=watch.opens_case,
        case_query=watch.case_query,
        aim=AimName(id=str(watch.aim.pk), sentence=watch.aim.sentence) if watch.aim else None,
        owner=PersonName(id=str(watch.owner.pk), name=watch.owner.name) if watch.owner else None,
    )


def version_out(line: VersionLine) -> VersionOut:
    """One form of a query on the wire."""
    return VersionOut(number=line.number, query=line.query, by=line.by, at=line.at)


def mention_out(post: PostLine, stands: MentionLine, story: int) -> MentionOut:
    """A mention on the wire."""
    return MentionOut(
        post=post_out(post),
        why=list(stands.why),
        state=cast("Any", stands.state),
        owner=None if stands.owner is None else PersonName(id=str(stands.owner), name=stands.owner_name),
        tags=list(stands.tags),
        mood=stands.mood,
        relevant=stands.relevant,
        story=str(story),
    )
