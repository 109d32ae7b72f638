"""The whole house at one glance: what waits and with whom, what is unusual, what people say, what goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.deliveries import queries as deliveries
from colonnade.inbox import queries as inbox
from colonnade.insight import queries as insight
from colonnade.insight.rules import HOUR
from colonnade.insight.types import Arrangement
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.listening.types import Span
from colonnade.places import queries as places
from colonnade.primitives import clock
from colonnade.publishing import queries as publishing
from colonnade.web.charting import by_minutes, hourly
from colonnade.web.drawing import Chart
from colonnade.web.looking import looking
from colonnade.web.views.wall.spans import in_pieces, midnight, since

MOST_WATCHES, MOST_TALK, MOST_OUT, MOST_PEOPLE = 50, 8, 3, 6
HOURS = 24
MINUTES, TOGETHER = 60, 5
TO_CHECK = ("uncertain", "failed")
AILING = ("failing", "sign_in_needed", "gone")


@dataclass(frozen=True, slots=True)
class Going:
    """Something that goes out: when, and to which places that everybody may know of; `later`: not today."""

    at: datetime | None
    places: tuple[str, ...]
    paused: bool
    later: bool


def watched(request: HttpRequest, wall: Arrangement) -> list[Watch]:
    """The watches that a wall shows: those that were chosen for it, else all that listen; with `open_since` of their alerts."""
    rows = insight.with_open_alerts(listening.watches_for(looking(request).viewer)).filter(state="active")
    return list((rows.filter(pk__in=wall.watches) if wall.watches else rows)[:MOST_WATCHES])


def desk(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """How much waits, and with whom."""
    desk = inbox.desk_now(looking(request).viewer, free=MOST_PEOPLE)
    most = max([desk.nobodys, *[one.cases for one in desk.loads], 1])
    people = [*desk.loads, *desk.free][:MOST_PEOPLE]
    return {
        "desk": desk,
        "oldest": since(desk.oldest),
        "nobodys_share": _part(desk.nobodys, most),
        "people": [(one, _part(one.cases, most), since(one.oldest)) for one in people],
        "more_people": len(desk.loads) + desk.free_count - len(people),
    }


def _part(cases: int, most: int) -> int:
    return round(cases / most * 100)


def answers(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """How fast askers got their first answer today, beside what is usual."""
    found = inbox.first_answers(looking(request).viewer, midnight())
    slower = found.today is not None and found.usual is not None and found.today > 2 * found.usual
    return {
        "answers": found,
        "today": in_pieces(found.today),
        "usual": in_pieces(found.usual),
        "slower": slower,
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert that is not over: since when, whether that was before today, and how many posts everybody may read that came
    since."""

    since: datetime
    earlier: bool
    posts: int


def unusual(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """The loudest watch, its last hour as a curve beside what is usual; where its last hour is as usual, its day. As long as its
    alert is open it says since when. Where none is louder than usual, the day of the one of which most is said."""
    viewer = looking(request).viewer
    watches = {one.pk: one for one in watched(request, wall)}
    hours = insight.hours_beside(viewer, watches.values(), back=HOURS, in_public=True)
    loud = {pk: louder(spans) for pk, spans in hours.items()}
    still = {pk: since for pk in hours if (since := open_since(watches[pk], hours[pk]))}
    order = sorted(
        hours, key=lambda pk: (-loud[pk], pk not in still, -sum(one.posts for one in hours[pk]), pk)
    )
    if not order:
        return {"chart": None, "others": []}
    first, spans, since = watches[order[0]], hours[order[0]], still.get(order[0])
    if not (loud[first.pk] or since):
        return {"chart": hourly(first, spans, title=first.name), "is_unusual": False, "others": []}
    told = _minutes_since(viewer, first, since)
    chart = _last_hour(first, spans, told) or hourly(first, spans, title=first.name)
    return {
        "chart": chart,
        "is_unusual": True,
        "standing": since and Standing(since, since < midnight(), sum(n for at, n in told if at >= since)),
        "others": [watches[pk] for pk in order[1:] if loud[pk] or pk in still],
    }


def open_since(watch: Watch, spans: list[Span]) -> datetime | None:
    """Since when the alert of a watch is open, as far as what everybody may read was unusual since."""
    since: datetime | None = getattr(watch, "open_since", None)
    public = since and any(span.unusual and span.start + HOUR > since for span in spans)
    return since if public else None


def _minutes_since(viewer: Viewer, watch: Watch, since: datetime | None) -> list[tuple[datetime, int]]:
    """How much everybody may read of each minute of the last hour, and further back to `since`."""
    back = ceil((clock.now() - since).total_seconds() / 60) + 1 if since else 0
    longest = max(back, MINUTES + TOGETHER - 1)
    return listening.minutes(viewer, watch, back=longest, together=1, in_public=True)


def _last_hour(watch: Watch, spans: list[Span], told: list[tuple[datetime, int]]) -> Chart | None:
    """The last sixty minutes of a watch as a curve; None where no more was said in them than is usual in an hour."""
    usual = max(spans[-2:], key=lambda span: span.posts).usual
    counts = [posts for _, posts in told]
    if sum(counts[-MINUTES:]) <= (usual.high if usual else 0):
        return None
    steps = [
        (told[at][0], sum(counts[at - TOGETHER + 1 : at + 1])) for at in range(len(told) - MINUTES, len(told))
    ]
    return by_minutes(watch, usual, steps, together=TOGETHER, title=watch.name)


def louder(spans: list[Span]) -> int:
    """How much is said in the running hour or the one before it, if that is unusual; else 0."""
    return max((span.posts for span in spans[-2:] if span.unusual), default=0)


def talk(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """The newest public talk about us, by whatever watch it was caught."""
    found = listening.said_in_public(looking(request).viewer, limit=MOST_TALK)
    return {"talk": conversations.lines(access.anonymous(), found)}


def out(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """What goes out in public within a day: when and where, without its words, which are not public yet."""
    lines = publishing.goes_out(looking(request).viewer, clock.now() + timedelta(days=1))
    known = places.places_for(access.anonymous())
    tomorrow = midnight() + timedelta(days=1)
    names = dict(
        known.filter(pk__in={one.place for line in lines for one in line.targets}).values_list("pk", "name")
    )
    going = [
        Going(
            line.goes_at,
            public,
            line.state == "paused",
            bool(line.goes_at and line.goes_at >= tomorrow),
        )
        for line in lines
        if (public := tuple(names[one.place] for one in line.targets if one.place in names))
    ]
    return {"going": going[:MOST_OUT], "more": max(len(going) - MOST_OUT, 0), "braked": publishing.braked()}


def health(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """How our accounts and sources are, and what went out without anybody knowing whether it arrived: counts alone."""
    viewer = looking(request).viewer
    rows = places.elsewhere(viewer).order_by()
    counted = dict(rows.values_list("polling__health").annotate(places=Count("pk")))
    return {
        "read": sum(counted.values()),
        "ailing": sum(counted.get(health, 0) for health in AILING),
        "to_check": len(deliveries.deliveries_for(viewer, states=TO_CHECK)),
    }
