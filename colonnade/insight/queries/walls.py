"""What hangs on a wall. A wall hangs where others walk past, so all of it counts and names only what everybody may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Post
from colonnade.inbox import queries as inbox
from colonnade.insight import rules
from colonnade.insight.models import Wall
from colonnade.insight.types import Arrangement, Clocks, Heard, Moods, TopPost, Voice
from colonnade.listening.models import Watch
from colonnade.primitives import clock, ids

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MOST_LOOKED_AT = 400
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


# --- what is said in public -------------------------------------------------------------------------------------------


def _caught(watches: Iterable[Watch], since_ms: int, before_ms: int | None = None) -> QuerySet[Post]:
    asked: dict[str, object] = {
        "mentions__watch__in": [one.pk for one in watches],
        "mentions__post_id__gte": ids.first_of(since_ms),
    }
    if before_ms is not None:
        asked["mentions__post_id__lt"] = ids.first_of(before_ms)
    return conversations.visible_to(access.anonymous()).filter(**asked).order_by()


def moods_in_public(watches: Iterable[Watch], *, hours: int) -> dict[int, Moods]:
    """How each watch's public posts of the last hours read, by watch: counts of each mood, and of what nobody has read."""
    rows = _caught(watches, clock.now_ms() - hours * HOUR_MS)
    found = {one.pk: Moods() for one in watches}
    for row in rows.values("mentions__watch", "mentions__mood").annotate(posts=Count("pk")):
        found[row["mentions__watch"]] = found[row["mentions__watch"]].plus(
            row["mentions__mood"], row["posts"]
        )
    return found


def voices_in_public(watches: Iterable[Watch], *, days: int) -> list[Voice]:
    """Which part each watch has in what all of them caught in public in these days, most first. Copies of what was said
    before do not count, nor what we say ourselves (which no watch catches)."""
    watches = list(watches)
    rows = _caught(watches, clock.now_ms() - days * DAY_MS).filter(mentions__is_copy=False)
    counted = dict(rows.values_list("mentions__watch").annotate(posts=Count("pk")))
    total = sum(counted.values())
    voices = [
        Voice(one.pk, one.name, counted.get(one.pk, 0), rules.share(counted.get(one.pk, 0), total))
        for one in watches
    ]
    return sorted(voices, key=lambda one: (-one.posts, one.name, one.watch))


def heard_in_public(watches: Iterable[Watch], *, days: int, limit: int) -> list[Heard]:
    """The places in which public posts of these days were caught, most first; places past `limit` together as one
    without a name."""
    rows = _caught(watches, clock.now_ms() - days * DAY_MS)
    counts = rows.values("place", "place__name", "place__kind").annotate(posts=Count("pk", distinct=True))
    found = sorted(counts, key=lambda row: (-row["posts"], row["place__name"], row["place"]))
    shown = [
        Heard(row["place"], row["place__name"], row["place__kind"], row["posts"]) for row in found[:limit]
    ]
    rest = found[limit:]
    if rest:
        shown.append(Heard(0, "", "", sum(row["posts"] for row in rest), of=len(rest)))
    return shown


def top_in_public(watches: Iterable[Watch], *, hours: int, limit: int) -> list[TopPost]:
    """The public posts of the last hours that were told most often, then those with most public answers: each story once,
    by its first telling among them."""
    rows = _caught(watches, clock.now_ms() - hours * HOUR_MS).order_by("-mentions__post_id")
    told = dict(rows.values_list("pk", "telling__story")[:MOST_LOOKED_AT])
    answers = _answered_in_public(told)
    stories: dict[tuple[str, int], TopPost] = {}
    for pk, story in told.items():
        key = ("story", story) if story else ("post", pk)
        known = stories.get(key, TopPost(pk, 0, 0))
        stories[key] = TopPost(pk, known.told + 1, known.answers + answers.get(pk, 0))
    return sorted(stories.values(), key=lambda one: (-one.told, -one.answers, -one.post))[:limit]


def _answered_in_public(posts: Iterable[int]) -> dict[int, int]:
    rows = conversations.visible_to(access.anonymous()).filter(reply_to__in=list(posts)).order_by()
    return dict(rows.values_list("reply_to").annotate(answers=Count("pk")))


# --- what waits ------------------------------------------------------------------------------------------------------


def clocks(viewer: Viewer) -> Clocks:
    """How long the viewer's waiting cases have waited, as counts by age, and when the next of them is due."""
    now = clock.now()
    edges = [now - timedelta(minutes=one) for one in AGES]
    rows = inbox.seen(viewer).filter(solved_at__isnull=True, state__in=("open", "assigned"))
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
