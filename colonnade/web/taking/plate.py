"""What is told beside a picture that leaves the house: of what it is, where its numbers come from, of which time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext

from colonnade.primitives import clock
from colonnade.web.drawing import Chart, Mark
from colonnade.web.house import house
from colonnade.web.ranks import Ranks
from colonnade.web.series import SeriesChart

A_DAY = timedelta(hours=23)


@dataclass(frozen=True, slots=True)
class Plate:
    """A chart to be taken out: `of` is what it is about, `source` where its numbers come from, in a sentence; `page` the path
    on which it stands; `to_come` says that it tells of what has not been yet. `since` and `before` are said where its marks
    do not say it."""

    chart: Chart | SeriesChart | Ranks
    of: str
    source: str
    page: str
    to_come: bool = False
    since: datetime | None = None
    before: datetime | None = None

    @property
    def marks(self) -> list[Mark]:
        """What stands at its axis."""
        match self.chart:
            case Chart():
                return list(self.chart.marks)
            case SeriesChart():
                return list(self.chart.places)
            case _:
                return []

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be drawn."""
        return self.chart.stands == "empty" if isinstance(self.chart, Chart) else self.chart.is_empty

    @property
    def when(self) -> str:
        """Of which time it tells and when that was counted, in the language and zone that are in force."""
        now, zone = clock.now(), timezone.get_current_timezone_name()
        counted = gettext("as of %(now)s") % {"now": _moment(now)}
        period = self._period(now)
        told = gettext("%(period)s (%(zone)s), %(counted)s") if period else gettext("%(counted)s (%(zone)s)")
        return told % {"period": period, "zone": zone, "counted": counted}

    def _period(self, now: datetime) -> str:
        starts = [mark.start for mark in self.marks if mark.start is not None]
        if len(starts) > 1:
            step = starts[-1] - starts[-2]
            ends = starts[-1] + step
            by_day = step >= A_DAY
            return _from_to(
                starts[0], starts[-1] if by_day else ends if self.to_come else min(ends, now), by_day
            )
        if self.since is not None and self.before is not None:
            return _from_to(self.since, self.before, False)
        return ""

    @property
    def name(self) -> str:
        """The name of its file, without an ending."""
        here = clock.now().astimezone(timezone.get_current_timezone())
        words = slugify(f"{self.of} {self.chart.title}")[:60].strip("-") or "chart"
        return f"{words}-{here:%Y-%m-%d}"

    @property
    def address(self) -> str:
        """Where it stands, whole."""
        return f"{settings.COLONNADE_PUBLIC_URL.rstrip('/')}{self.page}"


def _from_to(since: datetime, until: datetime, by_day: bool) -> str:
    say = _day if by_day else _moment
    return gettext("%(since)s to %(before)s") % {"since": say(since), "before": say(until)}


def _moment(moment: datetime) -> str:
    return date_format(moment.astimezone(timezone.get_current_timezone()), "j M Y H:i")


def _day(moment: datetime) -> str:
    return date_format(moment.astimezone(timezone.get_current_timezone()), "j M Y")


def caught_by(name: str) -> str:
    """The source of what one watch caught."""
    return gettext("Source: posts that the watch “%(name)s” caught") % {"name": name}


def whose() -> str:
    """Whose picture it is."""
    return house().name or "Colonnade"
