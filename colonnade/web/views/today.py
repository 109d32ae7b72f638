"""Today: what needs somebody, what is louder than usual, what goes out; each a card that acts in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.access.types import Viewer
from colonnade.deliveries import queries as deliveries
from colonnade.inbox import actions, queries
from colonnade.inbox.models import Case
from colonnade.inbox.types import Answered, CaseLine, Unusual
from colonnade.listening import queries as listening
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import clock, ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, not_found, page

OPEN = ("waiting", "sending", "uncertain", "failed")
TO_CHECK = ("uncertain", "failed")
WIDTH, HEIGHT = 240, 48


@dataclass(frozen=True, slots=True)
class Card:
    """A case that needs somebody. `kind` colours its clock: "clock" amber, "late" brick, "" neither."""

    line: CaseLine
    icon: str
    sees: str
    clock: str
    kind: str


@dataclass(frozen=True, slots=True)
class Going:
    """Something that goes out, or should have: `at` None is now. `kind` colours its chip."""

    key: str
    at: datetime | None
    title: str
    where: str
    words: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Louder:
    """A watch that is louder than usual, with its last 24 hours as points of a drawing."""

    one: Unusual
    said: str
    drawn: str
    usual_y: float
    now_x: float
    in_words: str


@require_safe
@staff_only
def today(request: HttpRequest) -> HttpResponse:
    """The day of whoever looks, by their own clock. Parts: `needs`, `unusual`, `out`, `done`."""
    part = request.GET.get("part", "")
    cursor = cursor_now()
    zone = zone_of(looking(request).person)
    with timezone.override(zone):
        if part in PARTS:
            return page(request, f"today/{part}.html", PARTS[part](request))
        here = clock.now().astimezone(zone)
        context = {"cursor": cursor, "greeting": greeting(here, _first_name(request)), **_needs(request)}
        return page(request, "today/page.html", context)


def zone_of(person: Person | None) -> ZoneInfo:
    """The time zone somebody lives in; UTC for one that is not known here."""
    try:
        return ZoneInfo(person.time_zone if person else "UTC")
    except (ValueError, OSError, KeyError):  # an unknown name is a KeyError of its own kind
        return ZoneInfo("UTC")


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


# --- what needs somebody ------------------------------------------------------------------------------------------


def _needs(request: HttpRequest) -> dict[str, Any]:
    found = queries.needs(looking(request).viewer)
    return {
        "cards": [_card(line) for line in found.lines],
        "needs": found.count,
        "more": found.count - len(found.lines),
        "staff": people.staff(),
    }


def _card(line: CaseLine) -> Card:
    heard = line.heard
    network = heard.author.network if heard else ""
    words, kind = _clock(line)
    return Card(
        line=line,
        icon={"mail": "mail", "here": "talk"}.get(network, "globe"),
        sees=seen_by(heard.tier) if heard else "",
        clock=words,
        kind=kind,
    )


def seen_by(tier: str) -> str:
    """Who reads a word of the other side, in a few words."""
    return {
        "p": gettext("seen by everyone"),
        "i": gettext("seen by whoever is signed in"),
    }.get(tier, gettext("private"))


def _clock(line: CaseLine) -> tuple[str, str]:
    """What the clock of a case says: how long is left where something is due, else how long somebody has waited."""
    now = clock.now()
    if line.due_at is not None:
        if line.due_at < now:
            return gettext("%(time)s late") % {"time": how_long(now - line.due_at)}, "late"
        left = line.due_at - now
        return gettext("%(time)s left") % {"time": how_long(left)}, "clock" if left < timedelta(
            hours=1
        ) else ""
    waited = now - (line.waiting_since or line.opened_at)
    kind = "late" if waited > timedelta(hours=1) else "clock"
    return gettext("waits %(time)s") % {"time": how_long(waited)}, kind


def how_long(span: timedelta) -> str:
    """A span in its largest unit: "9 minutes", "3 hours", "2 days"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return gettext("less than a minute")
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}


# --- what is louder than usual ------------------------------------------------------------------------------------


def _unusual(request: HttpRequest) -> dict[str, Any]:
    return {"louder": [_louder(one) for one in queries.unusual(looking(request).viewer)]}


def _louder(one: Unusual) -> Louder:
    top = max(*one.hours, one.usual, 1)
    step = WIDTH / (len(one.hours) - 1)
    drawn = [f"{at * step:.1f},{_y(count, top):.1f}" for at, count in enumerate(one.hours)]
    if one.usual:
        times = round(one.count / one.usual)
        said = gettext("“%(name)s” is %(times)d times its usual") % {"name": one.name, "times": times}
    else:
        said = gettext("“%(name)s”: %(count)d in an hour that is usually silent") % {
            "name": one.name,
            "count": one.count,
        }
    words = {"count": one.count, "usual": f"{one.usual:g}", "days": one.days}
    in_words = ngettext(
        "%(count)d in the last hour; %(usual)s is usual, as far as %(days)d day can tell.",
        "%(count)d in the last hour; %(usual)s is usual at this hour, the median of %(days)d days.",
        one.days,
    )
    return Louder(one, said, " ".join(drawn), _y(one.usual, top), WIDTH - step, in_words % words)


