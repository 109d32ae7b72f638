"""The day of whoever looks: the page, and its parts, which load by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from colonnade.inbox import queries
from colonnade.inbox.types import Answered
from colonnade.primitives import clock
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, page
from colonnade.web.views.today.handover import handover
from colonnade.web.views.today.louder import unusual
from colonnade.web.views.today.needs import needs, second_looks
from colonnade.web.views.today.out import out
from colonnade.web.views.today.spans import how_long, tomorrow, zone_of


@require_safe
@staff_only
def today(request: HttpRequest) -> HttpResponse:
    """The day of whoever looks, by their own clock. Parts: `needs`, `approve`, `unusual`, `out`, `handover`, `done`."""
    part = request.GET.get("part", "")
    zone = zone_of(looking(request).person)
    with timezone.override(zone):
        if part in PARTS:
            return page(request, f"today/{part}.html", PARTS[part](request))
        cursor = cursor_now()
        here = clock.now().astimezone(zone)
        context = {"cursor": cursor, "greeting": greeting(here, _first_name(request)), **needs(request)}
        return page(request, "today/page.html", context)


def greeting(here: datetime, name: str) -> str:
    """Good morning, afternoon or evening, by the local time."""
    if 4 <= here.hour < 12:
        words = gettext("Good morning, %(name)s")
    elif 12 <= here.hour < 18:
        words = gettext("Good afternoon, %(name)s")
    else:
        words = gettext("Good evening, %(name)s")
    return words % {"name": name}


def _first_name(request: HttpRequest) -> str:
    return next(iter(str(looking(request).person).split()), "")


def _done(request: HttpRequest) -> dict[str, Any]:
    yesterday = tomorrow(clock.now() - timedelta(days=2), zone_of(looking(request).person), time(0))
    given = queries.answered_since(looking(request).viewer, yesterday)
    return {"answered": given.count, "half_within": _half(given)}


def _half(given: Answered) -> str:
    return "" if given.half_within is None else how_long(given.half_within)


PARTS: dict[str, Callable[[HttpRequest], dict[str, Any]]] = {
    "needs": needs,
    "approve": second_looks,
    "unusual": unusual,
    "out": out,
    "handover": handover,
    "done": _done,
}
