"""Publish: what waits, drafts, what went out; the composer; the brake over everything that is planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from colonnade.deliveries.rules import Unfit as DeliveryUnfit
from colonnade.people.models import Person
from colonnade.primitives import clock, ids
from colonnade.primitives.states import NotAllowed
from colonnade.publishing import actions, queries, rules
from colonnade.publishing.models import Draft
from colonnade.publishing.types import DraftLine
from colonnade.web.drafting import Typed, options_of, plan_of
from colonnade.web.guards import staff_only
from colonnade.web.looking import Looking, looking
from colonnade.web.pages import cursor_now, not_found, page

VIEWS = ("plan", "drafts", "out")
SAYS_NO = (rules.Unfit, rules.TooLate, NotAllowed, PermissionDenied, DeliveryUnfit)


# --- the three lists ----------------------------------------------------------------------------------------------


@require_safe
@staff_only
def publish(request: HttpRequest) -> HttpResponse:
    """What waits, drafts, what went out. Parts: `list`, and for Today `today`."""
    who = looking(request)
    if request.GET.get("part") == "today":
        return _today(request, who)
    view = request.GET.get("view", "plan")
    view = view if view in VIEWS else "plan"
    cursor = cursor_now()
    shown: dict[str, Any] = {"view": view, "cursor": cursor, "brake": queries.brake(who.viewer)}
    before = ids.parse(request.GET.get("before", ""))
    with timezone.override(zone_of(who.person)):
        if view == "plan":
            shown["days"] = _by_day(queries.agenda(who.viewer), zone_of(who.person))
        elif view == "drafts":
            shown["lines"] = queries.drafts_for(who.viewer)
        else:
            shown["lines"] = queries.went_out(who.viewer, before=before)
        shown["zone"] = zone_of(who.person).key
        shown["why"], shown["held"] = "why" in request.GET, ids.parse(request.GET.get("held", ""))
        part = request.GET.get("part") == "list"
        return page(request, "publish/list.html" if part else "publish/page.html", shown)


def _today(request: HttpRequest, who: Looking) -> HttpResponse:
    zone = zone_of(who.person)
    with timezone.override(zone):
        next_day = clock.now().astimezone(zone).date() + timedelta(days=1)
        tomorrow = datetime.combine(next_day, time.min, zone)
        lines = queries.goes_out(who.viewer, tomorrow)
        return page(request, "publish/today.html", {"lines": lines, "brake": queries.brake(who.viewer)})


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


def _by_day(lines: list[DraftLine], zone: ZoneInfo) -> list[Day]:
    today = clock.now().astimezone(zone).date()
    words = {today: gettext("Today"), today + timedelta(days=1): gettext("Tomorrow")}

    def day_of(line: DraftLine) -> date | None:
        return line.goes_at.astimezone(zone).date() if line.goes_at else None

    return [
        Day(day, words.get(day, "") if day else gettext("No time"), list(of_day))
        for day, of_day in groupby(lines, day_of)
    ]


# --- the composer -------------------------------------------------------------------------------------------------


def _composer(
    request: HttpRequest, who: Looking, typed: Typed, *, line: DraftLine | None = None, **more: Any
) -> HttpResponse:
    """The composer around what was typed; with `part` only what follows from it."""
    assert who.person is not None
    status, template = more.pop("status", 200), more.pop("template", "publish/compose.html")
    places = queries.publishable(who.viewer, who.person)
    options = options_of(places, typed)
    shown = {
        "line": line,
        "typed": typed,
        "options": options,
        "chosen": [one for one in options if one.chosen],
        "sees": queries.audience_in_words([one.place for one in options if one.chosen]),
        "plan": plan_of(typed),
        "mine": zone_of(who.person).key,
        **more,
    }
    with timezone.override(zone_of(who.person)):
        return page(request, template, shown, status=status)


def _typed(request: HttpRequest, who: Looking) -> Typed:
    form = {name: str(value) for name, value in request.POST.items()}
    return Typed.of(form, [str(one) for one in request.POST.getlist("place")], zone_of(who.person).key)


@require_POST
@staff_only
def look(request: HttpRequest) -> HttpResponse:
    """What would stand where, who would see it, whether it fits: nothing is stored."""
    who = looking(request)
    return _composer(request, who, _typed(request, who), template="publish/look.html")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def publish_new(request: HttpRequest) -> HttpResponse:
    """An empty composer; sent, it becomes a draft."""
    who = looking(request)
    if request.method == "POST":
        return _save(request, who, None)
    return _composer(request, who, Typed(zone=zone_of(who.person).key))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """One draft: its composer, or, once it has gone, what became of it."""
    who = looking(request)
    line = queries.draft_for(who.viewer, pk)
    if line is None:
        return not_found(request)
    if request.method == "POST":
        return _save(request, who, line)
    return _shown(request, who, line)


def _shown(
    request: HttpRequest, who: Looking, line: DraftLine, *, error: str = "", status: int = 200
) -> HttpResponse:
    if line.state not in queries.GONE:
        return _composer(
            request, who, Typed.stored(line, zone_of(who.person).key), line=line, error=error, status=status
        )
    left = int((line.undo_until - clock.now()).total_seconds()) if line.undo_until else 0
    template = "publish/gone_part.html" if request.GET.get("part") == "gone" else "publish/gone.html"
    with timezone.override(zone_of(who.person)):
        shown = {"line": line, "left": max(left, 0), "error": error, "cursor": cursor_now()}
        return page(request, template, shown, status=status)


def _save(request: HttpRequest, who: Looking, line: DraftLine | None) -> HttpResponse:
    """Keep what was typed, then plan or publish it. Whatever is refused, all that was typed stands there again."""
    typed, person = _typed(request, who), who.person
    assert person is not None
    do = request.POST.get("do", "keep")
    if do == "look":
        return _composer(request, who, typed, line=line)
    try:
        row = _kept(who, person, typed, line, do)
    except rules.StaleDraft as error:
        newest = queries.draft_for(who.viewer, line.id) if line else None
        if newest is None or newest.state in queries.GONE:
            return _composer(request, who, typed, line=line, error=str(error), status=409)
        typed.version = newest.version
        return _composer(request, who, typed, line=newest, theirs=newest, error=str(error), status=409)
    except SAYS_NO as error:
        return _composer(request, who, typed, line=line, error=str(error), status=422)
    try:
        return _go_on(row, person, typed, do)
    except (*SAYS_NO, rules.StaleDraft) as error:
        typed.version, kept = row.version, queries.draft_for(who.viewer, row.pk)
        return _composer(request, who, typed, line=kept, error=str(error), kept=True, status=422)


def _kept(who: Looking, person: Person, typed: Typed, line: DraftLine | None, do: str) -> Draft:
    """Store what was typed. What is planned is changed together with its plan, or not at all."""
    if line is None:
        return actions.write(typed.text, by=person, title=typed.title, targets=typed.wanted)
    row = queries.to_act_on(who.viewer, line.id)
    if row is None:
        raise rules.StaleDraft(gettext("It has just been thrown away. What you typed still stands here."))
    plan = (typed.local, typed.zone) if do == "plan" and line.state == "waiting" else None
    return actions.change(
        row,
        typed.text,
        by=person,
        version=typed.version,
        title=typed.title,
        targets=typed.wanted,
        plan=plan,
        unplan=do == "keep",
    )


def _go_on(row: Draft, person: Person, typed: Typed, do: str) -> HttpResponse:
    if do == "now":
        actions.publish_now(row, by=person, version=row.version)
        return HttpResponseRedirect(reverse("draft", args=[row.pk]))
    if do == "plan":
        if row.state != "waiting":
            actions.schedule(row, typed.local, typed.zone, by=person, version=row.version)
        return HttpResponseRedirect(_to_plan(row))
    return HttpResponseRedirect(_to_drafts(row))


# --- buttons ------------------------------------------------------------------------------------------------------


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One button on one draft."""
    who = looking(request)
    row, person = queries.to_act_on(who.viewer, pk), who.person
    if row is None or person is None or what not in ACTS:
        return not_found(request)
    try:
        onward = ACTS[what](row, person, {name: str(value) for name, value in request.POST.items()})
    except (*SAYS_NO, rules.StaleDraft) as error:
        line = queries.draft_for(who.viewer, pk)
        return (
            not_found(request) if line is None else _shown(request, who, line, error=str(error), status=409)
        )
    return HttpResponseRedirect(onward)