def _y(count: float, top: float) -> float:
    """Where a count stands in the drawing, with room for the line's own thickness."""
    return HEIGHT - 3 - count / top * (HEIGHT - 6)


# --- what goes out ------------------------------------------------------------------------------------------------


def _out(request: HttpRequest) -> dict[str, Any]:
    found = [one for source in SOURCES for one in source(looking(request).viewer)]
    found.sort(key=lambda one: (one.kind == "", one.at is not None, one.at or clock.now()))
    midnight = _tomorrow(clock.now(), zone_of(looking(request).person), time(0))
    leave = [one for one in found if one.kind == "" and (one.at is None or one.at < midnight)]
    return {"going": found, "leave": len(leave), "check": sum(one.kind != "" for one in found)}


def _deliveries(viewer: Viewer) -> list[Going]:
    lines = deliveries.deliveries_for(viewer, states=OPEN, limit=20)
    return [
        Going(
            key=f"delivery-{line.id}",
            at=line.due_at,
            title=line.text,
            where=line.place_name,
            words=line.words,
            kind={"uncertain": "clock", "failed": "late"}.get(line.state, ""),
            url=reverse("delivery", args=[line.id]),
        )
        for line in lines
    ]


SOURCES: tuple[Callable[[Viewer], list[Going]], ...] = (_deliveries,)
"""What may go out, each asked once; a screen with more to send adds its own."""


def _done(request: HttpRequest) -> dict[str, Any]:
    yesterday = _tomorrow(clock.now() - timedelta(days=2), zone_of(looking(request).person), time(0))
    given = queries.answered_since(looking(request).viewer, yesterday)
    return {"answered": given.count, "half_within": _half(given)}


def _half(given: Answered) -> str:
    return "" if given.half_within is None else how_long(given.half_within)


PARTS: dict[str, Callable[[HttpRequest], dict[str, Any]]] = {
    "needs": _needs,
    "unusual": _unusual,
    "out": _out,
    "done": _done,
}


# --- what one does ------------------------------------------------------------------------------------------------


@require_POST
@staff_only
def act_on_case(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Hand a case over, or put it off; answers with a toast that holds the way back."""
    who = looking(request)
    found = queries.case_for(who.viewer, pk)
    if found is None or who.person is None or what not in ("hand-over", "later"):
        return not_found(request)
    try:
        said, undo = (_hand_over if what == "hand-over" else _later)(request, found, who.person)
    except (ValueError, PermissionDenied) as error:
        return _told(request, str(error), status=422)
    return _told(request, said, undo=undo, action=reverse("today_case", args=[pk, what]))


Done = tuple[str, dict[str, str]]


def _hand_over(request: HttpRequest, found: Case, person: Person) -> Done:
    number, before = ids.parse(request.POST.get("to", "")), found.owner_id
    to = people.staff().filter(pk=number).first() if number is not None else None
    if to is None and request.POST.get("to") != "":
        raise ValueError(gettext("There is no such colleague."))
    actions.assign(found, to=to, by=person)
    if "undo" in request.POST:
        return gettext("It is as it was."), {}
    said = gettext("%(name)s has it now.") % {"name": to} if to else gettext("It is nobody's now.")
    return said, {"to": str(before or "")}


def _later(request: HttpRequest, found: Case, person: Person) -> Done:
    if "undo" in request.POST:
        actions.later(found, None, by=person)
        return gettext("It is as it was."), {}
    until = _until(request.POST.get("until", ""), zone_of(person))
    actions.later(found, until, by=person)
    return gettext("Put off. It comes back by itself, or when they write."), {"until": ""}


def _until(word: str, zone: ZoneInfo) -> datetime:
    """When something put off comes back: in an hour, in three, or tomorrow at eight where its reader lives."""
    now = clock.now()
    if word in ("1", "3"):
        return now + timedelta(hours=int(word))
    return _tomorrow(now, zone, time(8))


def _tomorrow(now: datetime, zone: ZoneInfo, at: time) -> datetime:
    """A time of the day after, as the clocks in a zone show it."""
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), at, zone)


@require_POST
@staff_only
def act_on_watch(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that what a watch hears is nothing, until midnight; with `undo`, that it is something after all."""
    who = looking(request)
    watch = listening.watch_for(who.viewer, pk)
    if watch is None or who.person is None:
        return not_found(request)
    if "undo" in request.POST:
        actions.quieten(watch, None, by=who.person)
        return _told(request, gettext("It is as it was."))
    midnight = _tomorrow(clock.now(), zone_of(who.person), time(0))
    actions.quieten(watch, midnight, by=who.person)
    said = gettext("Silent about “%(name)s” until tomorrow.") % {"name": watch}
    return _told(request, said, undo={"watch": str(pk)}, action=reverse("today_watch", args=[pk]))


def _told(request: HttpRequest, say: str, *, status: int = 200, **more: Any) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(reverse("today"))
    response = page(request, "today/told.html", {"say": say, **more}, status=status)
    response["HX-Trigger"] = "colonnade:changed"
    return response
