"""What is done when it happens: a trigger, a playbook, and each time it was walked through."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.core.fields import IdField
from colonnade.listening.models import Watch
from colonnade.people.models import Person
from colonnade.places.models import Place
from colonnade.primitives import ids
from colonnade.primitives.states import Graph
from colonnade.publishing.models import Draft

RUN = Graph(start="running", edges={"running": ["ended"], "ended": []})


class Scenario(models.Model):
    """Something that may happen, the watch whose alert says that it does, and who answers for it.

    `script` is what is said in a drill: a line each, "Who: words".
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=100)
    about = models.TextField(blank=True)
    script = models.TextField(blank=True)
    watch = models.ForeignKey(Watch, models.SET_NULL, null=True, blank=True, related_name="scenarios")
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="scenarios")
    created_at = models.DateTimeField()


class ScenarioVersion(models.Model):
    """A scenario as it was from a moment on, and who wrote it so. `body` holds its words and the ids of whom and what it
    names, as `insight.rules.written` makes it: names are looked up when it is read."""

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    body = models.JSONField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scenario", "number"], name="scenario_version_once")
        ]


class Step(models.Model):
    """One line of a playbook: somebody to call, everything planned to pause, a statement to send, or something to do.

    `within` is in how many minutes from the beginning it should be done.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=9)  # "call", "pause", "statement" or "do"
    text = models.CharField(max_length=300, blank=True)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    draft = models.ForeignKey(Draft, models.SET_NULL, null=True, blank=True, related_name="+")
    within = models.PositiveIntegerField(default=10)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["scenario", "position"], name="step_in_order")]


class Run(models.Model):
    """One time that a playbook was walked through, in earnest or as a drill; `debrief` is what was written afterwards.

    `place` is where a drill is played: a space that only staff read.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="runs")
    state = models.CharField(max_length=7, choices=RUN.choices(), default="running")
    drill = models.BooleanField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    place = models.ForeignKey(Place, models.SET_NULL, null=True, blank=True, related_name="+")
    debrief = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scenario"], condition=models.Q(state="running"), name="run_one_at_a_time"
            )
        ]


class StepDone(models.Model):
    """That a step of a run was done, by whom and when. `text` and `within` are those of the step at that moment."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="done", db_index=False)
    step = models.ForeignKey(Step, models.SET_NULL, null=True, related_name="+")
    text = models.CharField(max_length=300)
    within = models.PositiveIntegerField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "step"], name="step_done_once")]
