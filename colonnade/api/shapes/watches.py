"""Watches on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from ninja import Schema
from pydantic import Field

from colonnade.api.paging import IdText
from colonnade.api.shapes.posts import PostOut
from colonnade.listening.models import Watch

Query = Annotated[str, Field(min_length=1, max_length=1000)]
Name = Annotated[str, Field(max_length=100)]


class WatchOut(Schema):
    """A stored search: words, "exact phrases", -left out. `opens_case`: whatever it catches needs an answer."""

    id: IdText
    name: str
    query: str
    version: int
    state: Literal["active", "paused"]
    opens_case: bool
    owner: str


class WatchList(Schema):
    """Watches, by name."""

    watches: list[WatchOut]


class WatchIn(Schema):
    """A search to be stored."""

    query: Query
    name: Name = ""
    opens_case: bool = False


class WatchChange(Schema):
    """What of a watch is to be otherwise; what is left out stays."""

    query: Query | None = None
    name: Name | None = None
    opens_case: bool | None = None
    state: Literal["active", "paused"] | None = None


class MentionOut(Schema):
    """A post that a watch caught, and the phrases for which it did."""

    post: PostOut
    why: list[str]


class MentionList(Schema):
    """Mentions, newest first; where more follow, the header Link says where."""

    mentions: list[MentionOut]


def watch_out(watch: Watch) -> WatchOut:
    """A watch on the wire."""
    return WatchOut(
        id=str(watch.pk),
        name=watch.name,
        query=watch.query,
        version=watch.version,
        state=cast("Any", watch.state),
        opens_case=watch.opens_case,
        owner=str(watch.owner) if watch.owner else "",
    )
