"""The chart of an alert: what its watch caught around it, beside what is usual, each mark leading to its posts."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from colonnade.insight.models import Alert, Finding
from colonnade.insight.pulse import STEP_S, step_of
from colonnade.primitives import clock, ids
from colonnade.web.drawing import Chart, Mark

TOGETHER = (1, 2, 3, 6, 12, 36)
"""How many steps of five minutes one mark may stand for."""
MOST_MARKS, TICK_EVERY = 36, 6
HOUR = timedelta(hours=1)

Usual = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Around:
    """The time around an alert in whole steps: from `first` to before `last`, so many `together` in one mark."""

    first: int
    last: int
    together: int

    @property
    def since(self) -> datetime:
        return _moment(self.first)

    @property
    def before(self) -> datetime:
        return _moment(self.last)

    @property
    def starts(self) -> range:
        return range(self.first, self.last, self.together)


def around(alert: Alert) -> Around:
    """An hour before it began and an hour of it at least, until it was over or is now."""
    began = step_of(clock.ms_of(alert.since))
    ends = step_of(clock.ms_of(alert.over_at or clock.now())) + 1
    hour = 3600 // STEP_S
    first, last = began - hour, max(ends, min(began + hour, step_of(clock.now_ms()) + 1))
    together = next((one for one in TOGETHER if last - first <= one * MOST_MARKS), TOGETHER[-1])
    marks = -(-(last - first) // together)
    return Around(last - marks * together, last, together)


def chart_of(
    alert: Alert, when: Around, posts: Sequence[int], usual: Sequence[Usual], *, level: int = 2
) -> Chart:
    """The curve around an alert; `posts` are the ids of what was caught then, `usual` the bands of its steps."""
    counts = Counter(step_of(ids.ms_of(pk)) for pk in posts)
    marks = [_mark(alert, when, at, start, counts, usual) for at, start in enumerate(when.starts)]
    minutes = when.together * STEP_S // 60
    words = ngettext("Posts in %(n)d minute", "Posts in %(n)d minutes", minutes)
    told = {"n": len(posts), "time": date_format(_here(when.since), "H:i")}
    return Chart(
        key=f"alert-{alert.pk}",
        title=gettext("What was said around it"),
        says=ngettext("%(n)d post since %(time)s.", "%(n)d posts since %(time)s.", len(posts)) % told,
        marks=marks,
        kind="bars",
        counts=words % {"n": minutes},
        open=alert.over_at is None,
        nothing=gettext("Nothing of it may be seen by you."),
        level=level,
    )


def _mark(
    alert: Alert, when: Around, at: int, start: int, counts: Counter[int], usual: Sequence[Usual]
) -> Mark:
    steps = range(start, start + when.together)
    value = sum(counts[step] for step in steps)
    part = usual[at * when.together : (at + 1) * when.together]
    high = sum(one[2] for one in part)
    here = _here(_moment(start))
    time = date_format(here, "H:i")
    began = step_of(clock.ms_of(alert.since))
    loud = bool(part) and start + when.together > began and value > max(high, 2.0)
    return Mark(
        date_format(here, "D H:i"),
        value,
        sum(one[1] for one in part) if part else None,
        high if part else None,
        f"{reverse('alert', args=[alert.pk])}?from={start}&to={start + when.together}" if value else "",
        unusual=loud,
        tick="" if at % TICK_EVERY else time,
        minor=bool(at % (2 * TICK_EVERY)),
        start=here,
    )


def _moment(step: int) -> datetime:
    return clock.moment_of(step * STEP_S * 1000)


def _here(moment: datetime) -> datetime:
    return moment.astimezone(timezone.get_current_timezone())


def noted(chart: Chart, starts: Sequence[datetime], findings: Sequence[Finding]) -> Chart:
    """The same chart with what was found out, each at its mark; `starts` say when each mark begins."""
    marks = list(chart.marks)
    for one in findings:
        at = bisect_right(starts, one.at) - 1
        if 0 <= at < len(marks):
            url = reverse("finding", args=[one.pk])
            marks[at] = replace(marks[at], note=one.sentence, note_url=url)
    return replace(chart, marks=marks)
