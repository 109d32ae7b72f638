"""Scenarios, and how far somebody is with one, by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext

from colonnade.access.types import Viewer
from colonnade.insight.models import Alert, Run, Scenario, Step, StepDone
from colonnade.primitives import clock


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step in a run: until when it should be done, what was done; `late`: done too late, or due and not done. `took`
    is in how many whole minutes it was done, `over` by how many that was too late."""

    step: Step
    words: str
    due_at: datetime
    done: StepDone | None
    late: bool
    took: int | None
    over: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A scenario that is being walked through (`run`), or whose watch is unusual at this moment (`alert`)."""

    scenario: Scenario
    run: Run | None
    alert: Alert | None


def scenarios_for(viewer: Viewer) -> QuerySet[Scenario]:
    """Every scenario by name, for staff."""
    rows = Scenario.objects.select_related("watch", "owner").order_by("name", "pk")
    return rows if viewer.is_staff else rows.none()


def scenario_for(viewer: Viewer, pk: int) -> Scenario | None:
    """One scenario, for staff."""
    return scenarios_for(viewer).filter(pk=pk).first()


def steps_of(scenario: Scenario) -> list[Step]:
    """The lines of its playbook, in their order."""
    return list(scenario.steps.select_related("person", "draft").order_by("position"))


def runs_for(viewer: Viewer) -> QuerySet[Run]:
    """Every run, the newest first, for staff."""
    rows = Run.objects.select_related("scenario__watch", "by", "place").order_by("-began_at", "-pk")
    return rows if viewer.is_staff else rows.none()


def run_for(viewer: Viewer, pk: int) -> Run | None:
    """One run, for staff."""
    return runs_for(viewer).filter(pk=pk).first()


def step_words(step: Step) -> str:
    """A step as one sentence. It names no words of its draft: a draft is shown to whoever may see it."""
    match step.kind:
        case "call":
            words = gettext("Call %(name)s") % {"name": step.person or gettext("somebody")}
        case "pause":
            words = gettext("Pause everything that is planned")
        case "statement":
            words = gettext("Send the statement")
        case _:
            return step.text
    return f"{words}: {step.text}" if step.text else words


def progress(run: Run) -> list[StepLine]:
    """The steps of a run with what was done, by the clock. Two statements."""
    now = run.ended_at or clock.now()
    done = {row.step_id: row for row in StepDone.objects.filter(run=run).select_related("by")}
    return [_line(run, step, done.get(step.pk), now) for step in steps_of(run.scenario)]


def _line(run: Run, step: Step, done: StepDone | None, now: datetime) -> StepLine:
    within = done.within if done else step.within
    due_at = run.began_at + timedelta(minutes=within)
    ended = done.at if done else now
    over = int((ended - due_at).total_seconds() // 60)
    took = int((done.at - run.began_at).total_seconds() // 60) if done else None
    words = done.text if done else step_words(step)
    return StepLine(step, words, due_at, done, ended > due_at, took, max(over, 0))


def offered(viewer: Viewer) -> list[Offered]:
    """What is being walked through, and what could be begun since its watch is unusual. Three statements."""
    found = list(scenarios_for(viewer))
    if not found:
        return []
    running = {run.scenario_id: run for run in runs_for(viewer).filter(state="running")}
    watched = [one.watch_id for one in found if one.watch_id]
    alerts = {one.watch_id: one for one in Alert.objects.filter(watch__in=watched, state="open")}
    offers = [Offered(one, running.get(one.pk), alerts.get(one.watch_id or 0)) for one in found]
    return [one for one in offers if one.run or one.alert]
