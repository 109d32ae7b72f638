"""How much watches caught: by the day, the hour and the minute."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F
from django.utils import timezone

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.listening import rules
from colonnade.listening.models import Watch
from colonnade.listening.types import Day, Span
from colonnade.primitives import clock, ids

HOUR_MS = 3_600_000
DAYS_COMPARED, WEEKS_COMPARED = 14, 8


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
