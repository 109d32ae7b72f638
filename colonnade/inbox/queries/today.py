"""Somebody's day: what needs them, what is louder than usual, what was answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.inbox import rules
from colonnade.inbox.models import CaseEntry, CaseLater, EntryKind, WatchQuiet
from colonnade.inbox.queries.desk import OURS, PRESSING, first_of, lines_of, real, seen
from colonnade.inbox.queries.tally import tallies
from colonnade.inbox.types import Answered, Needs, Unusual
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.primitives import clock, ids

HOUR_MS = 3_600_000
POSTS_SHOWN = 3
MOST_LOOKED_AT = 1000
NOBODY = 0  # no id is 0


def needs(viewer: Viewer, *, limit: int = 12) -> Needs:
    """Cases that are the viewer's or nobody's and wait for us, without those that they have put off: the most pressing
    first, then who has waited longest."""
    # Asked like this, SQLite walks the list in its order and stops at the first few; by `owner` it would find all of nobody's
    # cases by an index, and sort them.
    me = viewer.person or NOBODY
    put_off = CaseLater.objects.filter(person=viewer.person, until__gt=clock.now()).values("case")
    rows = seen(viewer).annotate(whose=Coalesce("owner", Value(me)))
    rows = rows.filter(whose=me, solved_at__isnull=True, state__in=OURS)
    cases = first_of(rows.exclude(pk__in=put_off).order_by(*PRESSING), limit + 1)
    count = len(cases) if len(cases) <= limit else _count(viewer, put_off)
    return Needs(tuple(lines_of(viewer, cases[:limit])), count)


def _count(viewer: Viewer, put_off: QuerySet[CaseLater, Any]) -> int:
    whose = {None, viewer.person}
    all_of_them = sum(one.cases for one in tallies(viewer) if one.owner in whose and one.state in OURS)
    mine = Q(owner=viewer.person) | Q(owner=None)
    return all_of_them - seen(viewer).filter(mine, pk__in=put_off, solved_at=None, state__in=OURS).count()


def unusual(viewer: Viewer, *, now: datetime | None = None, also: Collection[int] = ()) -> list[Unusual]:
    """The viewer's watches (their own and those that are nobody's) that caught clearly more in the last hour than is
    usual at this hour, and those of them in `also`, the loudest first; without those that they have called nothing.
    Counts what the viewer may see."""
    now_ms = clock.ms_of(now) if now else clock.now_ms()
    by_hour = _mentions_by_hour(viewer, now_ms)
    louder = [rules.loudness(watch, name, counts) for (watch, name), counts in by_hour.items()]
    found = sorted(
        (one for one in louder if rules.is_unusual(one) or one.watch in also), key=lambda one: -one.count
    )
    newest = _newest(viewer, [one.watch for one in found], now_ms)
    shown = {
        line.id: line
        for line in conversations.lines(viewer, [post for posts in newest.values() for post in posts])
    }
    return [replace(one, posts=tuple(shown[pk] for pk in newest[one.watch] if pk in shown)) for one in found]


def _listens_to(viewer: Viewer) -> QuerySet[Watch]:
    quiet = WatchQuiet.objects.filter(person=viewer.person, until__gt=clock.now()).values("watch")
    mine = Q(owner=viewer.person) | Q(owner=None)
    return listening.watches_for(viewer).filter(mine, state="active").exclude(pk__in=quiet)


def _mentions_by_hour(viewer: Viewer, now_ms: int) -> dict[tuple[int, str], dict[int, int]]:
    """How often each watch of the viewer's was met, by its id and name and by whole hours before now: 0 is the last hour, 24
    the same hour yesterday."""
    end = ids.first_of(now_ms + 1)
    begin = ids.first_of(now_ms - rules.DAYS_COMPARED * 24 * HOUR_MS - HOUR_MS)
    rows = conversations.visible_to(viewer).filter(
        mentions__watch__in=_listens_to(viewer).order_by().values("pk"),
        mentions__drill=False,
        pk__gte=begin,
        pk__lt=end,
    )
    # Whole numbers divide without remainder in both databases; an id carries its moment.
    rows = rows.annotate(back=(end - 1 - F("pk")) / ids.first_of(HOUR_MS), watch=F("mentions__watch"))
    found: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    counts = rows.values_list("watch", "mentions__watch__name", "back").annotate(count=Count("pk"))
    for watch, name, back, count in counts.order_by():
        found[watch, name][back] = count
    return found


def _newest(viewer: Viewer, watches: list[int], now_ms: int) -> dict[int, list[int]]:
    """The newest mentions of each of these watches in the last hour, in one statement however many they are."""
    found: dict[int, list[int]] = {watch: [] for watch in watches}
    if not watches:
        return found
    since = ids.first_of(now_ms - HOUR_MS)
    rows = conversations.visible_to(viewer).filter(
        mentions__watch__in=watches, mentions__drill=False, mentions__post_id__gte=since
    )
    pairs = rows.order_by("-mentions__post_id").values_list("mentions__watch", "pk")
    for watch, post in pairs[:MOST_LOOKED_AT]:
        if len(found[watch]) < POSTS_SHOWN:
            found[watch].append(post)
    return found


def answered_since(viewer: Viewer, since: datetime) -> Answered:
    """Answers given since then in cases that the viewer may see, by whomever, and how long half of those who waited had
    to wait at most. What was taken back counts nothing."""
    rows = CaseEntry.objects.filter(
        kind__in=(EntryKind.REPLIED, EntryKind.TAKEN_BACK), at__gte=since, case__in=real(viewer)
    )
    given: dict[int, list[timedelta | None]] = defaultdict(list)
    for case, kind, at, details in rows.order_by("pk").values_list("case", "kind", "at", "details"):
        if kind == EntryKind.REPLIED:
            given[case].append(_waited(at, str(details.get("waited") or "")))
        elif given[case]:
            given[case].pop()
    all_of_them = [one for case in given.values() for one in case]
    waits = [one.total_seconds() for one in all_of_them if one is not None]
    return Answered(len(all_of_them), timedelta(seconds=median(waits)) if waits else None)


def _waited(at: datetime, since: str) -> timedelta | None:
    return max(at - datetime.fromisoformat(since), timedelta()) if since else None
