"""What a briefing tells: gathered for its reader when it is made, and looked up again for them when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import PostLine
from colonnade.inbox import queries as inbox
from colonnade.inbox.rules import DRILL
from colonnade.inbox.types import CaseLine
from colonnade.insight.models import Alert, Briefing, Edition, Finding
from colonnade.insight.queries.alerts import alerts_for
from colonnade.insight.queries.walls import loudness, moods, told_most
from colonnade.insight.types import Moods, TopPost
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.listening.types import Span, Usual
from colonnade.people.models import Person
from colonnade.publishing import queries as publishing
from colonnade.publishing.types import DraftLine

MOST_WATCHES, MOST_POSTS, MOST_CASES, MOST_ALERTS = 20, 5, 5, 20


@dataclass(frozen=True, slots=True)
class Volume:
    """A watch in a briefing: its `spans` (hours of a day, or days of a week), all `posts` and what is `usual` for as much
    time (None: not known yet), and how they read."""

    watch: int
    name: str
    spans: tuple[Span, ...]
    posts: int
    usual: int | None
    moods: Moods

    @property
    def more(self) -> int | None:
        """By how many hundredths it is more or less than usual."""
        return round((self.posts - self.usual) / self.usual * 100) if self.usual else None


@dataclass(frozen=True, slots=True)
class Told:
    """An edition as its reader may read it at this moment: numbers as they were, words looked up anew."""

    volumes: tuple[Volume, ...]
    alerts: tuple[Alert, ...]
    findings: tuple[Finding, ...]
    posts: tuple[tuple[PostLine, TopPost], ...]
    cases: dict[str, int]
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Wanting:
    """What of an edition still waits: cases, and what goes out."""

    waiting: tuple[CaseLine, ...]
    drafts: tuple[DraftLine, ...]


def briefings_for(person: Person) -> QuerySet[Briefing]:
    """The briefings that somebody reads, and those that they have set up for others."""
    rows = Briefing.objects.filter(Q(reader=person) | Q(made_by=person)).select_related("reader")
    return rows.order_by("name", "pk")


def briefing_for(person: Person, pk: int) -> Briefing | None:
    """One of them."""
    return briefings_for(person).filter(pk=pk).first()


def editions_for(person: Person) -> QuerySet[Edition]:
    """The editions that somebody may read: their own, the newest first."""
    rows = Edition.objects.filter(briefing__reader=person).select_related("briefing__reader")
    return rows.order_by("-before", "-pk")


# --- as it is made ----------------------------------------------------------------------------------------------------


def gathered(
    viewer: Viewer, briefing: Briefing, since: datetime, before: datetime, now: datetime
) -> dict[str, Any]:
    """The body of an edition: numbers and ids of what its reader may see at this moment."""
    watches = _watches(viewer, briefing)
    chosen = [one.pk for one in watches]
    unusual = alerts_for(viewer).filter(
        watch__in=chosen, run=None, raised_at__gte=since, raised_at__lt=before
    )
    written = Finding.objects.filter(
        watch__in=chosen, in_briefings=True, alert__run=None, written_at__gte=since, written_at__lt=before
    )
    top = told_most(viewer, watches, since=since, before=before, limit=MOST_POSTS)
    cases = inbox.counts(viewer, drills=False)
    waiting = inbox.cases_for(viewer, limit=MOST_CASES)
    tonight = _end_of_day(briefing, now)
    return {
        "watches": _volumes(viewer, briefing, watches, since, before),
        "alerts": list(unusual.values_list("pk", flat=True)[:MOST_ALERTS]),
        "findings": list(written.order_by("written_at").values_list("pk", flat=True)[:MOST_ALERTS]),
        "top": [[one.post, one.told, one.answers] for one in top],
        "cases": {"all": cases.all, "ours": cases.all - cases.waiting, "mine": cases.mine},
        "oldest": cases.oldest.timestamp() if cases.oldest else None,
        "waiting": [one.id for one in waiting if one.state != "waiting" and one.why != DRILL],
        "drafts": [one.id for one in publishing.goes_out(viewer, tonight)],
    }


def _watches(viewer: Viewer, briefing: Briefing) -> list[Watch]:
    chosen = set(briefing.watches.values_list("pk", flat=True))
    rows = listening.watches_for(viewer)
    return list((rows.filter(pk__in=chosen) if chosen else rows.filter(state="active"))[:MOST_WATCHES])


def _end_of_day(briefing: Briefing, now: datetime) -> datetime:
    here = now.astimezone(ZoneInfo(briefing.reader.time_zone))
    return here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _volumes(
    viewer: Viewer, briefing: Briefing, watches: Sequence[Watch], since: datetime, before: datetime
) -> list[dict[str, Any]]:
    """Each watch hour by hour, or day by day in a week's briefing, beside what is usual."""
    by = "day" if briefing.every == "week" else "hour"
    loud = loudness(viewer, watches, since=since, before=before, by=by)
    read = moods(viewer, watches, since=since, before=before)
    return [
        {
            "watch": one.pk,
            "spans": [_flat(span) for span in loud[one.pk].spans],
            "usual": loud[one.pk].usual,
            "moods": _counts(read[one.pk]),
        }
        for one in watches
    ]


