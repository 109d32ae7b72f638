"""What watches caught, of what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.core import events
from colonnade.listening import rules
from colonnade.listening.events import MentionsFound
from colonnade.listening.models import Mention, Watch
from colonnade.listening.types import Found
from colonnade.primitives import clock, ids

HOUR_MS = 3_600_000
MOST_FOR_ONE_POST = 5


def mentions_for(
    viewer: Viewer, watch: Watch, *, before: int | None = None, since: int | None = None, limit: int = 50
) -> list[int]:
    """Ids of the posts that a watch caught and the viewer may see, newest first; `before` an id, for the next page, and
    none below `since`, for a span of time (ids are times)."""
    if not rules.can_see_watches(viewer):
        return []
    # By the mention's own column: its index gives the newest of a watch, and the walk ends with the page.
    asked: dict[str, object] = {"mentions__watch": watch}
    if before is not None:
        asked["mentions__post_id__lt"] = before
    if since is not None:
        asked["mentions__post_id__gte"] = since
    rows = conversations.visible_to(viewer).filter(**asked).order_by("-mentions__post_id")
    return list(rows.values_list("pk", flat=True)[:limit])


def why(watch: Watch, posts: Iterable[int]) -> dict[int, list[str]]:
    """The phrases for which each of these posts was caught. For posts that the viewer has been shown."""
    rows = Mention.objects.filter(watch=watch, post__in=list(posts))
    return dict(rows.values_list("post_id", "why"))


def arrived_mentions(viewer: Viewer, watch: Watch, seq: int, *, limit: int = 1000) -> Found:
    """What the watch caught after `seq` (a place in the event sequence) and the viewer may see, for exact catch-up."""
    heard = events.since(seq, kinds=(MentionsFound,), limit=limit)
    found: dict[int, None] = {}
    for one in heard:
        event = one.event
        if isinstance(event, MentionsFound) and event.watch == watch.pk:
            found |= dict.fromkeys(event.posts)
    seen: set[int] = set()
    if found and rules.can_see_watches(viewer):
        seen = set(conversations.visible_to(viewer).filter(pk__in=found).values_list("pk", flat=True))
    return Found(
        seq=heard[-1].seq if heard else seq,
        posts=tuple(post for post in found if post in seen),
        more=len(heard) == limit,
    )


def said_in_public(viewer: Viewer, *, limit: int, days: int = 7) -> list[int]:
    """Ids of the newest posts of these days that any active watch caught and everybody on the web may see, newest first;
    for a screen that others walk past. None for anybody but staff."""
    if not rules.can_see_watches(viewer):
        return []
    since = ids.first_of(clock.now_ms() - days * 24 * HOUR_MS)
    rows = conversations.visible_to(access.anonymous()).filter(
        mentions__watch__state="active", mentions__post_id__gte=since
    )
    # By the mention's own column, as in `mentions_for`. A post that several watches caught stands there as often.
    caught = rows.order_by("-mentions__post_id").values_list("pk", flat=True)[: limit * MOST_FOR_ONE_POST]
    return list(dict.fromkeys(caught))[:limit]
