"""Charts of several watches beside each other, or of one watch by its kinds; each mark leads to the posts behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language_info, gettext, ngettext

from colonnade.insight.types import Counts
from colonnade.listening.models import Watch
from colonnade.listening.types import Narrowing
from colonnade.web.drawing import Mark
from colonnade.web.series import Series, SeriesChart

LOOKS = ("s0", "s1", "s2", "s3", "s4")
MOODS = ("negative", "unsure", "neutral", "positive", "")
MOST_KINDS = 5
HOUR = "%Y-%m-%dT%H"


def side_by_side(watches: Sequence[Watch], counted: dict[int, Counts], by: str) -> SeriesChart:
    """A line for each watch."""
    starts = counted[watches[0].pk].starts
    series = [
        Series(watch.name, look, counted[watch.pk].all, [_link(watch, start, by, {}) for start in starts])
        for watch, look in zip(watches, LOOKS, strict=False)
    ]
    return SeriesChart(
        key="beside",
        title=gettext("Beside each other"),
        says=_says(series, len(starts), by),
        places=places(starts, by),
        series=series,
        kind="lines",
        nothing=gettext("Nothing was said in this time."),
    )


def split_up(watch: Watch, counts: Counts, by: str, split: str, *, level: int = 2) -> SeriesChart:
    """The posts of one watch, stacked by mood, network or language; the kinds of which there are few stand together."""
    kinds = _kinds(counts, split)
    series = [
        Series(
            name,
            look,
            [sum(counts.posts[kind][at] for kind in members) for at in range(len(counts.starts))],
            [
                _link(watch, start, by, {split: members[0] or "none"} if len(members) == 1 else {})
                for start in counts.starts
            ],
        )
        for name, look, members in kinds
    ]
    titles = {
        "mood": gettext("How it is said"),
        "network": gettext("Where it is said"),
        "lang": gettext("In which language"),
    }
    return SeriesChart(
        key=f"split-{watch.pk}",
        title=titles[split],
        says=_says(series, len(counts.starts), by),
        places=places(counts.starts, by),
        series=series,
        kind="stack",
        nothing=gettext("Nothing was said in this time."),
        level=level,
    )


def _kinds(counts: Counts, split: str) -> list[tuple[str, str, list[str]]]:
    """(name, look, members) of each row: moods in their order; of networks and languages the most frequent."""
    if split == "mood":
        there = [mood for mood in MOODS if mood in counts.posts]
        return [(mood_name(mood), mood or "unread", [mood]) for mood in there]
    order = sorted(counts.posts, key=lambda kind: (-sum(counts.posts[kind]), kind))
    rows = (
        [[kind] for kind in order]
        if len(order) <= MOST_KINDS
        else [[kind] for kind in order[: MOST_KINDS - 1]]
    )
    rest = order[len(rows) :]
    name = network_name if split == "network" else language_name
    found = [(name(row[0]), look, row) for row, look in zip(rows, LOOKS, strict=False)]
    return [*found, (gettext("others"), LOOKS[-1], rest)] if rest else found


def mood_name(mood: str) -> str:
    """A mood in words."""
    return {
        "negative": gettext("negative"),
        "neutral": gettext("neutral"),
        "positive": gettext("positive"),
        "unsure": gettext("unsure"),
    }.get(mood, gettext("not read"))


def network_name(network: str) -> str:
    """A network in words."""
    return gettext("here") if network == "here" else network.capitalize()


def language_name(lang: str) -> str:
    """A language in words of the reader's own."""
    if not lang:
        return gettext("not known")
    try:
        return str(get_language_info(lang)["name_translated"])
    except KeyError:
        return lang


def places(starts: Sequence[datetime], by: str) -> list[Mark]:
    """What stands at the axis."""
    return [
        _hour(start) if by == "hour" else _day(start, len(starts) - at - 1) for at, start in enumerate(starts)
    ]


def _hour(start: datetime) -> Mark:
    here = start.astimezone(timezone.get_current_timezone())
    tick = ""
    if here.hour % 6 == 0:
        tick = date_format(here, "H:i") if here.hour else date_format(here, "D")
    return Mark(date_format(here, "D H:i"), 0, tick=tick, minor=bool(here.hour % 12), start=start)


def _day(start: datetime, back: int) -> Mark:
    tick = "" if back % 7 else date_format(start, "j M")
    return Mark(date_format(start, "D j M"), 0, tick=tick, minor=bool(back % 14), start=start)


def _link(watch: Watch, start: datetime, by: str, also: dict[str, str]) -> str:
    when = f"{start.astimezone(UTC):{HOUR}}" if by == "hour" else f"{start:%Y-%m-%d}"
    return f"{reverse('watch', args=[watch.pk])}?{urlencode({by: when, 'copies': '1', **also}, safe=':')}"


def _says(series: Sequence[Series], places: int, by: str) -> str:
    total = sum(one.total for one in series)
    if by == "hour":
        words = ngettext("%(n)d mention in %(hours)d hours.", "%(n)d mentions in %(hours)d hours.", total)
        return words % {"n": total, "hours": places}
    words = ngettext("%(n)d mention in %(days)d days.", "%(n)d mentions in %(days)d days.", total)
    return words % {"n": total, "days": places}


def mood_bar(moods: dict[str, int]) -> str:
    """How posts read, as one bar; `words` of it stand beside."""
    total, left, shown = sum(moods.values()), 0.0, []
    for mood in MOODS:
        if part := moods.get(mood, 0):
            wide = round(part * 100 / total, 2)
            shown.append((mood or "unread", round(left, 2), wide))
            left += wide
    shapes = format_html_join("", '<rect class="look-{}" x="{}%" y="0" width="{}%" height="100%"/>', shown)
    return format_html('<svg class="moods" aria-hidden="true" focusable="false">{}</svg>', shapes)


def kinds_in_words(narrowed: Narrowing) -> list[str]:
    """Of which mood, on which network, in which language mentions are asked for, where they are."""
    names = {"mood": mood_name, "network": network_name, "lang": language_name}
    asked = {kind: getattr(narrowed, kind) for kind in names}
    return [names[kind]("" if value == "none" else value) for kind, value in asked.items() if value]
