"""The wall: one screen that says at any minute what waits, with whom, what is unusual, what people say, what goes out.

A wall hangs where others walk past. So it shows no word that not everybody may read, even to an owner: posts that
everyone on the web may see, counts of cases without their words, planned posts by time and place alone. Who may see more
follows the link of a number to a page of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from colonnade.access import queries as access
from colonnade.conversations import queries as conversations
from colonnade.deliveries import queries as deliveries
from colonnade.inbox import queries as inbox
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.listening.types import Span
from colonnade.places import queries as places
from colonnade.places.models import PlaceKind
from colonnade.primitives import clock
from colonnade.publishing import queries as publishing
from colonnade.web.appearance import appearance
from colonnade.web.charting import by_minutes, hourly
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, page

MOST_WATCHES, MOST_TALK, MOST_OUT, MOST_PEOPLE = 50, 8, 3, 6
HOURS = 24
MINUTES, TOGETHER = 60, 5
LOOKS = ("light", "dark")
TO_CHECK = ("uncertain", "failed")
AILING = ("failing", "sign_in_needed", "gone")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a span of time: a number and its unit."""

    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class Going:
    """Something that goes out: when, and to which places that everybody may know of; `later`: not today."""

    at: datetime | None
    places: tuple[str, ...]
    paused: bool
    later: bool


@require_safe
@staff_only
def wall(request: HttpRequest) -> HttpResponse:
    """The whole wall; `look=light|dark` whatever one's own pages look like. Parts: `desk`, `answers`, `unusual`, `talk`,
    `out`, `health`, each fetched by itself."""
    part = request.GET.get("part", "")
    if part in PARTS:
        return page(request, f"wall/{part}.html", PARTS[part](request))
    context = {"cursor": cursor_now(), "now": clock.now(), **_desk(request)}
    return page(request, "wall/page.html", context | _look(request))


def _look(request: HttpRequest) -> dict[str, Any]:
    look = request.GET.get("look", "")
    own = appearance(request, looking(request).person)
    theme = look if look in LOOKS else own.theme
    return {"appearance": replace(own, theme=theme)}


def in_pieces(span: timedelta | None) -> list[Piece]:
    """A span as it is read from afar: "9 min", "2 h 14 min", "17 h", "3 days"; nothing for none."""
    if span is None:
        return []
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return [Piece(minutes, gettext("min"))]
    hours, days = minutes // 60, minutes // 1440
    if hours < 10:
        return [Piece(hours, gettext("h")), Piece(minutes % 60, gettext("min"))]
    if hours < 48:
        return [Piece(hours, gettext("h"))]
    return [Piece(days, ngettext("day", "days", days))]


def _since(moment: datetime | None) -> list[Piece]:
    return in_pieces(None if moment is None else clock.now() - moment)


def _midnight() -> datetime:
    here = clock.now().astimezone(timezone.get_current_timezone())
    return here.replace(hour=0, minute=0, second=0, microsecond=0)


# --- its parts ----------------------------------------------------------------------------------------------------


def _desk(request: HttpRequest) -> dict[str, Any]:
    """How much waits, and with whom."""
    desk = inbox.desk_now(looking(request).viewer)
    most = max([desk.nobodys, *[one.cases for one in desk.loads], 1])
    people = [*desk.loads, *desk.free]
    return {
        "desk": desk,
        "oldest": _since(desk.oldest),
        "nobodys_share": _share(desk.nobodys, most),
        "people": [(one, _share(one.cases, most), _since(one.oldest)) for one in people[:MOST_PEOPLE]],
        "more_people": max(len(people) - MOST_PEOPLE, 0),
    }


def _share(cases: int, most: int) -> int:
    return round(cases / most * 100)


def _answers(request: HttpRequest) -> dict[str, Any]:
    """How fast askers got their first answer today, beside what is usual."""
    found = inbox.first_answers(looking(request).viewer, _midnight())
    slower = found.today is not None and found.usual is not None and found.today > 2 * found.usual
    return {
        "answers": found,
        "today": in_pieces(found.today),
        "usual": in_pieces(found.usual),
        "slower": slower,
    }


def _unusual(request: HttpRequest) -> dict[str, Any]:
    """The loudest watch, its last hour as a curve beside what is usual; where none is louder than usual, the day of the one
    of which most is said."""
    viewer = looking(request).viewer
    watches = {one.pk: one for one in listening.watches_for(viewer).filter(state="active")[:MOST_WATCHES]}
    hours = listening.hours_beside(viewer, watches.values(), back=HOURS, in_public=True)
    loud = {pk: _louder(spans) for pk, spans in hours.items()}
    order = sorted(hours, key=lambda pk: (-loud[pk], -sum(span.posts for span in hours[pk]), pk))
    if not order:
        return {"chart": None, "others": []}
    first = watches[order[0]]
    others: list[Watch] = [watches[pk] for pk in order[1:] if loud[pk]]
    if not loud[first.pk]:
        return {"chart": hourly(first, hours[first.pk], title=first.name), "is_unusual": False, "others": []}
    steps = listening.minutes(viewer, first, back=MINUTES, together=TOGETHER, in_public=True)
    usual = max(hours[first.pk][-2:], key=lambda span: span.posts).usual
    return {
        "chart": by_minutes(first, usual, steps, together=TOGETHER, title=first.name),
        "is_unusual": True,
        "others": others,
    }


def _louder(spans: list[Span]) -> int:
    """How much is said in the running hour or the one before it, if that is unusual; else 0."""
    return max((span.posts for span in spans[-2:] if span.unusual), default=0)


def _talk(request: HttpRequest) -> dict[str, Any]:
    """The newest public talk about us, by whatever watch it was caught."""
    found = listening.said_in_public(looking(request).viewer, limit=MOST_TALK)
    return {"talk": conversations.lines(access.anonymous(), found)}


def _out(request: HttpRequest) -> dict[str, Any]:
    """What goes out in public within a day: when and where, without its words, which are not public yet."""
    lines = publishing.goes_out(looking(request).viewer, clock.now() + timedelta(days=1))
    known = places.places_for(access.anonymous())
    tomorrow = _midnight() + timedelta(days=1)
    names = dict(
        known.filter(pk__in={one.place for line in lines for one in line.targets}).values_list("pk", "name")
    )
    going = [
        Going(
            line.goes_at,
            public,
            line.state == "paused",
            bool(line.goes_at and line.goes_at >= tomorrow),
        )
        for line in lines
        if (public := tuple(names[one.place] for one in line.targets if one.place in names))
    ]
    return {"going": going[:MOST_OUT], "more": max(len(going) - MOST_OUT, 0), "braked": publishing.braked()}


def _health(request: HttpRequest) -> dict[str, Any]:
    """How our accounts and sources are, and what went out without anybody knowing whether it arrived: counts alone."""
    viewer = looking(request).viewer
    rows = places.places_for(viewer).exclude(kind=PlaceKind.SPACE).order_by()
    counted = dict(rows.values_list("polling__health").annotate(places=Count("pk")))
    return {
        "read": sum(counted.values()),
        "ailing": sum(counted.get(health, 0) for health in AILING),
        "to_check": len(deliveries.deliveries_for(viewer, states=TO_CHECK)),
    }


PARTS: dict[str, Callable[[HttpRequest], dict[str, Any]]] = {
    "desk": _desk,
    "answers": _answers,
    "unusual": _unusual,
    "talk": _talk,
    "out": _out,
    "health": _health,
}
