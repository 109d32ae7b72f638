"""What watches caught, of what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import BooleanField, Count, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Post
from colonnade.conversations.queries.visibility import predicate
from colonnade.core import db, events
from colonnade.listening import rules
from colonnade.listening.events import MentionsFound
from colonnade.listening.models import Label, Mention, Watch
from colonnade.listening.types import Found, MentionLine, Narrowing
from colonnade.primitives import clock, ids

HOUR_MS = 3_600_000
ALL = Narrowing()
MOST_FOR_ONE_POST = 5


def mentions_for(
    viewer: Viewer,
    watch: Watch,
    *,
    before: int | None = None,
    since: int | None = None,
    limit: int = 50,
    narrowed: Narrowing = ALL,
) -> list[int]:
    """Ids of the posts that a watch caught and the viewer may see, newest first; `before` an id, for the next page, and
    none below `since`, for a span of time (ids are times). `narrowed`: of one state, owner, tag; without copies."""
    if not rules.can_see_watches(viewer):
        return []
    asked: dict[str, object] = {}
    if before is not None:
        asked["mentions__post_id__lt"] = before
    if since is not None:
        asked["mentions__post_id__gte"] = since
    # By the mention's own column: its index gives the newest of a watch, and the walk ends with the page.
    rows = _narrowed(viewer, watch, narrowed, asked).order_by("-mentions__post_id")
    return list(rows.values_list("pk", flat=True)[:limit])


def why(watch: Watch, posts: Iterable[int]) -> dict[int, list[str]]:
    """The phrases for which each of these posts was caught. For posts that the viewer has been shown."""
    rows = Mention.objects.filter(watch=watch, post__in=list(posts))
    return dict(rows.values_list("post_id", "why"))


def arrived_mentions(
    viewer: Viewer, watch: Watch, seq: int, *, limit: int = 1000, narrowed: Narrowing = ALL
) -> Found:
    """What the watch caught after `seq` (a place in the event sequence) and the viewer may see, for exact catch-up."""
    heard = events.since(seq, kinds=(MentionsFound,), limit=limit)
    found: dict[int, None] = {}
    for one in heard:
        event = one.event
        if isinstance(event, MentionsFound) and event.watch == watch.pk:
            found |= dict.fromkeys(event.posts)
    seen: set[int] = set()
    if found and rules.can_see_watches(viewer):
        rows = _narrowed(viewer, watch, narrowed, {"mentions__post_id__in": list(found)})
        seen = set(rows.values_list("pk", flat=True))
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


def standing_of(viewer: Viewer, watch: Watch, posts: Iterable[int]) -> dict[int, MentionLine]:
    """How these mentions stand, by post. For posts that the viewer has been shown. One statement."""
    label = Label.objects.filter(watch=watch, post=OuterRef("post")).values("relevant")
    sql, values = predicate(viewer)
    told = (
        "SELECT COUNT(*) FROM listening_telling mine JOIN listening_telling t ON t.story_id = mine.story_id "
        "JOIN listening_mention m ON m.post_id = t.post_id AND m.watch_id = listening_mention.watch_id "
        "JOIN conversations_post ON conversations_post.id = m.post_id "
        f"WHERE mine.post_id = listening_mention.post_id AND {sql}"
    )
    rows = (
        Mention.objects.filter(watch=watch, post__in=list(posts))
        .annotate(relevant=Subquery(label))
        .select_related("owner")
        .extra(select={"told": f"({told})"}, select_params=values)
    )
    return {
        one.post_id: MentionLine(
            watch=watch.pk,
            post=one.post_id,
            why=tuple(one.why),
            state=one.state,
            owner=one.owner_id,
            owner_name=one.owner.name if one.owner else "",
            tags=tuple(one.tags),
            relevant=one.relevant,
            told=max(1, one.told),
            mood=one.mood,
            drill=one.drill,
        )
        for one in rows
    }


def stories_of(viewer: Viewer, watch: Watch, posts: Iterable[int]) -> dict[int, int]:
    """For each of these mentions the oldest that the viewer may see which tells the same; itself where none does. For posts that
    the viewer has been shown. One statement."""
    sql, values = predicate(viewer)
    first = (
        "SELECT MIN(m.post_id) FROM listening_telling mine JOIN listening_telling t ON t.story_id = mine.story_id "
        "JOIN listening_mention m ON m.post_id = t.post_id AND m.watch_id = listening_mention.watch_id "
        "JOIN conversations_post ON conversations_post.id = m.post_id "
        f"WHERE mine.post_id = listening_mention.post_id AND {sql}"
    )
    rows = Mention.objects.filter(watch=watch, post__in=list(posts))
    told = rows.extra(select={"story": f"({first})"}, select_params=values).values_list("post_id", "story")
    return {post: story or post for post, story in told}


def is_mention(viewer: Viewer, watch: Watch, post: int) -> bool:
    """Whether a watch caught this post and the viewer may see it."""
    if not rules.can_see_watches(viewer):
        return False
    return _narrowed(viewer, watch, ALL, {"mentions__post_id": post}).exists()


def story_of(viewer: Viewer, watch: Watch, post: int, *, limit: int = 50) -> list[int]:
    """The posts that tell the story of this one which the watch caught and the viewer may see, newest first."""
    if not rules.can_see_watches(viewer):
        return []
    story = Mention.objects.filter(watch=watch, post=post, post__telling__isnull=False)
    same = Q(telling__story__in=story.values("post__telling__story")) | Q(pk=post)
    rows = conversations.visible_to(viewer).filter(same, mentions__watch=watch)
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:limit])


def stories_and_posts(viewer: Viewer, watch: Watch, *, days: int) -> tuple[int, int]:
    """Of what the watch caught of the last `days` and the viewer may see: how many stories it is, and how many posts."""
    if not rules.can_see_watches(viewer):
        return 0, 0
    since = ids.first_of(clock.now_ms() - days * 24 * HOUR_MS)
    rows = conversations.visible_to(viewer).filter(mentions__watch=watch, mentions__post_id__gte=since)
    counted = rows.aggregate(
        stories=Count(Coalesce(F("telling__story"), F("pk")), distinct=True), posts=Count("pk")
    )
    return counted["stories"], counted["posts"]


def tags_of(viewer: Viewer, watch: Watch, *, looked_at: int = 500) -> list[str]:
    """The tags on the newest tagged mentions that the viewer may see, in order."""
    rows = _narrowed(viewer, watch, ALL, {"mentions__tags__0__isnull": False}).order_by("-mentions__post_id")
    found = rows.values_list("mentions__tags", flat=True)[:looked_at]
    return sorted({tag for tags in found for tag in tags})


def _narrowed(viewer: Viewer, watch: Watch, narrowed: Narrowing, asked: Mapping[str, Any]) -> QuerySet[Post]:
    conditions: list[Q | Func] = []
    fields: dict[str, Any] = {"mentions__watch": watch, **asked}
    if narrowed.state:
        fields["mentions__state"] = narrowed.state
    if narrowed.owner == "nobody":
        fields["mentions__owner__isnull"] = True
    elif narrowed.owner:
        fields["mentions__owner"] = ids.parse(narrowed.owner) or 0
    kinds = {
        "mentions__mood": narrowed.mood,
        "mentions__lang": narrowed.lang,
        "author__network": narrowed.network,
    }
    fields |= {name: "" if kind == "none" else kind for name, kind in kinds.items() if kind}
    if narrowed.tag and db.is_postgres():
        fields["mentions__tags__contains"] = [narrowed.tag]
    elif narrowed.tag:
        conditions.append(_HasTag(F("mentions__tags"), Value(narrowed.tag), output_field=BooleanField()))
    rows = conversations.visible_to(viewer).filter(*conditions, **fields)
    return _without_copies(viewer, rows) if narrowed.folded else rows


class _HasTag(Func):
    """Whether a list of words kept as JSON holds a word, on SQLite."""

    template = "EXISTS (SELECT 1 FROM json_each(%(expressions)s))"
    arg_joiner = ") WHERE value = ("


def _without_copies(viewer: Viewer, rows: QuerySet[Post]) -> QuerySet[Post]:
    """Without those posts whose story the viewer is told by an earlier mention of the same watch. Where that one is hidden
    from them or gone the copies are shown."""
    sql, values = predicate(viewer)
    earlier = (
        "SELECT 1 FROM listening_telling mine JOIN listening_telling t ON t.story_id = mine.story_id "
        "JOIN listening_mention m ON m.post_id = t.post_id AND m.watch_id = listening_mention.watch_id "
        "AND NOT m.is_copy JOIN conversations_post ON conversations_post.id = m.post_id "
        f"WHERE mine.post_id = listening_mention.post_id AND {sql}"
    )
    return rows.extra(where=[f"NOT (listening_mention.is_copy AND EXISTS ({earlier}))"], params=values)
