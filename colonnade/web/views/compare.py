"""Compare: one watch by moods, networks or languages, or up to five watches beside each other, with their share of voice."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from colonnade.access.types import Viewer
from colonnade.insight import queries as insight
from colonnade.insight import rules
from colonnade.insight.types import Compared
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.primitives import clock, ids
from colonnade.web.comparing import mood_bar, mood_name, side_by_side, split_up
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import page
from colonnade.web.series import SeriesChart, as_file

MOST, MOST_WATCHES = 5, 200
HOURS, DAYS = 48, 30
SPLITS = ("mood", "network", "lang")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared: which watches, by hours or days, and (one watch alone) split by what."""

    watches: Sequence[Watch]
    by: str
    split: str

    @property
    def since(self) -> datetime:
        if self.by == "hour":
            return self.before - timedelta(hours=HOURS)
        zone = timezone.get_current_timezone()
        day = clock.now().astimezone(zone).date() - timedelta(days=DAYS - 1)
        return datetime(day.year, day.month, day.day, tzinfo=zone)

    @property
    def before(self) -> datetime:
        return rules.end_of_hour(clock.now())

    def query(self, **also: str) -> str:
        """The same as fields of an address, some of them otherwise."""
        fields = {"by": self.by, "split": self.split} | also
        return urlencode([*(("w", one.pk) for one in self.watches), *fields.items()])


@dataclass(frozen=True, slots=True)
class Line:
    """A watch in the table: what it caught, its part of all, how that reads in words and as a bar."""

    watch: Watch
    look: str
    it: Compared
    share: int | None
    moods: Sequence[tuple[str, str, int]]
    bar: str


def _asked(request: HttpRequest, known: Sequence[Watch]) -> Asked:
    by_id = {watch.pk: watch for watch in known}
    wanted = dict.fromkeys(ids.parse(one) for one in request.GET.getlist("w"))
    watches = [by_id[pk] for pk in wanted if pk in by_id][:MOST]
    by, split = request.GET.get("by", ""), request.GET.get("split", "")
    return Asked(watches, "hour" if by == "hour" else "day", split if split in SPLITS else "mood")


def _known(request: HttpRequest) -> list[Watch]:
    return list(listening.watches_for(looking(request).viewer)[:MOST_WATCHES])


@require_safe
@staff_only
def compare(request: HttpRequest) -> HttpResponse:
    """Up to five watches, `w` each; `by` hour or day, `split` by mood, network or lang where it is one alone. Without any:
    the list to choose from."""
    viewer, known = looking(request).viewer, _known(request)
    asked = _asked(request, known)
    context: dict[str, Any] = {"known": known, "asked": asked, "chosen": {one.pk for one in asked.watches}}
    if asked.watches:
        found = insight.compared(viewer, asked.watches, since=asked.since, before=asked.before)
        context |= {
            "chart": _chart(viewer, asked),
            "lines": _lines(asked, found),
            "coverage": _coverage(list(found.values())),
            "ways": _ways(asked),
            "file": asked.query(),
        }
    if len(asked.watches) == 1:
        context["tops"] = insight.tops(viewer, asked.watches[0])
    return page(request, "listen/compare.html", context)


def _chart(viewer: Viewer, asked: Asked) -> SeriesChart:
    one = asked.watches[0] if len(asked.watches) == 1 else None
    counted = insight.counts(
        viewer,
        asked.watches,
        since=asked.since,
        before=asked.before,
        by=asked.by,
        split=asked.split if one else "",
    )
    if one is not None:
        return split_up(one, counted[one.pk], asked.by, asked.split)
    return side_by_side(asked.watches, counted, asked.by)


def _lines(asked: Asked, found: dict[int, Compared]) -> list[Line]:
    told = sum(one.told for one in found.values())
    return [
        Line(
            watch,
            f"s{at}",
            one,
            rules.share(one.told, told) if told else None,
            [
                (mood or "unread", mood_name(mood), one.moods[mood])
                for mood in ("negative", "neutral", "positive", "unsure", "")
                if one.moods.get(mood)
            ],
            mood_bar(one.moods),
        )
        for at, watch in enumerate(asked.watches)
        for one in (found[watch.pk],)
    ]


def _coverage(found: Sequence[Compared]) -> str:
    """On how much the numbers stand."""
    networks = len({network for one in found for network in one.networks})
    sources = len(frozenset[int]().union(*(one.places for one in found)))
    posts = sum(one.posts for one in found)
    named = posts - sum(one.langs.get("", 0) for one in found)
    read = posts - sum(one.moods.get(mood, 0) for one in found for mood in ("unsure", ""))
    many = ngettext("%(n)d network", "%(n)d networks", networks) % {"n": networks}
    places = ngettext("%(n)d source", "%(n)d sources", sources) % {"n": sources}
    words = gettext(
        "Covers %(networks)s, %(sources)s. %(lang)d %% of posts have a language, %(mood)d %% a mood that is sure."
    )
    return words % {
        "networks": many,
        "sources": places,
        "lang": rules.share(named, posts),
        "mood": rules.share(read, posts),
    }


def _ways(asked: Asked) -> dict[str, list[tuple[str, str, bool]]]:
    """The other ways to look at the same: (words, query, here)."""
    spans = [("hour", gettext("48 hours")), ("day", gettext("30 days"))]
    splits = [
        ("mood", gettext("By mood")),
        ("network", gettext("By network")),
        ("lang", gettext("By language")),
    ]
    return {
        "by": [(words, asked.query(by=by), by == asked.by) for by, words in spans],
        "split": [(words, asked.query(split=split), split == asked.split) for split, words in splits]
        if len(asked.watches) == 1
        else [],
    }


@require_safe
@staff_only
def as_csv(request: HttpRequest) -> HttpResponse:
    """The figures of the same chart as a table for other programs."""
    asked = _asked(request, _known(request))
    response = _file("text/csv; charset=utf-8", "compare.csv")
    response.write("\ufeff")  # without it spreadsheets take UTF-8 for something else
    rows = csv.writer(response)
    if asked.watches:
        chart = _chart(looking(request).viewer, asked)
        rows.writerow([gettext("When"), *(_cell(one.name) for one in chart.series)])
        for row in chart.rows[::-1]:
            rows.writerow([row.label, *(value for value, _ in row.cells)])
    return response


@require_safe
@staff_only
def as_svg(request: HttpRequest) -> HttpResponse:
    """The same chart as a picture."""
    asked = _asked(request, _known(request))
    response = _file("image/svg+xml", "compare.svg")
    if asked.watches:
        response.write(as_file(_chart(looking(request).viewer, asked)))
    return response


def _file(content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content_type=content_type, headers=headers)


def _cell(value: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
