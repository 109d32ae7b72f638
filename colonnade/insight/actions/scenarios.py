"""Scenarios are written down, begun, walked through by the clock, and looked back on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.insight import queries, rules
from colonnade.insight.actions.drills import drill_ground, sweep
from colonnade.insight.events import RunBegan, RunEnded
from colonnade.insight.models import Run, Scenario, Step, StepDone
from colonnade.insight.types import Body
from colonnade.listening.models import Watch
from colonnade.people.models import Person
from colonnade.people.rules import is_staff
from colonnade.primitives import clock
from colonnade.publishing import actions as publishing
from colonnade.publishing.models import Draft


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
    words. What it was before is kept as a version; where nothing is different, nothing is written. Raises ValueError without
    a name or a step, PermissionDenied."""
    _require(by)
    if not name.strip():
        raise ValueError(gettext("Say what may happen."))
    if not steps:
        raise ValueError(gettext("Write down at least one step."))
    row = Scenario.objects.select_for_update().get(pk=scenario.pk) if scenario else Scenario()
    before = rules.written(row, queries.steps_of(row)) if scenario else None
    row.name, row.about, row.script = name.strip()[:100], about.strip(), script.strip()
    row.watch, row.owner = watch, owner
    wanted = [_step(one, at) for at, one in enumerate(steps)]
    after = rules.written(row, wanted)
    if after == before:
        return row
    _write(row, wanted)
    _keep_version(row, before, after, by)
    return row


def _step(wanted: StepWanted, at: int) -> Step:
    return Step(
        position=at,
        kind=rules.step_kind(wanted.kind),
        text=wanted.text.strip()[:300],
        within=max(wanted.within, 0),
        person=wanted.person,
        draft=wanted.draft,
    )


def _write(row: Scenario, steps: Sequence[Step]) -> None:
    """A step keeps its id at its place, so that what is ticked in a run stays ticked."""
    row.created_at = row.created_at or clock.now()
    row.save()
    for one in steps:
        said = {field: getattr(one, field) for field in ("kind", "text", "within", "person", "draft")}
        Step.objects.update_or_create(scenario=row, position=one.position, defaults=said)
    row.steps.filter(position__gte=len(steps)).delete()


def _keep_version(row: Scenario, before: Body | None, after: Body, by: Person) -> None:
    """What it is now; and what it was, where nobody had kept that."""
    last = row.versions.order_by("-number").first()
    if last is None and before is not None:
        last = row.versions.create(number=1, body=before, at=row.created_at)
    row.versions.create(number=last.number + 1 if last else 1, body=after, by=by, at=clock.now())


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
    place = drill_ground() if drill else None
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
    """The run is over; what was played in a drill goes, with all that came of it. Raises PermissionDenied."""
    _require(by)
    locked = Run.objects.select_for_update(of=("self",)).select_related("scenario", "place").get(pk=run.pk)
    if locked.state != "running":
        return
    locked.state, locked.ended_at = "ended", clock.now()
    locked.save(update_fields=["state", "ended_at"])
    if locked.drill:
        sweep(locked, by=by)
    announce(RunEnded(run=run.pk, scenario=locked.scenario_id), subject=f"scenario:{locked.scenario_id}")
    audit.record("scenario.ended", by=by.principal_id, subject=f"run:{run.pk}", details={})


@action
def write_debrief(run: Run, text: str, *, by: Person) -> None:
    """What was learned from a run. Raises PermissionDenied."""
    _require(by)
    Run.objects.filter(pk=run.pk).update(debrief=text.strip())
