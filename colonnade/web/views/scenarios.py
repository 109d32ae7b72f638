"""Scenarios: what is done when it happens, walked through by the clock, in earnest or as a drill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from colonnade.core.db import act as acting
from colonnade.core.work import enqueue
from colonnade.insight import actions, work
from colonnade.insight import queries as insight
from colonnade.insight.actions.scenarios import StepWanted
from colonnade.insight.models import Run, Scenario, Step
from colonnade.insight.rules import STEP_KINDS, alarming, script_lines
from colonnade.listening import queries as listening
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.publishing import queries as publishing
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, is_part, not_found, page

EMPTY_ROWS, MOST_STEPS, MOST_RUNS = 3, 40, 30


@require_safe
@staff_only
def scenarios(request: HttpRequest) -> HttpResponse:
    """Every scenario. Part `offered`: those that are being walked through, and those that could be begun now."""
    viewer = looking(request).viewer
    if is_part(request, "offered"):
        return page(request, "scenarios/offered.html", {"offered": insight.offered(viewer)})
    offered = {one.scenario.pk: one for one in insight.offered(viewer)}
    walked = insight.last_walked(viewer)
    found = [(one, offered.get(one.pk), walked.get(one.pk)) for one in insight.scenarios_for(viewer)]
    return page(request, "scenarios/page.html", {"scenarios": found})


@require_safe
@staff_only
def scenario(request: HttpRequest, pk: int) -> HttpResponse:
    """One scenario: its playbook, and each time it was walked through. Part `history`: what it was before."""
    viewer = looking(request).viewer
    found = insight.scenario_for(viewer, pk)
    if found is None:
        return not_found(request)
    if is_part(request, "history"):
        return page(request, "scenarios/history.html", {"history": insight.history_of(found)})
    offer = next((one for one in insight.offered(viewer) if one.scenario.pk == pk), None)
    context = {
        "scenario": found,
        "steps": [(one, insight.step_words(one)) for one in insight.steps_of(found)],
        "runs": list(insight.walked(viewer, found)[:MOST_RUNS]),
        "offer": offer,
    }
    return page(request, "scenarios/scenario.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The form of a new scenario, or of one that is changed."""
    found = insight.scenario_for(looking(request).viewer, pk) if pk is not None else None
    if pk is not None and found is None:
        return not_found(request)
    if request.method != "POST":
        steps = insight.steps_of(found) if found is not None else []
        return _form(request, found, found or Scenario(), steps)
    watch, owner = _named(request, "watch"), _named(request, "owner")
    typed = Scenario(name=request.POST.get("name", ""), about=request.POST.get("about", ""))
    typed.script = request.POST.get("script", "")
    wanted = _steps(request)
    try:
        kept = actions.set_scenario(
            found,
            by=_person(request),
            name=typed.name,
            about=typed.about,
            watch=listening.watch_for(looking(request).viewer, watch) if watch else None,
            owner=people.staff().filter(pk=owner).first() if owner else None,
            script=typed.script,
            steps=wanted,
        )
    except ValueError as error:
        steps = [Step(kind=s.kind, text=s.text, within=s.within, person=s.person) for s in wanted]
        return _form(request, found, typed, steps, error=str(error))
    return HttpResponseRedirect(reverse("scenario", args=[kept.pk]))


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Begin in earnest, begin a drill, remove."""
    found, person = insight.scenario_for(looking(request).viewer, pk), _person(request)
    if found is None or what not in ("begin", "drill", "remove"):
        return not_found(request)
    if what == "remove":
        try:
            actions.remove_scenario(found, by=person)
        except ValueError:
            return HttpResponseRedirect(reverse("scenario", args=[pk]))
        return HttpResponseRedirect(reverse("scenarios"))
    with acting():
        run = actions.begin(found, drill=what == "drill", by=person)
        if run.drill:
            enqueue(work.play_drill, run.pk, 0, key=f"drill:{run.pk}:0")
    return HttpResponseRedirect(reverse("scenario_run", args=[run.pk]))


# --- a run ------------------------------------------------------------------------------------------------------------


@require_safe
@staff_only
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: its steps by the clock; when it is over, what was expected beside what was done. Part `steps`."""
    found = insight.run_for(looking(request).viewer, pk)
    if found is None:
        return not_found(request)
    cursor, lines = cursor_now(), insight.progress(found)
    context = {
        "cursor": cursor,
        "run": found,
        "lines": lines,
        "done": sum(line.done is not None for line in lines),
        "late": sum(line.late for line in lines),
        "in_time": sum(line.done is not None and not line.late for line in lines),
    }
    if found.drill:
        context |= _alarmed(found)
    if is_part(request, "steps"):
        return page(request, "scenarios/steps.html", context)
    return page(request, "scenarios/run.html", context)


