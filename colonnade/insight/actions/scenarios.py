"""Scenarios are written down, begun, walked through by the clock, and looked back on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.inbox import actions as inbox
from colonnade.inbox import queries as inbox_queries
from colonnade.insight import queries, rules
from colonnade.insight.events import RunBegan, RunEnded
from colonnade.insight.models import Run, Scenario, Step, StepDone
from colonnade.listening.models import Watch
from colonnade.networks import base
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.people.rules import is_staff
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import clock
from colonnade.publishing import actions as publishing
from colonnade.publishing.models import Draft

NETWORK, WORLD = "pretend", "drill"


@dataclass(frozen=True, slots=True)
class StepWanted:
    """One line of a playbook as somebody wrote it."""

    kind: str
    text: str
    within: int
    person: Person | None = None
    draft: Draft | None = None


def _require(by: Person) -> None:
    if not is_staff(by):
        raise PermissionDenied("Scenarios are for people of staff.")


@action
def set_scenario(
    scenario: Scenario | None,
    *,
    by: Person,
    name: str,
    about: str,
    watch: Watch | None,
    owner: Person | None,
    script: str,
    steps: Sequence[StepWanted],
) -> Scenario:
    """Write a scenario down, or change it; its steps are those given, in their order. What was done in a run keeps its
    words. Raises ValueError without a name or a step, PermissionDenied."""
    _require(by)
    if not name.strip():
        raise ValueError(gettext("Say what may happen."))
    if not steps:
        raise ValueError(gettext("Write down at least one step."))
    row = scenario or Scenario(created_at=clock.now())
    row.name, row.about, row.script = name.strip()[:100], about.strip(), script.strip()
    row.watch, row.owner = watch, owner
    row.save()
    known = list(row.steps.order_by("position"))
    for at, wanted in enumerate(steps):
        step = known[at] if at < len(known) else Step(scenario=row)
        step.position, step.kind, step.text = at, rules.step_kind(wanted.kind), wanted.text.strip()[:300]
        step.within, step.person, step.draft = max(wanted.within, 0), wanted.person, wanted.draft
        step.save()
    row.steps.filter(position__gte=len(steps)).delete()
    return row


@action
def remove_scenario(scenario: Scenario, *, by: Person) -> None:
    """A scenario is no more, nor are its runs. Raises PermissionDenied, ValueError while it is walked through."""
    _require(by)
    if scenario.runs.filter(state="running").exists():
        raise ValueError(gettext("It is being walked through: end that first."))
    scenario.delete()


# --- a run ------------------------------------------------------------------------------------------------------------


@action
def begin(scenario: Scenario, *, drill: bool, by: Person) -> Run:
    """Begin to walk through a scenario, in earnest or as a drill; where it has begun, that run is given back. Raises
    PermissionDenied."""
    _require(by)
    locked = Scenario.objects.select_for_update().get(pk=scenario.pk)
    running = locked.runs.filter(state="running").first()
    if running is not None:
        return running
    place = _drill_ground() if drill else None
    run = Run.objects.create(scenario=locked, drill=drill, began_at=clock.now(), by=by, place=place)
    announce(RunBegan(run=run.pk, scenario=locked.pk, drill=drill), subject=f"scenario:{locked.pk}")
    audit.record("scenario.begun", by=by.principal_id, subject=f"run:{run.pk}", details={"drill": drill})
    return run


@action
def do_step(run: Run, step: Step, *, by: Person, note: str = "") -> None:
    """A step is done, by whom and when; once. One that pauses pulls the brake over all that is planned, in earnest; in a
    drill it only says so. Raises PermissionDenied."""
    _require(by)
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if locked.state != "running" or step.scenario_id != locked.scenario_id:
        return
    _, made = StepDone.objects.get_or_create(
        run=locked,
        step=step,
        defaults={
            "text": queries.step_words(step)[:300],
            "within": step.within,
            "by": by,
            "at": clock.now(),
            "note": note.strip()[:300],
        },
    )
    if made and step.kind == "pause" and not locked.drill:
        publishing.pause_all(step.text or locked.scenario.name, by=by)


@action
def undo_step(run: Run, step: Step, *, by: Person) -> None:
    """It was not done after all; a brake that was pulled stays pulled. Raises PermissionDenied."""
    _require(by)
    if Run.objects.select_for_update().get(pk=run.pk).state == "running":
        StepDone.objects.filter(run=run, step=step).delete()


@action
def end(run: Run, *, by: Person) -> None:
    """The run is over; what was played in a drill goes. Raises PermissionDenied."""
    _require(by)
    locked = Run.objects.select_for_update(of=("self",)).select_related("scenario", "place").get(pk=run.pk)
    if locked.state != "running":
        return
    locked.state, locked.ended_at = "ended", clock.now()
    locked.save(update_fields=["state", "ended_at"])
    _sweep(locked, by)
    announce(RunEnded(run=run.pk, scenario=locked.scenario_id), subject=f"scenario:{locked.scenario_id}")
    audit.record("scenario.ended", by=by.principal_id, subject=f"run:{run.pk}", details={})


@action
def write_debrief(run: Run, text: str, *, by: Person) -> None:
    """What was learned from a run. Raises PermissionDenied."""
    _require(by)
    Run.objects.filter(pk=run.pk).update(debrief=text.strip())


# --- a drill ----------------------------------------------------------------------------------------------------------


def _drill_ground() -> Place:
    """The space in which drills are played: only staff read it, so nothing of a drill is ever public."""
    known = Run.objects.filter(place__archived_at=None, place__isnull=False).select_related("place").first()
    if known is not None and known.place is not None:
        return known.place
    return places.open_space(
        gettext("Drills"),
        audience=STAFF_ONLY,
        purpose=gettext("Rehearsals. Nothing here is real, nobody here is a real person."),
        expected_result=gettext("We know what to do before it happens."),
    )


@action
def play_line(run: int, number: int) -> bool:
    """Say one line of a drill's script, by somebody of the make-believe network; whether there is another one. Safe to
    run twice: the same line has the same address."""
    found = (
        Run.objects.select_related("scenario", "place").filter(pk=run, state="running", drill=True).first()
    )
    lines = rules.script_lines(found.scenario.script) if found is not None else []
    if found is None or found.place is None or number >= len(lines):
        return False
    who, words = lines[number]
    post = base.Post(
        uri=_uri(found, number),
        author=base.Author(network=NETWORK, address=f"{rules.handle(who)}@{WORLD}", name=f"{who} (drill)"),
        text=words,
        published=clock.now(),
    )
    conversations.receive(found.place, [base.Item(raw=b"", read=(post,), external_id=post.uri)])
    return number + 1 < len(lines)


def _uri(run: Run, number: int) -> str:
    return f"pretend://{WORLD}/{run.pk}/{number}"


def _sweep(run: Run, by: Person) -> None:
    """Take away what was played, and close what cases came of it."""
    if run.place is None:
        return
    uris = [_uri(run, at) for at in range(len(rules.script_lines(run.scenario.script)))]
    seen = conversation_queries.visible_to(people.viewer_for(by)).filter(place=run.place, said__uri__in=uris)
    for case in inbox_queries.cases_in(list(seen.values_list("conversation", flat=True))).values():
        if case.state != "solved":
            inbox.solve(case, by=by, outcome=gettext("Drill"))
    gone = [base.Item(raw=b"", read=(base.Deletion(uri=uri),), external_id=uri) for uri in uris]
    conversations.receive(run.place, gone)
