"""What waits, what waits for approval, drafts, what went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from colonnade.access.types import Viewer
from colonnade.people.models import Person
from colonnade.primitives import clock, ids
from colonnade.publishing import queries, rules
from colonnade.publishing.types import DraftLine
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, page

VIEWS = ("plan", "approval", "drafts", "out")
AT_ONCE = 30


@require_safe
@staff_only
def publish(request: HttpRequest) -> HttpResponse:
    """What waits, what waits for approval, drafts, what went out. Parts: `list`; `waits`, how much waits for approval."""
    who = looking(request)
    if request.GET.get("part") == "waits":
        return page(
            request, "publish/say_approval.html", {"to_approve": queries.waits_for_approval(who.viewer)}
        )
    view = request.GET.get("view", "plan")
    view = view if view in VIEWS else "plan"
    zone = zone_of(who.person)
    shown: dict[str, Any] = {"view": view, "cursor": cursor_now(), "brake": queries.brake(who.viewer)}
    with timezone.override(zone):
        if view == "plan":
            shown["days"] = by_day(queries.agenda(who.viewer), zone)
        elif view == "approval":
            shown["lines"] = shown["to_approve"] = queries.waits_for_approval(who.viewer)
        elif view == "drafts":
            shown["lines"] = queries.drafts_for(who.viewer)
        else:
            shown |= _gone(who.viewer, ids.parse(request.GET.get("before", "")))
        shown["zone"] = zone.key
        shown["why"], shown["held"] = "why" in request.GET, ids.parse(request.GET.get("held", ""))
        part = request.GET.get("part") == "list"
        return page(request, "publish/list.html" if part else "publish/page.html", shown)


def _gone(viewer: Viewer, before: int | None) -> dict[str, Any]:
    lines = queries.went_out(viewer, before=before, limit=AT_ONCE + 1)
    more = lines[AT_ONCE - 1].id if len(lines) > AT_ONCE else None
    return {"lines": lines[:AT_ONCE], "more": more, "before": before}


def zone_of(person: Person | None) -> ZoneInfo:
    """The zone in which somebody lives, else UTC."""
    name = person.time_zone if person else "UTC"
    return ZoneInfo(name if name in rules.zones() else "UTC")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the agenda. `word`: "Today", "Tomorrow" or ""; `day` None: without a time."""

    day: date | None
    word: str
    lines: list[DraftLine]

    @property
    def key(self) -> str:
        """By which a list knows its head again."""
        return f"{self.day:%Y-%m-%d}" if self.day else "none"


def by_day(lines: list[DraftLine], zone: ZoneInfo) -> list[Day]:
    today = clock.now().astimezone(zone).date()
    words = {today: gettext("Today"), today + timedelta(days=1): gettext("Tomorrow")}

    def day_of(line: DraftLine) -> date | None:
        return line.goes_at.astimezone(zone).date() if line.goes_at else None

    return [
        Day(day, words.get(day, "") if day else gettext("No time"), list(of_day))
        for day, of_day in groupby(lines, day_of)
    ]


def to_plan(pk: int) -> str:
    """Where a draft stands in the plan."""
    return f"{reverse('publish')}#draft-{pk}"


def to_drafts(pk: int) -> str:
    """Where it stands among the drafts."""
    return f"{reverse('publish')}?view=drafts#draft-{pk}"


def to_approval(pk: int) -> str:
    """Where it stands among what waits for approval."""
    return f"{reverse('publish')}?view=approval#draft-{pk}"