def _alarmed(run: Run) -> dict[str, Any]:
    """The alarm of a drill, what its watch has caught, and how many posts alarm: in earnest, and here."""
    played, watch = len(script_lines(run.scenario.script)), run.scenario.watch
    earnest = insight.alarms_from(watch) if watch is not None and run.state == "running" else 0
    return {
        "alarm": insight.alarm_of(run),
        "caught": len(insight.caught_in_drill(run)),
        "played": played,
        "earnest": earnest,
        "here": alarming(played, earnest),
    }


@require_POST
@staff_only
def act_on_run(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Tick a step (`do`), take that back (`undo`), end the run, keep what was learned (`debrief`, which then stands with the
    scenario)."""
    found = insight.run_for(looking(request).viewer, pk)
    if found is None or what not in DEEDS:
        return not_found(request)
    DEEDS[what](request, found, _person(request))
    if what == "debrief":
        return HttpResponseRedirect(reverse("scenario", args=[found.scenario_id]))
    return HttpResponseRedirect(reverse("scenario_run", args=[pk]))


def _do(request: HttpRequest, found: Run, person: Person) -> None:
    if step := _step(request, found):
        actions.do_step(found, step, by=person, note=request.POST.get("note", ""))


def _undo(request: HttpRequest, found: Run, person: Person) -> None:
    if step := _step(request, found):
        actions.undo_step(found, step, by=person)


def _end(request: HttpRequest, found: Run, person: Person) -> None:
    actions.end(found, by=person)


def _debrief(request: HttpRequest, found: Run, person: Person) -> None:
    actions.write_debrief(found, request.POST.get("debrief", ""), by=person)


DEEDS: dict[str, Callable[[HttpRequest, Run, Person], None]] = {
    "do": _do,
    "undo": _undo,
    "end": _end,
    "debrief": _debrief,
}


def _step(request: HttpRequest, found: Run) -> Step | None:
    number = ids.parse(request.POST.get("step", ""))
    return next((one for one in insight.steps_of(found.scenario) if one.pk == number), None)


# --- the form ---------------------------------------------------------------------------------------------------------


def _person(request: HttpRequest) -> Person:
    person = looking(request).person
    assert person is not None  # of staff, or a guard has answered
    return person


def _named(request: HttpRequest, field: str) -> int | None:
    return ids.parse(request.POST.get(field, ""))


def _steps(request: HttpRequest) -> list[StepWanted]:
    """The rows of the form in which something stands."""
    said = request.POST
    rows = zip(
        *(said.getlist(name)[:MOST_STEPS] for name in ("kind", "text", "within", "person", "draft")),
        strict=False,
    )
    staff = {one.pk: one for one in people.staff()}
    found = []
    for kind, text, within, person, draft in rows:
        whom = staff.get(ids.parse(person) or 0)
        number = ids.parse(draft)
        words = publishing.to_act_on(looking(request).viewer, number) if number else None
        if kind in STEP_KINDS and (text.strip() or whom or words or kind == "pause"):
            minutes = int(within) if within.isdecimal() else 10
            found.append(StepWanted(kind, text, min(minutes, 9999), whom, words))
    return found


def _form(
    request: HttpRequest, found: Scenario | None, shown: Scenario, steps: list[Step], error: str = ""
) -> HttpResponse:
    viewer = looking(request).viewer
    empty = [Step(kind="", within=5 * (len(steps) + at + 1)) for at in range(EMPTY_ROWS)]
    drafts = [*publishing.drafts_for(viewer), *publishing.agenda(viewer)] if viewer.is_staff else []
    context: dict[str, Any] = {
        "scenario": found,
        "shown": shown,
        "rows": [*steps, *empty],
        "error": error,
        "watches": list(listening.watches_for(viewer)[:200]),
        "staff": list(people.staff()),
        "drafts": drafts,
        "kinds": [
            ("call", gettext("Call")),
            ("pause", gettext("Pause what is planned")),
            ("statement", gettext("Statement")),
            ("do", gettext("Do")),
        ],
    }
    return page(request, "scenarios/form.html", context, status=422 if error else 200)
