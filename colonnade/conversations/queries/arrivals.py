"""What has arrived since somebody last looked: exact catch-up, in the order of arrival."""

from __future__ import annotations

from dataclasses import dataclass

from colonnade.access.types import Viewer
from colonnade.conversations.events import PostDeleted, PostEdited, PostsReceived
from colonnade.conversations.queries.visibility import visible_to
from colonnade.core import events

MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Arrivals:
    """New and changed posts the viewer may see, and the place in the event sequence up to which this is complete.

    `more` says that the look stopped early: ask again from `seq`. `seq` must leave the server only encrypted.
    """

    seq: int
    new: tuple[int, ...]
    changed: tuple[int, ...]
    more: bool


def arrived_since(
    viewer: Viewer,
    seq: int,
    *,
    place: int | None = None,
    author: int | None = None,
    conversation: int | None = None,
    limit: int = 1000,
) -> Arrivals:
    """What arrived after `seq`, of one place, author or conversation, or all."""
    heard = events.since(seq, kinds=(PostsReceived, PostEdited, PostDeleted), limit=limit)
    new: dict[int, None] = {}
    changed: dict[int, None] = {}
    for at, one in enumerate(heard, 1):
        if len(new) >= MOST_AT_ONCE:  # one event may tell of two thousand posts
            heard, limit = heard[: at - 1], at - 1
            break
        event = one.event
        if isinstance(event, PostsReceived):
            new |= dict.fromkeys(event.posts)
        elif isinstance(event, PostEdited | PostDeleted):
            changed[event.post] = None
    asked = [*new, *(post for post in changed if post not in new)]
    rows = visible_to(viewer, with_tombstones=True).filter(pk__in=asked)
    for field, value in (("place_id", place), ("author_id", author), ("conversation_id", conversation)):
        rows = rows if value is None else rows.filter(**{field: value})
    seen = dict(rows.values_list("pk", "deleted"))
    return Arrivals(
        seq=heard[-1].seq if heard else seq,
        new=tuple(post for post in new if seen.get(post) is False),
        changed=tuple(post for post in changed if post in seen and post not in new),
        more=len(heard) == limit,
    )
