"""Every read of listening that others use; the viewer comes first. Posts come through `visible_to` alone."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, QuerySet
from django.utils import timezone

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import Said
from colonnade.core import events
from colonnade.listening import rules
from colonnade.listening.events import MentionsFound
from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.language.showing import outline
from colonnade.listening.matcher.matcher import Matcher
from colonnade.listening.models import Mention, Watch
from colonnade.listening.types import Day, Found, Preview, Span
from colonnade.places import queries as places
from colonnade.primitives import clock, ids

LOOKED_AT = 1000
AT_ONCE = 1000
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
    """What a watch for this query would have caught among the newest posts that the viewer may see: compared as new posts
    are, so what we say ourselves is passed over. Raises QueryError."""
    tree = parse(query)
    newest = conversations.newest(viewer, limit=LOOKED_AT) if rules.can_see_watches(viewer) else []
    posts = heard(newest)
    caught = [pk for pk, (_, post) in posts.items() if holds(tree, Reading(post))]
    shown = caught[:SHOWN_OF_THEM]
    return Preview(
        matched=len(caught),
        looked=len(newest),
        posts=tuple(shown),
        why={pk: rules.reasons(tree, posts[pk][1]) for pk in shown},
        outline=tuple(outline(tree)),
    )


# --- for the machine itself ---------------------------------------------------------------------------------------


def heard(posts: Iterable[int]) -> dict[int, tuple[Said, Heard]]:
    """These posts as queries are compared with them, in the given order, without those that are gone and without our own
    words. Three statements."""
    said = conversations.said_of(posts)
    ours = places.our_faces(one.author for one in said)
    others = [one for one in said if not rules.speaks_for_us(one, ours)]
    told = conversations.told_of(one.id for one in others)
    return {one.id: (one, rules.heard(one, told[one.id])) for one in others if one.id in told}


class Standing:
    """The active watches in a matcher, which is kept from one batch to the next: what changed is taken up, the rest stays."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._matcher: Matcher[int] = Matcher()
        self._versions: dict[int, int] = {}

    def caught(self, posts: Mapping[int, Heard]) -> dict[int, list[int]]:
        """By the id of the watch the posts that it catches, in the given order. A watch whose query can no longer be read
        catches nothing."""
        with self._lock:
            self._take_up()
            found: dict[int, list[int]] = {}
            for pk, watches in zip(posts, self._matcher.match(list(posts.values())), strict=True):
                for watch in watches:
                    found.setdefault(watch, []).append(pk)
            return found

    def _take_up(self) -> None:
        active = dict(Watch.objects.filter(state="active").values_list("pk", "version"))
        for gone in self._versions.keys() - active.keys():
            self._matcher.drop(gone)
            del self._versions[gone]
        fresh = [pk for pk, version in active.items() if self._versions.get(pk) != version]
        for at in range(0, len(fresh), AT_ONCE):
            for watch in Watch.objects.filter(pk__in=fresh[at : at + AT_ONCE]):
                self._add(watch)

    def _add(self, watch: Watch) -> None:
        self._versions[watch.pk] = watch.version
        try:
            self._matcher.add(watch.pk, watch.query)
        except QueryError:
            self._matcher.drop(watch.pk)


STANDING = Standing()
