"""What hangs on a wall, and what else is told of watches at one glance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Post
from colonnade.inbox import queries as inbox
from colonnade.insight import rules
from colonnade.insight.models import Wall
from colonnade.insight.queries.rollups import counts
from colonnade.insight.types import Arrangement, Clocks, Counts, Heard, Loudness, Moods, TopPost, Voice
from colonnade.listening import rules as listening
from colonnade.listening.models import Watch
from colonnade.primitives import clock, ids

MOST_LOOKED_AT = 400
DAYS_COMPARED, WEEKS_COMPARED = 14, 8
AGES = (15, 60, 240)


def walls_for(viewer: Viewer) -> QuerySet[Wall]:
    """The walls that were arranged, by name; they are everybody's who is of staff."""
    return Wall.objects.all() if viewer.is_staff else Wall.objects.none()


def wall_for(viewer: Viewer, pk: int) -> Wall | None:
    """One wall, for staff."""
    return walls_for(viewer).filter(pk=pk).first()


def arrangement(viewer: Viewer, pk: int | None) -> Arrangement | None:
    """What hangs at an address: a wall that was arranged, or (None) everything there is; None where there is none such."""
    if pk is None:
        return Arrangement(None, "", rules.PANELS, frozenset(), rules.USUAL_SECONDS, "")
    row = wall_for(viewer, pk)
    if row is None:
        return None
    panels = tuple(one for one in rules.PANELS if one in row.panels)
    return Arrangement(
        row.pk,
        row.name,
        panels or rules.PANELS,
        frozenset(row.watches.values_list("pk", flat=True)),
        row.seconds,
        row.look,
    )


# --- what is said ----------------------------------------------------------------------------------------------------
# For whoever `seen_by` is: a reader, or everybody where a screen hangs in a room. Only staff ask, since watches are theirs.


def _caught(
    seen_by: Viewer, watches: Iterable[Watch], since: datetime, before: datetime | None = None
) -> QuerySet[Post]:
    asked: dict[str, object] = {
        "mentions__drill": False,
        "mentions__watch__in": [one.pk for one in watches],
        "mentions__post_id__gte": ids.first_of(clock.ms_of(since)),
    }
    if before is not None:
        asked["mentions__post_id__lt"] = ids.first_of(clock.ms_of(before))
    return conversations.visible_to(seen_by).filter(**asked).order_by()


def loudness(
    viewer: Viewer,
    watches: Iterable[Watch],
    *,
    since: datetime,
    before: datetime,
    by: str = "hour",
    in_public: bool = False,
) -> dict[int, Loudness]:
    """How much each watch caught, hour by hour beside fourteen days or day by day beside eight weeks, and all of it beside
    what is usual for as much time. One statement (three with `in_public`)."""
    watches = list(watches)
    compared = timedelta(days=DAYS_COMPARED) if by == "hour" else timedelta(weeks=WEEKS_COMPARED)
    every, most = (24, DAYS_COMPARED) if by == "hour" else (7, WEEKS_COMPARED)
    counted = counts(viewer, watches, since=since - compared, before=before, by=by, in_public=in_public)
    return {pk: _loudness(one, since, every, most) for pk, one in counted.items()}


def _loudness(counted: Counts, since: datetime, every: int, most: int) -> Loudness:
    starts = [start for start in counted.starts if start >= since]
    spans = listening.spans(counted.all, starts, every=every, most=most)
    posts = sum(span.posts for span in spans)
    return Loudness(tuple(spans), posts, rules.usual_total(counted.all, len(spans)))


def moods(
    seen_by: Viewer, watches: Iterable[Watch], *, since: datetime, before: datetime | None = None
) -> dict[int, Moods]:
    """How what each watch caught in a time reads, by watch: counts of each mood, and of what nobody has read."""
    watches = list(watches)
    rows = _caught(seen_by, watches, since, before)
    found = {one.pk: Moods() for one in watches}
    for row in rows.values("mentions__watch", "mentions__mood").annotate(posts=Count("pk")):
        found[row["mentions__watch"]] = found[row["mentions__watch"]].plus(
            row["mentions__mood"], row["posts"]
        )
    return found