def _flat(span: Span) -> list[float | None]:
    usual = span.usual
    edges = [usual.middle, usual.low, usual.high] if usual else [None] * 3
    return [span.start.timestamp(), span.posts, *edges, int(span.unusual)]


def _counts(one: Moods) -> list[int]:
    return [one.negative, one.neutral, one.positive, one.unsure, one.unread]


# --- as it is read ----------------------------------------------------------------------------------------------------


def told(viewer: Viewer, edition: Edition) -> Told:
    """An edition as its reader may read it now: what they may no longer see is left out, what was deleted is gone."""
    body = edition.body
    names = dict(
        listening.watches_for(viewer)
        .filter(pk__in=[one["watch"] for one in body["watches"]])
        .values_list("pk", "name")
    )
    lines = {line.id: line for line in conversations.lines(viewer, [post for post, *_ in body["top"]])}
    findings = Finding.objects.filter(pk__in=body["findings"], watch__in=names).select_related("watch", "by")
    return Told(
        volumes=tuple(_volume(one, names[one["watch"]]) for one in body["watches"] if one["watch"] in names),
        alerts=tuple(alerts_for(viewer).filter(pk__in=body["alerts"])),
        findings=tuple(findings.order_by("written_at")),
        posts=tuple((lines[one[0]], TopPost(*one)) for one in body["top"] if one[0] in lines),
        cases=body["cases"],
        oldest=datetime.fromtimestamp(body["oldest"], UTC) if body["oldest"] else None,
    )


def wanting(viewer: Viewer, edition: Edition) -> Wanting:
    """What of an edition still waits, as its reader may see it now."""
    body = edition.body
    waiting = {line.id: line for line in inbox.cases_for(viewer, limit=50)} if body["waiting"] else {}
    drafts = publishing.agenda(viewer, limit=50) if body["drafts"] else []
    return Wanting(
        tuple(waiting[pk] for pk in body["waiting"] if pk in waiting),
        tuple(one for one in drafts if one.id in body["drafts"]),
    )


def _volume(one: dict[str, Any], name: str) -> Volume:
    spans = tuple(_span(*flat) for flat in one["spans"])
    known = [span.usual.middle for span in spans if span.usual]
    usual = round(sum(known)) if spans and len(known) == len(spans) else None
    return Volume(one["watch"], name, spans, sum(span.posts for span in spans), usual, Moods(*one["moods"]))


def _span(
    start: float, posts: int, middle: float | None, low: float | None, high: float | None, unusual: int
) -> Span:
    usual = None
    if middle is not None and low is not None and high is not None:
        usual = Usual(middle, low, high, 0)
    return Span(datetime.fromtimestamp(start, UTC), int(posts), usual, bool(unusual))
