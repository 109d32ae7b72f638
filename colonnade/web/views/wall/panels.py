"""The panels that take turns, each with one thing to say that is read from five metres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from colonnade.access import queries as access
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import PostLine
from colonnade.insight import queries as insight
from colonnade.insight.rules import end_of_hour
from colonnade.insight.rules import share as part_of
from colonnade.insight.types import Arrangement, Heard, Loudness, Moods, TopPost
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.listening.types import Span
from colonnade.primitives import clock
from colonnade.web.bubbles import Bubble, bubbles
from colonnade.web.charting import by_minutes, hourly
from colonnade.web.drawing import Chart, bars
from colonnade.web.looking import looking
from colonnade.web.views.wall.glance import MINUTES, TOGETHER, louder, watched
from colonnade.web.views.wall.spans import Piece, in_pieces, since

HOURS, DAYS, LESSER, MOST_VOICES, MOST_MOODS, MOST_PLACES, MOST_POSTS = 24, 7, 3, 6, 4, 9, 8


@dataclass(frozen=True, slots=True)
class Loud:
    """A watch with how much it caught in a day, and its hours as a small picture."""

    watch: Watch
    told: Loudness
    drawn: str


def volume(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """How much is said beside what is usual: the loudest watch with its hours, the next ones as figures."""
    chosen, before = watched(request, wall), end_of_hour(clock.now())
    found = insight.loudness(
        looking(request).viewer,
        chosen,
        since=before - timedelta(hours=HOURS),
        before=before,
        in_public=True,
    )
    order = sorted(chosen, key=lambda one: (-found[one.pk].posts, one.pk))
    told = [_loud(one, found[one.pk]) for one in order[: 1 + LESSER]]
    if not told:
        return {"first": None}
    first = told[0]
    chart = hourly(first.watch, first.told.spans, title=gettext("Hour by hour"), level=3)
    return {"first": first, "chart": chart, "lesser": told[1:]}


def _loud(watch: Watch, told: Loudness) -> Loud:
    return Loud(watch, told, bars([span.posts for span in told.spans], tall=28, words=watch.name))


@dataclass(frozen=True, slots=True)
class Feeling:
    """How what a watch caught reads: hundredths of each mood, of what was read at all; `before` is the negative part of the
    week before it."""

    watch: Watch
    moods: Moods
    parts: tuple[tuple[str, str, int], ...]
    negative: int
    before: int | None


def mood(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """How what was said in a day reads, watch by watch, beside the week."""
    chosen = watched(request, wall)
    anybody, now = access.anonymous(), clock.now()
    day = insight.moods(anybody, chosen, since=now - timedelta(hours=HOURS))
    week = insight.moods(anybody, chosen, since=now - timedelta(days=DAYS))
    read = [_feeling(one, day[one.pk], week[one.pk]) for one in chosen if day[one.pk].read]
    return {"feelings": sorted(read, key=lambda one: (-one.moods.read, one.watch.pk))[:MOST_MOODS]}


def _feeling(watch: Watch, day: Moods, week: Moods) -> Feeling:
    names = {
        "negative": gettext("negative"),
        "neutral": gettext("neutral"),
        "unsure": gettext("unsure"),
        "positive": gettext("positive"),
    }
    parts = tuple((mood, said, part_of(getattr(day, mood), day.read)) for mood, said in names.items())
    before = part_of(week.negative, week.read) if week.read > day.read else None
    return Feeling(watch, day, parts, part_of(day.negative, day.read), before)


def share(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """Which part each watch has in what all of them caught in a week."""
    voices = insight.voices(access.anonymous(), watched(request, wall), since=_days_ago())
    heard = [one for one in voices if one.posts]
    return {"voices": heard[:MOST_VOICES] if len(heard) > 1 else [], "all": sum(one.posts for one in voices)}


@dataclass(frozen=True, slots=True)
class Told:
    """A post with how often it was told."""

    post: PostLine
    top: TopPost


def posts(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """What was told most often in a day, by what everybody may read."""
    anybody, since = access.anonymous(), clock.now() - timedelta(hours=HOURS)
    top = insight.told_most(anybody, watched(request, wall), since=since, limit=MOST_POSTS)
    lines = {line.id: line for line in conversations.lines(anybody, [one.post for one in top])}
    return {"told": [Told(lines[one.post], one) for one in top if one.post in lines]}


def clocks(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """What waits, for how long, and when the next case is due: counts and times, no word of any case."""
    found = insight.clocks(looking(request).viewer)
    most = max([*found.ages, 1])
    words = (
        gettext("less than 15 min"),
        gettext("up to an hour"),
        gettext("up to 4 hours"),
        gettext("longer"),
    )
    return {
        "waiting": sum(found.ages),
        "oldest": since(found.oldest),
        "due": _until(found.due),
        "due_at": found.due,
        "ages": [
            (name, count, round(count / most * 100), at == 3)
            for at, (name, count) in enumerate(zip(words, found.ages, strict=True))
        ],
    }


def _days_ago() -> datetime:
    return clock.now() - timedelta(days=DAYS)


def _until(moment: datetime | None) -> list[Piece]:
    return in_pieces(None if moment is None else moment - clock.now())


def networks(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """Where it is said: a bubble for each place, as large as what was caught there in a week."""
    heard = insight.where_heard(
        access.anonymous(), watched(request, wall), since=_days_ago(), limit=MOST_PLACES
    )
    drawn = bubbles([Bubble(_called(one), one.posts, one.kind or "rest") for one in heard])
    return {"heard": [(_called(one), one) for one in heard], "drawn": drawn}


def _called(one: Heard) -> str:
    return one.name or gettext("%(n)d others") % {"n": one.of}


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something unusual at this minute; `key` tells one from the next."""

    watch: Watch
    key: str
    posts: int
    usual: str
    chart: Chart


def alerts(request: HttpRequest, wall: Arrangement) -> dict[str, Any]:
    """What is unusual at this minute: it comes before all panels until it is over, or somebody has seen it."""
    viewer = looking(request).viewer
    chosen = watched(request, wall)
    hours = insight.hours_beside(viewer, chosen, back=HOURS, in_public=True)
    loud = sorted((one for one in chosen if louder(hours[one.pk])), key=lambda one: -louder(hours[one.pk]))
    if not loud:
        return {"alarm": None}
    first = loud[0]
    usual = max(hours[first.pk][-2:], key=lambda span: span.posts).usual
    steps = listening.minutes(viewer, first, back=MINUTES, together=TOGETHER, in_public=True)
    chart = by_minutes(
        first, usual, steps, together=TOGETHER, title=gettext("The last hour, minute by minute"), level=3
    )
    key = f"{first.pk}-{_began(hours[first.pk]):%m%dT%H}"
    alarm = Alarm(first, key, louder(hours[first.pk]), f"{usual.middle:g}" if usual else "0", chart)
    return {"alarm": alarm, "others": loud[1:4]}


def _began(spans: Sequence[Span]) -> datetime:
    """The hour in which it became unusual: the first of the last ones in a row."""
    began = spans[-1].start
    for span in reversed(spans):
        if span.unusual:
            began = span.start
        elif span is not spans[-1]:
            break
    return began
