"""Charts of what watches catch: hours and days beside what is usual, each mark leading to the posts behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from colonnade.insight.rules import hour_at, ids_of_hour
from colonnade.listening.models import Watch
from colonnade.listening.types import Span, Usual
from colonnade.primitives import ids
from colonnade.web.drawing import Chart, Mark

HOUR = "%Y-%m-%dT%H"
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time that somebody looks at: `since` and `before` are ids, `words` say when it was."""

    since: int
    before: int
    words: str
    query: str


def hourly(watch: Watch, spans: Sequence[Span], *, title: str = "", level: int = 2) -> Chart:
    """The hours of a watch as bars, the last of them still running."""
    words = ngettext("%(n)d mention in %(hours)d hours.", "%(n)d mentions in %(hours)d hours.", _all(spans))
    return Chart(
        key=f"hours-{watch.pk}",
        title=title or gettext("Hour by hour"),
        says=_says(words % {"n": _all(spans), "hours": len(spans)}, spans, last=gettext("this hour")),
        marks=[_hour(watch, span) for span in spans],
        counts=gettext("Mentions"),
        open=True,
        nothing=_nothing(date_format(_here(spans[0].start), "DATETIME_FORMAT")),
        level=level,
    )


def daily(watch: Watch, spans: Sequence[Span], *, title: str = "", level: int = 2) -> Chart:
    """The days of a watch as a line."""
    words = ngettext("%(n)d mention in %(days)d days.", "%(n)d mentions in %(days)d days.", _all(spans))
    return Chart(
        key=f"days-{watch.pk}",
        title=title or gettext("Day by day"),
        says=_says(words % {"n": _all(spans), "days": len(spans)}, spans, last=gettext("today")),
        marks=[_day(watch, span, len(spans) - at - 1) for at, span in enumerate(spans)],
        kind="line",
        counts=gettext("Mentions"),
        open=True,
        nothing=_nothing(date_format(spans[0].start, "DATE_FORMAT")),
        level=level,
    )


def by_minutes(
    watch: Watch,
    usual: Usual | None,
    steps: Sequence[tuple[datetime, int]],
    *,
    together: int,
    title: str,
    level: int = 2,
) -> Chart:
    """The last hour of a watch as a line: at each minute what was said in the minutes before it, so many `together`, beside
    what is `usual` in as much of an hour."""
    told = {
        "n": sum(posts for _, posts in steps[::-together]),
        "usual": f"{usual.middle:g}" if usual else "0",
    }
    words = ngettext("Mentions in %(n)d minute", "Mentions in %(n)d minutes", together)
    return Chart(
        key=f"minutes-{watch.pk}",
        title=title,
        says=gettext("%(n)d in the last hour, where %(usual)s is usual.") % told,
        marks=[_minute(watch, start, posts, usual, together / 60) for start, posts in steps],
        kind="line",
        counts=words % {"n": together},
        open=True,
        nothing=gettext("Nothing was said in the last hour."),
        level=level,
    )


def _minute(watch: Watch, start: datetime, posts: int, usual: Usual | None, part: float) -> Mark:
    here = _here(start)
    low, high = (usual.low * part, usual.high * part) if usual else (None, None)
    url = f"{reverse('watch', args=[watch.pk])}?hour={start:{HOUR}}" if posts else ""
    time = date_format(here, "H:i")
    return Mark(
        time,
        posts,
        low,
        high,
        url,
        tick="" if here.minute % 10 else time,
        minor=bool(here.minute % 20),
        start=start,
    )


def _all(spans: Sequence[Span]) -> int:
    return sum(span.posts for span in spans)


def _nothing(since: str) -> str:
    return gettext("Nothing was said since %(when)s.") % {"when": since}


def _says(total: str, spans: Sequence[Span], *, last: str) -> str:
    """The whole in a sentence or two: how much, and what is unusual in it."""
    unusual = sum(span.unusual for span in spans)
    if spans[-1].unusual and spans[-1].usual is not None:
        beside = gettext("%(now)d %(last)s, where %(usual)s is usual.")
        told = {"now": spans[-1].posts, "last": last, "usual": f"{spans[-1].usual.middle:g}"}
        return gettext("%(one)s %(other)s") % {"one": total, "other": beside % told}
    if unusual:
        words = ngettext("%(n)d stands out.", "%(n)d stand out.", unusual) % {"n": unusual}
        return gettext("%(one)s %(other)s") % {"one": total, "other": words}
    return total


def _mark(span: Span, *, label: str, url: str, tick: str, minor: bool) -> Mark:
    low, high = (span.usual.low, span.usual.high) if span.usual else (None, None)
    return Mark(
        label, span.posts, low, high, url if span.posts else "", span.unusual, tick, minor, start=span.start
    )


def _hour(watch: Watch, span: Span) -> Mark:
    here = _here(span.start)
    url = f"{reverse('watch', args=[watch.pk])}?hour={span.start.astimezone(UTC):{HOUR}}"
    tick = ""
    if here.hour % 6 == 0:
        tick = date_format(here, "H:i") if here.hour else date_format(here, "D")
    return _mark(span, label=date_format(here, "D H:i"), url=url, tick=tick, minor=bool(here.hour % 12))


def _day(watch: Watch, span: Span, back: int) -> Mark:
    url = f"{reverse('watch', args=[watch.pk])}?day={span.start:%Y-%m-%d}"
    tick = "" if back % 7 else date_format(span.start, "j M")
    return _mark(span, label=date_format(span.start, "D j M"), url=url, tick=tick, minor=bool(back % 14))


def _here(moment: datetime) -> datetime:
    return moment.astimezone(timezone.get_current_timezone())


# --- the posts behind a mark --------------------------------------------------------------------------------------


def stretch(hour: str, day: str) -> Stretch | None:
    """The hour ("2026-11-22T14", of UTC) or the day ("2026-11-22", in the time of the viewer) that an address names; None
    for what is neither."""
    try:
        if hour:
            return _of_hour(_checked(datetime.strptime(hour, HOUR).replace(tzinfo=UTC)))
        zone = timezone.get_current_timezone()
        return _of_day(_checked(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=zone)))
    except ValueError:
        return None


def _checked(start: datetime) -> datetime:
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise ValueError(start)
    return start


def _of_hour(start: datetime) -> Stretch:
    end = start + timedelta(hours=1)
    words = gettext("%(day)s, %(begin)s to %(end)s") % {
        "day": date_format(_here(start), "DATE_FORMAT"),
        "begin": date_format(_here(start), "H:i"),
        "end": date_format(_here(end), "H:i"),
    }
    return Stretch(_id_at(start), _id_at(end), words, f"hour={start:{HOUR}}")


def _of_day(start: datetime) -> Stretch:
    """A day holds the hours of UTC that begin in it, as it is counted."""
    end = start + timedelta(days=1)
    since, before = (ids_of_hour(hour_at(moment))[0] for moment in (start, end))
    return Stretch(since, before, date_format(start, "DATE_FORMAT"), f"day={start:%Y-%m-%d}")


def _id_at(moment: datetime) -> int:
    return ids.first_of(int(moment.timestamp() * 1000))
