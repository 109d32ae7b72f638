"""How much watches caught, from the roll-ups: counts of what the viewer may see, by hour or by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.core import db
from colonnade.insight import rules
from colonnade.insight.models import Rollup, Total
from colonnade.insight.types import Counts
from colonnade.listening import rules as listening
from colonnade.listening.models import Watch
from colonnade.listening.types import Day, Span
from colonnade.primitives import clock

DAYS_COMPARED, WEEKS_COMPARED = 14, 8
SPLITS = ("mood", "network", "lang")


def counts(
    viewer: Viewer,
    watches: Iterable[Watch],
    *,
    since: datetime,
    before: datetime,
    by: str = "hour",
    split: str = "",
    in_public: bool = False,
) -> dict[int, Counts]:
    """For each watch how many posts it caught, hour by hour or day by day, and how many of them are copies; `split` one of
    SPLITS: for each mood, network or language by itself.

    Counts are those of the scopes that the viewer sees (`in_public`: that everybody on the web sees); blocks and mutes
    are not asked. A day is one in the time of the viewer and holds the hours of UTC that begin in it. One statement
    (three with `in_public`); none for anybody but staff.
    """
    wanted = [watch.pk for watch in watches]
    starts = rules.starts(since, before, by, timezone.get_current_timezone())
    found = {pk: Counts(tuple(starts), {}, {}) for pk in wanted}
    if not wanted or not starts or not listening.can_see_watches(viewer):
        return found
    place = rules.places_of(starts, before)
    for pk, hour, kind, posts, copies in _rows(viewer, wanted, (min(place), max(place)), split, in_public):
        one = found[pk]
        if kind not in one.posts:
            one.posts[kind], one.copies[kind] = [0] * len(starts), [0] * len(starts)
        one.posts[kind][place[hour]] += posts
        one.copies[kind][place[hour]] += copies
    return found


def _rows(
    viewer: Viewer, watches: Sequence[int], hours: tuple[int, int], split: str, in_public: bool
) -> Iterable[tuple[int, int, str, int, int]]:
    """(watch, hour, kind, posts, copies) of what is seen, the hours both included."""
    seen_by = access.anonymous() if in_public else viewer
    if not split:
        return _whole(seen_by, watches, hours)
    rows = Rollup.objects.filter(watch__in=watches, hour__gte=hours[0], hour__lte=hours[1])
    rows = rows.filter(scope__audience__in=seen_by.audiences)
    if seen_by.ceiling is not None:
        rows = rows.filter(scope__place__in=seen_by.ceiling)
    kinds = rows.order_by().values_list("watch", "hour", split)
    return kinds.annotate(Sum("posts"), Sum("copies"))


def _whole(
    seen_by: Viewer, watches: Sequence[int], hours: tuple[int, int]
) -> Iterable[tuple[int, int, str, int, int]]:
    """The same of all kinds together, from the totals. Written out: composed by the ORM it took longer to ask than to answer
    (a month by hour 3.0 -> 1.7 ms), and added up by the database it is a row an hour."""
    asked = [("t.watch_id", list(watches)), ("s.audience_id", sorted(seen_by.audiences))]
    if seen_by.ceiling is not None:
        asked.append(("s.place_id", sorted(seen_by.ceiling)))
    if not all(values for _, values in asked):
        return []
    among, values = zip(*(_among(column, values) for column, values in asked), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.watch_id, t.hour, '', sum(t.posts), sum(t.copies) FROM insight_total t "
            "CROSS JOIN places_scope s WHERE s.id = t.scope_id AND t.hour >= %s AND t.hour <= %s "
            f"AND {' AND '.join(among)} GROUP BY t.watch_id, t.hour",
            [*hours, *(value for some in values for value in some)],
        )
        rows: list[tuple[int, int, str, int, int]] = cursor.fetchall()
    return rows


def _among(column: str, values: list[int]) -> tuple[str, list[Any]]:
    """One of these values, as SQL with its parameters: on PostgreSQL one for all, which costs it and us a sixth less."""
    if db.is_postgres():
        return f"{column} = ANY(%s)", [values]
    return f"{column} IN ({', '.join(['%s'] * len(values))})", values


def totals(
    viewer: Viewer, watches: Iterable[Watch], *, since: datetime, before: datetime, split: str = ""
) -> dict[int, dict[str, tuple[int, int]]]:
    """For each watch (posts, copies) over a whole time, by kind as in `counts`. One statement."""
    wanted = [watch.pk for watch in watches]
    found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    if wanted and listening.can_see_watches(viewer):
        table = Rollup if split else Total
        rows = table._default_manager.filter(
            watch__in=wanted,
            hour__gte=rules.hour_at(since),
            hour__lt=rules.hour_at(before),
            scope__audience__in=viewer.audiences,
        )
        if viewer.ceiling is not None:
            rows = rows.filter(scope__place__in=viewer.ceiling)
        fields = ("watch", split) if split else ("watch",)
        for pk, *kind, posts, copies in (
            rows.order_by().values_list(*fields).annotate(Sum("posts"), Sum("copies"))
        ):
            found[pk][kind[0] if kind else ""] = (posts, copies)
    return {pk: found[pk] for pk in wanted}


def days(viewer: Viewer, watches: Iterable[Watch], *, back: int) -> dict[int, list[Day]]:
    """For each watch the days up to today, oldest first, with how many posts of that day it caught. One statement."""
    today = _midnight()
    counted = counts(
        viewer,
        watches := list(watches),
        since=_days_before(today, back - 1),
        before=_days_before(today, -1),
        by="day",
    )
    return {
        watch.pk: [
            Day(start.date(), posts)
            for start, posts in zip(counted[watch.pk].starts, counted[watch.pk].all, strict=True)
        ]
        for watch in watches
    }


def days_beside(viewer: Viewer, watch: Watch, *, back: int) -> list[Span]:
    """The days of one watch up to today, oldest first, each beside the same weekday of the eight weeks before it; a day
    begins at midnight in the time of the viewer. One statement."""
    today = _midnight()
    since = _days_before(today, back + 7 * WEEKS_COMPARED - 1)
    counted = counts(viewer, [watch], since=since, before=_days_before(today, -1), by="day")[watch.pk]
    return listening.spans(counted.all, counted.starts[-back:], every=7, most=WEEKS_COMPARED)


def hours_beside(
    viewer: Viewer, watches: Iterable[Watch], *, back: int, in_public: bool = False
) -> dict[int, list[Span]]:
    """For each watch the hours of the clock (of UTC) up to the one that runs, oldest first, each beside the same hour of
    the fourteen days before it. Counts what the viewer may see; `in_public`: what everybody on the web may see, for a
    screen that others walk past. One statement (three with `in_public`)."""
    before = rules.end_of_hour(clock.now())
    since = before - timedelta(hours=back + 24 * DAYS_COMPARED)
    counted = counts(viewer, watches, since=since, before=before, in_public=in_public)
    return {
        pk: listening.spans(one.all, one.starts[-back:], every=24, most=DAYS_COMPARED)
        for pk, one in counted.items()
    }


def _midnight() -> datetime:
    now = clock.now().astimezone(timezone.get_current_timezone())
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _days_before(midnight: datetime, days: int) -> datetime:
    """Midnight so many days earlier, by the calendar: a day with a change of the clock is a day as well."""
    day = midnight.date() - timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=midnight.tzinfo)
