"""What is louder than usual."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from colonnade.inbox import queries, rules
from colonnade.inbox.types import Unusual
from colonnade.insight import queries as insight
from colonnade.insight.models import Alert
from colonnade.listening.models import Watch
from colonnade.web.charting import hourly
from colonnade.web.drawing import Chart
from colonnade.web.looking import looking

HOURS = 24
ALERTS_SHOWN_FOR = timedelta(hours=3)
MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Louder:
    """A watch that is louder than usual, and its last hours beside what is usual in each of them."""

    one: Unusual
    chart: Chart
    alert: Alert | None = None
    words: tuple[str, ...] = ()


def unusual(request: HttpRequest) -> dict[str, Any]:
    viewer = looking(request).viewer
    alerts = insight.alerts_now(viewer, within=ALERTS_SHOWN_FOR)
    found = queries.unusual(viewer, also=alerts.keys())
    if not found:
        return {"louder": []}
    # What is drawn of a watch is its number and its name, which are known here.
    watches = {one.watch: Watch(pk=one.watch, name=one.name) for one in found}
    hours = insight.hours_beside(viewer, watches.values(), back=HOURS)
    charts = {pk: hourly(watch, hours[pk], level=3) for pk, watch in watches.items()}
    shown = [alerts[one.watch] for one in found if one.watch in alerts]
    differs = insight.different_in(viewer, shown)
    words = {
        alert.watch_id: [it.what for it in differs[alert.pk] if it.kind in ("word", "tag")] for alert in shown
    }
    return {
        "louder": [
            _louder(one, charts[one.watch], alerts.get(one.watch), words.get(one.watch, []))
            for one in found
            if one.watch in charts
        ]
    }


def _louder(one: Unusual, chart: Chart, alert: Alert | None, words: list[str]) -> Louder:
    """An alert says what it is about; before a watch is known for two days, the last hour beside the days before is all."""
    if alert is None:
        return Louder(one, replace(chart, title=_title(one), says=_in_words(one)))
    title = _title(one) if rules.is_unusual(one) else insight.headline(alert, [])
    says = f"{insight.usual_of(alert)}."
    return Louder(one, replace(chart, title=title, says=says), alert, tuple(words[:MOST_WORDS]))


def _title(one: Unusual) -> str:
    if one.usual:
        times = {"name": one.name, "times": round(one.count / one.usual)}
        return gettext("“%(name)s” is %(times)d times its usual") % times
    words = gettext("“%(name)s”: %(count)d in an hour that is usually silent")
    return words % {"name": one.name, "count": one.count}


def _in_words(one: Unusual) -> str:
    words = ngettext(
        "%(count)d in the last hour; %(usual)s is usual, as far as %(days)d day can tell.",
        "%(count)d in the last hour; %(usual)s is usual at this hour, the median of %(days)d days.",
        one.days,
    )
    return words % {"count": one.count, "usual": f"{one.usual:g}", "days": one.days}
