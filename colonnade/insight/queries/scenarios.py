"""Scenarios, and how far somebody is with one, by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext, ngettext

from colonnade.access.types import Viewer
from colonnade.insight import rules
from colonnade.insight.models import Alert, Run, Scenario, Step, StepDone
from colonnade.insight.types import Body, Changed
from colonnade.listening.models import Mention, Watch
from colonnade.networks.pretend import DRILLS
from colonnade.people.models import Person
from colonnade.primitives import clock, ids


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


def walked(viewer: Viewer, scenario: Scenario) -> QuerySet[Run]:
    """Each time that a scenario was walked through, the newest first, with `steps_done`. For staff."""
    return runs_for(viewer).filter(scenario=scenario).annotate(steps_done=Count("done"))


def last_walked(viewer: Viewer) -> dict[int, datetime]:
    """When each scenario was last walked through to its end, those that were. For staff. One statement."""
    rows = Run.objects.filter(state="ended").values_list("scenario").annotate(at=Max("began_at"))
    return dict(rows) if viewer.is_staff else {}


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
    alerts = {one.watch_id: one for one in Alert.objects.filter(watch__in=watched, state="open", run=None)}
    offers = [Offered(one, running.get(one.pk), alerts.get(one.watch_id or 0)) for one in found]
    return [one for one in offers if one.run or one.alert]


# --- what it was ------------------------------------------------------------------------------------------------------


def history_of(scenario: Scenario) -> list[Changed]:
    """The versions of a scenario, the newest first, each with what was changed in it. Three statements."""
    rows = list(scenario.versions.select_related("by").order_by("number"))
    named = _Named([row.body for row in rows])
    told = [named.lines(row.body) for row in rows]
    found = [
        Changed(
            row.number, str(row.by or ""), row.at, tuple(rules.changed(told[at - 1], told[at]) if at else ())
        )
        for at, row in enumerate(rows)
    ]
    return found[::-1]


class _Named:
    """Whom and what versions name, looked up once."""

    def __init__(self, bodies: Sequence[Body]) -> None:
        persons = {body["owner"] for body in bodies} | {step[3] for body in bodies for step in body["steps"]}
        self._persons = {one.pk: one for one in Person.objects.filter(pk__in=persons - {None})}
        watches = {body["watch"] for body in bodies} - {None}
        self._watches = dict(Watch.objects.filter(pk__in=watches).values_list("pk", "name"))

    def lines(self, body: Body) -> list[str]:
        """A version in lines, each of which says what it is."""
        told = [body["name"], *body["about"].splitlines()]
        if body["watch"]:
            watch = self._watches.get(body["watch"], gettext("a watch that is gone"))
            told.append(gettext("Watch: %(name)s") % {"name": watch})
        if body["owner"]:
            told.append(gettext("Answers for it: %(name)s") % {"name": self._persons.get(body["owner"], "?")})
        told += [self._step(*step) for step in body["steps"]]
        script = [gettext("In a drill: %(line)s") % {"line": line} for line in body["script"].splitlines()]
        return [line for line in [*told, *script] if line.strip()]

    def _step(self, kind: str, text: str, within: int, person: int | None, draft: int | None) -> str:
        step = Step(kind=kind, text=text, person=self._persons.get(person or 0))
        words = ngettext("%(n)d min: %(what)s", "%(n)d min: %(what)s", within)
        told = words % {"n": within, "what": step_words(step)}
        return f"{told} ({gettext('with a draft')})" if draft else told


# --- drills -----------------------------------------------------------------------------------------------------------


def drill_address(run: Run) -> str:
    """With what the addresses of all that is played in a drill begin."""
    return f"pretend://{DRILLS}/{run.pk}/"


def drill_grounds() -> QuerySet[Run, int]:
    """For the machine itself: the spaces in which drills are played; what is said there, by whomever, is not real."""
    return Run.objects.filter(place__isnull=False).order_by().values_list("place", flat=True)


def caught_in_drill(run: Run) -> list[int]:
    """The posts of a drill that the watch of its scenario has caught, oldest first, also when they are gone."""
    rows = Mention.objects.filter(
        watch=run.scenario.watch_id,
        drill=True,
        post_id__gte=ids.first_of(clock.ms_of(run.began_at)),
        post__said__uri__startswith=drill_address(run),
    )
    return list(rows.order_by("post_id").values_list("post_id", flat=True))


def alarm_of(run: Run) -> Alert | None:
    """The alert of a drill."""
    return Alert.objects.filter(run=run).first()


def practising(run: Run) -> set[int]:
    """The ids of those who practise in a drill: who began it, who answers for its scenario, whom its playbook calls."""
    called = run.scenario.steps.filter(person__isnull=False).values_list("person", flat=True)
    return {one for one in (run.by_id, run.scenario.owner_id, *called) if one is not None}


def forgotten_drills(since: datetime) -> list[Run]:
    """For the machine itself: drills that nobody has ended, begun before then."""
    rows = Run.objects.filter(state="running", drill=True, began_at__lt=since)
    return list(rows.select_related("by", "scenario__owner").order_by("pk"))