def voices(
    seen_by: Viewer, watches: Iterable[Watch], *, since: datetime, before: datetime | None = None
) -> list[Voice]:
    """Which part each watch has in what all of them caught in a time, most first. Copies of what was said before do not
    count, nor what we say ourselves (which no watch catches)."""
    watches = list(watches)
    rows = _caught(seen_by, watches, since, before).filter(mentions__is_copy=False)
    counted = dict(rows.values_list("mentions__watch").annotate(posts=Count("pk")))
    total = sum(counted.values())
    found = [
        Voice(one.pk, one.name, counted.get(one.pk, 0), rules.share(counted.get(one.pk, 0), total))
        for one in watches
    ]
    return sorted(found, key=lambda one: (-one.posts, one.name, one.watch))


def where_heard(seen_by: Viewer, watches: Iterable[Watch], *, since: datetime, limit: int) -> list[Heard]:
    """The places in which something was caught since, most first; places past `limit` together as one without a name."""
    rows = _caught(seen_by, watches, since)
    told = rows.values("place", "place__name", "place__kind").annotate(posts=Count("pk", distinct=True))
    found = sorted(told, key=lambda row: (-row["posts"], row["place__name"], row["place"]))
    shown = [
        Heard(row["place"], row["place__name"], row["place__kind"], row["posts"]) for row in found[:limit]
    ]
    rest = found[limit:]
    if rest:
        shown.append(Heard(0, "", "", sum(row["posts"] for row in rest), of=len(rest)))
    return shown


def told_most(
    seen_by: Viewer,
    watches: Iterable[Watch],
    *,
    since: datetime,
    before: datetime | None = None,
    limit: int,
) -> list[TopPost]:
    """What was told most often in a time, then what got most answers: each story once, by its first telling there. Only
    answers that `seen_by` may read count, so that no order tells of others."""
    rows = _caught(seen_by, watches, since, before).order_by("-mentions__post_id")
    told = dict(rows.values_list("pk", "telling__story")[:MOST_LOOKED_AT])
    answered = conversations.visible_to(seen_by).filter(reply_to__in=list(told)).order_by()
    answers = dict(answered.values_list("reply_to").annotate(answers=Count("pk")))
    stories: dict[tuple[str, int], TopPost] = {}
    for pk, story in told.items():
        key = ("story", story) if story else ("post", pk)
        known = stories.get(key, TopPost(pk, 0, 0))
        stories[key] = TopPost(pk, known.told + 1, known.answers + answers.get(pk, 0))
    return sorted(stories.values(), key=lambda one: (-one.told, -one.answers, -one.post))[:limit]


# --- what waits ------------------------------------------------------------------------------------------------------


def clocks(viewer: Viewer) -> Clocks:
    """How long the viewer's waiting cases have waited, as counts by age, and when the next of them is due."""
    now = clock.now()
    edges = [now - timedelta(minutes=one) for one in AGES]
    rows = inbox.real(viewer).filter(solved_at__isnull=True, state__in=("open", "assigned"))
    rows = rows.order_by().annotate(waits=Coalesce("waiting_since", "opened_at"))
    found = rows.aggregate(
        new=Count("pk", filter=Q(waits__gt=edges[0])),
        hour=Count("pk", filter=Q(waits__lte=edges[0], waits__gt=edges[1])),
        hours=Count("pk", filter=Q(waits__lte=edges[1], waits__gt=edges[2])),
        long=Count("pk", filter=Q(waits__lte=edges[2])),
        due=Min("due_at", filter=Q(due_at__gte=now)),
        oldest=Min(F("waits")),
    )
    return Clocks((found["new"], found["hour"], found["hours"], found["long"]), found["due"], found["oldest"])
