"""What is unusual, what rises by itself, who is told, and what people found out about it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.conversations.models import Post
from colonnade.core.fields import IdField
from colonnade.insight.models.scenarios import Run
from colonnade.listening.models import Watch
from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.primitives.states import Graph

ALERT = Graph(start="open", edges={"open": ["over"], "over": []})


class Pulse(models.Model):
    """What the detector of bursts knows of one watch (`listening.bursts`), up to a step: whole steps since 1970."""

    watch = models.OneToOneField(Watch, models.CASCADE, primary_key=True, related_name="pulse")
    state = models.JSONField()
    upto = models.BigIntegerField()


class Alert(models.Model):
    """A watch catches unusually much. `differs` holds what is different from before: words, authors, links, networks.

    `verdict` is what people say of the alert itself: "" nobody has, "useful" or "noise". `run` is the drill that it alarms
    in; it stands apart then, and is counted nowhere.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    watch = models.ForeignKey(Watch, models.CASCADE, related_name="alerts")
    state = models.CharField(max_length=4, choices=ALERT.choices(), default="open")
    since = models.DateTimeField()
    raised_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True, blank=True)
    score = models.FloatField()
    posts = models.PositiveIntegerField()
    expected = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    differs = models.JSONField(default=dict)
    verdict = models.CharField(max_length=6, blank=True)
    verdict_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    verdict_at = models.DateTimeField(null=True, blank=True)
    run = models.ForeignKey(Run, models.CASCADE, null=True, blank=True, related_name="alerts", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["watch", "since"], condition=models.Q(run=None), name="alert_of_a_watch_once"
            ),
            models.UniqueConstraint(
                fields=["watch"],
                condition=models.Q(state="open", run=None),
                name="alert_one_real_open_a_watch",
            ),
            models.UniqueConstraint(
                fields=["run"], condition=models.Q(run__isnull=False), name="alert_one_a_drill"
            ),
        ]

    @property
    def drill(self) -> bool:
        """Whether it is a rehearsal."""
        return self.run_id is not None


class Route(models.Model):
    """How one person wants to hear of alerts: of one watch, or (without one) of all that have no route of their own."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="alert_routes", db_index=False)
    watch = models.ForeignKey(Watch, models.CASCADE, null=True, blank=True, related_name="routes")
    how = models.CharField(max_length=8)  # "at_once", "digest" or "not"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "watch"], name="route_once"),
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(watch=None), name="route_one_for_all_others"
            ),
        ]


class Sketch(models.Model):
    """What was counted in fixed memory over all that streamed by in one hour (whole hours since 1970), for trends. `passed` of
    its posts were not kept."""

    hour = models.IntegerField(primary_key=True)
    body = models.BinaryField()
    posts = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)


class Trend(models.Model):
    """A word, tag, link, site or emoji that is said far more often than usual, though nobody asked for it."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    kind = models.CharField(max_length=5)  # "word", "tag", "link", "site" or "emoji"
    term = models.CharField(max_length=300)
    hour = models.IntegerField()
    posts = models.PositiveIntegerField()
    usual = models.FloatField()
    score = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hour", "kind", "term"], name="trend_once_an_hour")
        ]


class AuthorName(models.Model):
    """What somebody who is only known by a DID is called, asked for because they were among those of most posts. `name` is "" where
    that was not to be found out; `confirmed` says that the name says the same of them. Forgotten as hours of trends are."""

    address = models.CharField(max_length=500, primary_key=True)
    name = models.CharField(max_length=253, blank=True)
    confirmed = models.BooleanField(default=False)
    asked_at = models.DateTimeField()


class Finding(models.Model):
    """A sentence that somebody wrote about something unusual, with the posts that carry it and a picture of the time.

    It stands in the next briefing of whoever reads of its watch, and stays on the chart at `at`.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    watch = models.ForeignKey(Watch, models.CASCADE, related_name="findings")
    alert = models.ForeignKey(Alert, models.SET_NULL, null=True, blank=True, related_name="findings")
    sentence = models.CharField(max_length=500)
    at = models.DateTimeField()
    since = models.DateTimeField()
    before = models.DateTimeField()
    posts = models.ManyToManyField(Post, related_name="+")
    in_briefings = models.BooleanField(default=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="findings")
    written_at = models.DateTimeField()
