"""Compare: one watch by moods, networks or languages, or up to five watches beside each other, with their share of voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
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
from colonnade.web.ranks import Rank, Ranks
from colonnade.web.series import SeriesChart
from colonnade.web.taking.plate import Plate, caught_by
from colonnade.web.taking.take import Take

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
    those that are said most."""
    viewer, known = looking(request).viewer, _known(request)
    asked = _asked(request, known)
    if not asked.watches:
        asked = replace(asked, watches=_most_said(viewer, known, asked))
    chosen = {one.pk for one in asked.watches}
    known = sorted(
        known, key=lambda one: one.pk not in chosen
    )  # what is chosen stands first, however many there are
    context: dict[str, Any] = {"known": known, "asked": asked, "chosen": chosen}
    if asked.watches:
        found = insight.compared(viewer, asked.watches, since=asked.since, before=asked.before)
        context |= {
            "chart": _chart(viewer, asked),
            "lines": _lines(asked, found),
            "coverage": _coverage(list(found.values())),
            "ways": _ways(asked),
            "share_take": Take("share", query=asked.query()) if len(asked.watches) > 1 else None,
        }
    if len(asked.watches) == 1:
        context["tops"] = insight.tops(viewer, asked.watches[0])
    return page(request, "listen/compare.html", context)


def _most_said(viewer: Viewer, known: Sequence[Watch], asked: Asked) -> list[Watch]:
    totals = insight.totals(viewer, known, since=asked.since, before=asked.before)
    return sorted(known, key=lambda one: -sum(posts for posts, _ in totals[one.pk].values()))[:MOST]


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
    take = Take("compare", query=asked.query())
    if one is not None:
        return replace(split_up(one, counted[one.pk], asked.by, asked.split), take=take)
    return replace(side_by_side(asked.watches, counted, asked.by), take=take)


def split_of(viewer: Viewer, watch: Watch, by: str, split: str) -> dict[str, Any]:
    """One watch split up, small, with the other ways to split it, for a part of its own page."""
    asked = Asked([watch], "hour" if by == "hour" else "day", split if split in SPLITS else "mood")
    ways = [(way, words, query) for way, (words, query, _) in zip(SPLITS, _ways(asked)["split"], strict=True)]
    return {"chart": _chart(viewer, asked), "by": asked.by, "split": asked.split, "ways": ways}


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


# --- to be taken out --------------------------------------------------------------------------------------------------


def plate(request: HttpRequest) -> Plate | None:
    """The chart of the same address; None without a watch."""
    asked = _asked(request, _known(request))
    if not asked.watches:
        return None
    chart = _chart(looking(request).viewer, asked)
    return Plate(chart, _names(asked), _source(asked), _page(asked))


def share_plate(request: HttpRequest) -> Plate | None:
    """Share of voice of the same watches; None for fewer than two."""
    asked = _asked(request, _known(request))
    if len(asked.watches) < 2:
        return None
    found = insight.compared(looking(request).viewer, asked.watches, since=asked.since, before=asked.before)
    ranks = [_rank(line) for line in _lines(asked, found)]
    chart = Ranks(
        title=gettext("Share of voice"),
        says=gettext("Share = posts of one ÷ posts of all compared, copies left out."),
        ranks=sorted(ranks, key=lambda one: -one.value),
        counts=gettext("Posts"),
        nothing=gettext("Nothing was said in this time."),
    )
    return Plate(chart, _names(asked), _source(asked), _page(asked), since=asked.since, before=clock.now())


def _rank(line: Line) -> Rank:
    words = gettext("%(share)d %% (%(n)d)") % {"share": line.share or 0, "n": line.it.told}
    return Rank(line.watch.name, line.it.told, words, line.look)


def _names(asked: Asked) -> str:
    return ", ".join(one.name for one in asked.watches)


def _source(asked: Asked) -> str:
    if len(asked.watches) == 1:
        return caught_by(asked.watches[0].name)
    return gettext("Source: posts that %(n)d watches caught") % {"n": len(asked.watches)}


def _page(asked: Asked) -> str:
    return f"{reverse('compare')}?{asked.query()}"
