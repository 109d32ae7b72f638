"""Every read of listening that others use; the viewer comes first. Posts come through `visible_to` alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, QuerySet
from django.utils import timezone

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.search import terms
from colonnade.core import events
from colonnade.listening import rules
from colonnade.listening.events import MentionsFound
from colonnade.listening.models import Mention, Watch
from colonnade.listening.types import Day, Found, Preview, Span
from colonnade.places import queries as places
from colonnade.primitives import clock, ids

LOOKED_AT = 1000
SHOWN_OF_THEM = 3
HOUR_MS = 3_600_000
DAYS_COMPARED, WEEKS_COMPARED = 14, 8
MOST_FOR_ONE_POST = 5


def watches_for(viewer: Viewer) -> QuerySet[Watch]:
    """Every watch, by name; none for anybody but staff."""
    rows = Watch.objects.select_related("owner").order_by("name", "pk")
    return rows if rules.can_see_watches(viewer) else rows.none()


def watch_for(viewer: Viewer, pk: int) -> Watch | None:
    """The watch with this id, None when there is none and for anybody but staff."""
    return watches_for(viewer).filter(pk=pk).first()


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


def days_beside(viewer: Viewer, watch: Watch, *, back: int) -> list[Span]:
    """The days of one watch up to today, oldest first, each beside the same weekday of the eight weeks before it; a day
    begins at midnight in the time of the viewer. One statement."""
    counted = days(viewer, [watch], back=back + 7 * WEEKS_COMPARED)[watch.pk]
    zone = timezone.get_current_timezone()
    starts = [datetime(one.day.year, one.day.month, one.day.day, tzinfo=zone) for one in counted[-back:]]
    return rules.spans([one.posts for one in counted], starts, every=7, most=WEEKS_COMPARED)


def hours_beside(
    viewer: Viewer, watches: Iterable[Watch], *, back: int, in_public: bool = False
) -> dict[int, list[Span]]:
    """For each watch the hours of the clock (of UTC) up to the one that runs, oldest first, each beside the same hour of
    the fourteen days before it. Counts what the viewer may see; `in_public`: what everybody on the web may see, for a
    screen that others walk past. One statement (three with `in_public`)."""
    wanted = [watch.pk for watch in watches]
    hours = back + 24 * DAYS_COMPARED
    start_ms = clock.now_ms() // HOUR_MS * HOUR_MS - (hours - 1) * HOUR_MS
    counted: dict[int, list[int]] = {pk: [0] * hours for pk in wanted}
    if wanted and rules.can_see_watches(viewer):
        first = ids.first_of(start_ms)
        hour = ExpressionWrapper(
            (F("mentions__post_id") - first) / ids.first_of(HOUR_MS), output_field=BigIntegerField()
        )
        seen_by = access.anonymous() if in_public else viewer
        rows = conversations.visible_to(seen_by).filter(
            mentions__watch__in=wanted,
            mentions__post_id__gte=first,
            mentions__post_id__lt=first + ids.first_of(hours * HOUR_MS),
        )
        counts = rows.order_by().values("mentions__watch", hour=hour).annotate(posts=Count("pk"))
        for row in counts:
            counted[row["mentions__watch"]][int(row["hour"])] = row["posts"]
    first_shown = start_ms + (hours - back) * HOUR_MS
    starts = [datetime.fromtimestamp((first_shown + at * HOUR_MS) / 1000, UTC) for at in range(back)]
    return {pk: rules.spans(counted[pk], starts, every=24, most=DAYS_COMPARED) for pk in wanted}


def minutes(
    viewer: Viewer, watch: Watch, *, back: int, together: int, in_public: bool = False
) -> list[tuple[datetime, int]]:
    """How much a watch caught in the minutes up to each of the last ones, so many `together`: a curve that bends as soon as
    something begins. Oldest first, with where each minute begins; the last one is running. Counts what the viewer may see,
    or what everybody may see (`in_public`). One statement (or three)."""
    minute_ms, all_minutes = 60_000, back + together - 1
    start_ms = clock.now_ms() // minute_ms * minute_ms - (all_minutes - 1) * minute_ms
    counted = [0] * all_minutes
    if rules.can_see_watches(viewer):
        rows = conversations.visible_to(access.anonymous() if in_public else viewer).filter(
            mentions__watch=watch, mentions__post_id__gte=ids.first_of(start_ms)
        )
        for pk in rows.order_by().values_list("mentions__post_id", flat=True):
            counted[min((ids.ms_of(pk) - start_ms) // minute_ms, all_minutes - 1)] += 1
    return [
        (
            datetime.fromtimestamp((start_ms + at * minute_ms) / 1000, UTC),
            sum(counted[at - together + 1 : at + 1]),
        )
        for at in range(together - 1, all_minutes)
    ]


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