def _to_plan(row: Draft) -> str:
    return f"{reverse('publish')}#draft-{row.pk}"


def _to_drafts(row: Draft) -> str:
    return f"{reverse('publish')}?view=drafts#draft-{row.pk}"


def _pause(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.pause(row, by=person, reason=form.get("reason", ""))
    return _to_plan(row)


def _resume(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.resume(row, by=person)
    return _to_plan(row)


def _now(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    version = form.get("version", "")
    actions.publish_now(row, by=person, version=int(version) if version.isdecimal() else 0)
    return reverse("draft", args=[row.pk])


def _withdraw(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.withdraw(row, by=person)
    return _to_drafts(row)


def _take_back(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.take_back(row, by=person)
    return reverse("draft", args=[row.pk])


def _take_down(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.take_down(row, ids.parse(form.get("target", "")) or 0, by=person)
    return reverse("draft", args=[row.pk])


def _remove(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.remove(row, by=person)
    return f"{reverse('publish')}?view=drafts"


ACTS = {
    "pause": _pause,
    "resume": _resume,
    "now": _now,
    "withdraw": _withdraw,
    "take-back": _take_back,
    "take-down": _take_down,
    "remove": _remove,
}


@require_POST
@staff_only
def brake(request: HttpRequest, what: str) -> HttpResponse:
    """Pause everything that is planned, with a reason; let it go again."""
    person = looking(request).person
    if person is None or what not in ("pause", "resume"):
        return not_found(request)
    held = 0
    if what == "resume":
        held = actions.resume_all(by=person)
    elif request.POST.get("reason", "").strip():
        actions.pause_all(request.POST["reason"], by=person)
    else:
        return HttpResponseRedirect(f"{reverse('publish')}?why=1#brake")
    return HttpResponseRedirect(f"{reverse('publish')}{f'?held={held}' if held else ''}")
