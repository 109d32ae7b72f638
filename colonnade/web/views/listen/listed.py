"""Every watch, and how much of it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from colonnade.access.types import Viewer
from colonnade.insight import queries as insight
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.listening.types import Backfilled, Day
from colonnade.web.drawing import bars
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, is_part, page

WEEK, TALL = 7, 28
MOST_WATCHES, WORTH_FINDING = 200, 9


@dataclass(frozen=True, slots=True)
class Numbers:
    """How much of a watch was said: today, over all the days drawn, and the picture of them; how far it has looked back."""

    watch: Watch
    today: int
    all: int
    days: Sequence[Day]
    drawn: str
    backfill: Backfilled | None


def numbers(viewer: Viewer, watches: Sequence[Watch]) -> list[Numbers]:
    """How much of each of these watches was said this week."""
    counted = insight.days(viewer, watches, back=WEEK)
    return [_drawn(watch, counted[watch.pk], listening.backfill_of(viewer, watch)) for watch in watches]


def _drawn(watch: Watch, days: Sequence[Day], backfill: Backfilled | None) -> Numbers:
    total = sum(day.posts for day in days)
    words = ngettext("%(n)d mention in %(days)d days", "%(n)d mentions in %(days)d days", total)
    titles = [
        ngettext("%(day)s: %(n)d mention", "%(day)s: %(n)d mentions", day.posts)
        % {"day": date_format(day.day, "MONTH_DAY_FORMAT"), "n": day.posts}
        for day in days
    ]
    picture = bars(
        [day.posts for day in days], tall=TALL, words=words % {"n": total, "days": len(days)}, titles=titles
    )
    return Numbers(watch, days[-1].posts, total, days, picture, backfill)


@require_safe
@staff_only
def listen(request: HttpRequest) -> HttpResponse:
    """Every watch with what was said today and this week, what is unusual now first; with `q` those that bear it in their name or
    query. Part: `list`."""
    viewer, q = looking(request).viewer, request.GET.get("q", "").strip()[:100]
    cursor = cursor_now()
    known = list(listening.watches_for(viewer))
    alerts = insight.alerts_now(viewer, within=timedelta(days=WEEK))
    found = [one for one in known if q.casefold() in f"{one.name}\n{one.query}".casefold()]
    shown = sorted(found, key=lambda one: one.pk not in alerts)[:MOST_WATCHES]
    context = {
        "watches": [(one, alerts.get(one.watch.pk)) for one in numbers(viewer, shown)],
        "known": len(known),
        "found": len(found),
        "finds": q or len(known) >= WORTH_FINDING,
        "q": q,
        "cursor": cursor,
    }
    return page(request, "listen/list.html" if is_part(request, "list") else "listen/page.html", context)
