"""What comes next, always beside how well the same method did on the past; and what it would take to answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from colonnade.inbox import queries as inbox
from colonnade.insight import queries
from colonnade.insight.forecast import Backtest, Forecast, Hour, Point, Unusable, staff_needed, what_if
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.web.drawing import Chart, Mark
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found, page
from colonnade.web.taking.plate import Plate, caught_by
from colonnade.web.taking.take import Take

MOST_STAFF, MOST_MINUTES = 50, 240
STAFF, MINUTES, ANSWERED_IN = 2, 12, 60
NOTHING = 0.05
"""Fewer cases than this are shown as none."""
STEPS = {
    "capacity": _("what the staff can answer in the hour"),
    "waiting": _("waiting at its end"),
    "ahead": _("ahead of a case that comes in its middle"),
    "queue_wait": _("until they are answered"),
    "load": _("people who are busy all the time"),
    "chance_wait": _("waiting by chance"),
    "answer": _("waiting and answering together"),
}
UNITS = {"cases": _("cases"), "minutes": _("minutes"), "people busy": _("people")}


@require_safe
@staff_only
def watch_forecast(request: HttpRequest, pk: int) -> HttpResponse:
    """The next 24 hours of a watch, as a part of its page and as a page of its own."""
    viewer = looking(request).viewer
    watch = listening.watch_for(viewer, pk)
    if watch is None:
        return not_found(request)
    context: dict[str, Any] = {"watch": watch}
    try:
        told = queries.mentions_to_come(viewer, watch)
        context |= {"chart": _of_watch(watch, told), "worth": _worth(told.backtest)}
    except Unusable as why:
        context["unusable"] = str(why)
    template = "forecasts/next.html" if request.headers.get("HX-Request") else "forecasts/page.html"
    return page(request, template, context)


def watch_plate(request: HttpRequest, pk: int) -> Plate | None:
    """What is to be expected of a watch, to be taken out; None too where nothing can be foretold."""
    viewer = looking(request).viewer
    watch = listening.watch_for(viewer, pk)
    if watch is None:
        return None
    try:
        chart = _of_watch(watch, queries.mentions_to_come(viewer, watch))
    except Unusable:
        return None
    page = reverse("watch_forecast", args=[pk])
    return Plate(chart, watch.name, _foretold(caught_by(watch.name)), page, to_come=True)


def cases_plate(request: HttpRequest) -> Plate | None:
    """How many cases are to be expected, to be taken out."""
    try:
        chart = _of_cases(queries.cases_to_come(looking(request).viewer))
    except Unusable:
        return None
    source = _foretold(gettext("Source: cases that were opened"))
    return Plate(chart, gettext("Cases"), source, reverse("what_if"), to_come=True)


def _foretold(source: str) -> str:
    return gettext("%(source)s; a forecast, no count") % {"source": source}


def _of_watch(watch: Watch, told: Forecast) -> Chart:
    chart = _chart(f"next-{watch.pk}", told, gettext("Mentions"))
    return replace(chart, take=Take("forecast", watch.pk))


def _of_cases(told: Forecast) -> Chart:
    return replace(_chart("cases", told, gettext("Cases")), take=Take("cases"))


def _chart(key: str, told: Forecast, counts: str, *, level: int = 2) -> Chart:
    total = round(sum(point.value for point in told.points))
    says = gettext("About %(n)d in the next %(hours)d hours; the band holds four of five hours.")
    return Chart(
        key=key,
        title=gettext("The next 24 hours"),
        says=says % {"n": total, "hours": len(told.points)},
        marks=[_mark(at, point) for at, point in enumerate(told.points)],
        kind="line",
        counts=counts,
        nothing=gettext("Hardly anything is to be expected: 0 to %(n)d an hour.")
        % {"n": round(max((point.high for point in told.points), default=0))},
        level=level,
    )


def _mark(at: int, point: Point) -> Mark:
    here = _at(point)
    tick = date_format(here, "H:i") if here.hour % 6 == 0 else ""
    return Mark(
        date_format(here, "D H:i"),
        round(point.value),
        point.low,
        point.high,
        tick=tick,
        minor=bool(here.hour % 12),
        start=here,
    )


def _at(point: Point) -> datetime:
    moment = datetime.fromisoformat(point.at)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(timezone.get_current_timezone())


def _worth(backtest: Backtest) -> dict[str, Any]:
    """How the same method did, looked at from moments of the past."""
    return {
        "backtest": backtest,
        "inside": round(100 * backtest.coverage),
        "better": backtest.mase is not None
        and backtest.seasonal_naive is not None
        and backtest.mase < backtest.seasonal_naive,
    }


# --- what if ------------------------------------------------------------------------------------------------------------


@require_safe
@staff_only
def desk_what_if(request: HttpRequest) -> HttpResponse:
    """So many people, so many minutes a case: what waits, and how long an answer takes, hour by hour, with every sum."""
    viewer = looking(request).viewer
    staff = _number(request, "staff", STAFF, MOST_STAFF)
    minutes = _number(request, "minutes", MINUTES, MOST_MINUTES)
    within = max(_number(request, "within", ANSWERED_IN, 24 * 60), minutes + 1)
    context: dict[str, Any] = {"staff": staff, "minutes": minutes, "within": within}
    try:
        told = queries.cases_to_come(viewer)
    except Unusable as why:
        return page(request, "forecasts/what_if.html", context | {"unusable": str(why)})
    cases = inbox.counts(viewer, drills=False)
    waiting = cases.all - cases.waiting
    arrivals = [max(0.0, point.value) for point in told.points]
    hours = what_if(arrivals, minutes=minutes, staff=[staff] * len(arrivals), waiting=waiting)
    needed = staff_needed(arrivals, minutes=minutes, answer_minutes=within)
    shown = _until_nothing(hours)
    context |= {
        "waiting": waiting,
        "at_once": ceil(waiting * minutes / 60),
        "sum": f"{waiting} × {minutes} ÷ 60 = {round(waiting * minutes / 60, 1)}",
        "quiet_from": date_format(_at(told.points[shown]), "D H:i") if shown < len(hours) else "",
        "chart": _of_cases(told),
        "worth": _worth(told.backtest),
        "hours": [
            _hour(point, hour, people) for point, hour, people in zip(told.points, hours, needed, strict=True)
        ][:shown],
        "left": round(hours[-1].waiting),
        "most": max(needed),
        "says": _says(hours, staff),
    }
    return page(request, "forecasts/what_if.html", context)


def _until_nothing(hours: Sequence[Hour]) -> int:
    """How many hours it takes until nothing comes and nothing waits any more, and the one after them."""
    busy = (at for at, hour in enumerate(hours, 1) if max(hour.arrivals, hour.waiting) >= NOTHING)
    return min(max(busy, default=0) + 1, len(hours))


def _number(request: HttpRequest, field: str, usual: int, most: int) -> int:
    said = request.GET.get(field, "")
    return min(max(int(said), 1), most) if said.isascii() and said.isdigit() and len(said) < 6 else usual


def _hour(point: Point, hour: Hour, needed: int) -> dict[str, Any]:
    return {
        "when": date_format(_at(point), "D H:i"),
        "arrivals": round(hour.arrivals, 1),
        "waiting": round(hour.waiting, 1),
        "answer": None if hour.answer_minutes is None else round(hour.answer_minutes),
        "busy": round(100 * hour.busy),
        "needed": needed,
        "steps": [
            {
                "what": STEPS.get(one.what, one.what),
                "sum": one.sum,
                "result": round(one.result, 2),
                "unit": UNITS.get(one.unit, one.unit),
            }
            for one in hour.steps
        ],
    }


def _says(hours: tuple[Hour, ...], staff: int) -> str:
    """The plan in one sentence."""
    longest = max((hour.answer_minutes for hour in hours if hour.answer_minutes is not None), default=None)
    people = ngettext("With %(n)d person", "With %(n)d people", staff) % {"n": staff}
    told = {"people": people, "left": round(hours[-1].waiting)}
    if any(hour.answer_minutes is None for hour in hours) or longest is None:
        return (
            gettext("%(people)s not everybody is answered within these 24 hours: %(left)d wait at the end.")
            % told
        )
    told["minutes"] = round(longest)
    return (
        gettext("%(people)s an answer takes %(minutes)d minutes at most, and %(left)d wait at the end.")
        % told
    )
