"""Every read of listening that others use; the viewer comes first. Posts come through `visible_to` alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, QuerySet
from django.utils import timezone

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.search import terms
from colonnade.core import events
from colonnade.listening import rules
from colonnade.listening.events import MentionsFound
from colonnade.listening.models import Mention, Watch
from colonnade.listening.types import Day, Found, Preview
from colonnade.places import queries as places
from colonnade.primitives import clock, ids

LOOKED_AT = 1000
SHOWN_OF_THEM = 3


def watches_for(viewer: Viewer) -> QuerySet[Watch]:
    """Every watch, by name; none for anybody but staff."""
    rows = Watch.objects.select_related("owner").order_by("name", "pk")
    return rows if rules.can_see_watches(viewer) else rows.none()


def watch_for(viewer: Viewer, pk: int) -> Watch | None:
    """The watch with this id, None when there is none and for anybody but staff."""
    return watches_for(viewer).filter(pk=pk).first()


def mentions_for(viewer: Viewer, watch: Watch, *, before: int | None = None, limit: int = 50) -> list[int]:
    """Ids of the posts that a watch caught and the viewer may see, newest first; `before` an id, for the next page."""
    if not rules.can_see_watches(viewer):
        return []
    # By the mention's own column: its index gives the newest of a watch, and the walk ends with the page.
    asked: dict[str, object] = {"mentions__watch": watch}
    if before is not None:
        asked["mentions__post_id__lt"] = before
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


def days(viewer: Viewer, watches: Iterable[Watch], *, back: int) -> dict[int, list[Day]]:
    """For each watch the days up to today, oldest first, with how many posts of that day it caught which the viewer may
    see: when a post was published says its day, in the time of the viewer. One statement."""
    wanted = [watch.pk for watch in watches]
    now = clock.now().astimezone(timezone.get_current_timezone())
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - timedelta(days=back - 1)
    first = ids.first_of(int(start.timestamp() * 1000))
    counted: dict[tuple[int, int], int] = {}
    if wanted and rules.can_see_watches(viewer):
        day = ExpressionWrapper(
            (F("mentions__post_id") - first) / ids.first_of(86_400_000), output_field=BigIntegerField()
        )
        rows = conversations.visible_to(viewer).filter(
            mentions__watch__in=wanted, mentions__post_id__gte=first
        )
        counts = rows.order_by().values("mentions__watch", day=day).annotate(posts=Count("pk"))
        counted = {(row["mentions__watch"], int(row["day"])): row["posts"] for row in counts}
    dates = [(start + timedelta(days=at)).date() for at in range(back)]
    return {pk: [Day(date, counted.get((pk, at), 0)) for at, date in enumerate(dates)] for pk in wanted}


def preview(viewer: Viewer, query: str) -> Preview:
    """What a watch for these words would have caught among the newest posts that the viewer may see: compared as new
    posts are, so what we say ourselves is passed over. Raises EmptySearch with a sentence."""
    search = terms.parse(query)
    newest = conversations.newest(viewer, limit=LOOKED_AT) if rules.can_see_watches(viewer) else []
    said = conversations.said_of(newest)
    ours = places.our_faces(one.author for one in said)
    heard = [one for one in said if not rules.speaks_for_us(one, ours)]
    caught = [post for one in rules.catch({0: search}, heard) for post, _ in one.posts]
    return Preview(matched=len(caught), looked=len(newest), posts=tuple(caught[:SHOWN_OF_THEM]))


# --- for the machine itself ---------------------------------------------------------------------------------------


def active_searches() -> dict[int, terms.Search]:
    """What is listened for now, by the id of the watch."""
    rows = Watch.objects.filter(state="active").order_by("pk").values_list("pk", "query")
    return {pk: terms.parse(query) for pk, query in rows}
