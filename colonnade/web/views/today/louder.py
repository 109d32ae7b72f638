"""What is louder than usual."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from colonnade.inbox import queries
from colonnade.inbox.types import Unusual
from colonnade.insight import queries as insight
from colonnade.listening import queries as listening
from colonnade.web.charting import hourly
from colonnade.web.drawing import Chart
from colonnade.web.looking import looking

HOURS = 24


@dataclass(frozen=True, slots=True)
class Louder:
    """A watch that is louder than usual, and its last hours beside what is usual in each of them."""

    one: Unusual
    chart: Chart


def unusual(request: HttpRequest) -> dict[str, Any]:
    viewer = looking(request).viewer
    found = queries.unusual(viewer)
    if not found:
        return {"louder": []}
    watches = {one.pk: one for one in listening.watches_for(viewer).filter(pk__in=[it.watch for it in found])}
    hours = insight.hours_beside(viewer, watches.values(), back=HOURS)
    charts = {pk: hourly(watch, hours[pk], level=3) for pk, watch in watches.items()}
    return {
        "louder": [
            Louder(one, replace(charts[one.watch], title=_title(one), says=_in_words(one)))
            for one in found
            if one.watch in charts
        ]
    }


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
