"""What a reader is told every day or week, and what one shift leaves the next."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.db import models

from colonnade.core.fields import IdField
from colonnade.listening.models import Watch
from colonnade.people.models import Person
from colonnade.primitives import ids


class Briefing(models.Model):
    """What one reader wants to be told: of which watches (none: of all), how often, at what time of their day."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    reader = models.ForeignKey(Person, models.CASCADE, related_name="briefings")
    name = models.CharField(max_length=100)
    every = models.CharField(max_length=4, default="day")  # "day" or "week"
    weekday = models.PositiveSmallIntegerField(default=0)
    at = models.TimeField(default=time(9, 0))
    by_mail = models.BooleanField(default=True)
    with_pdf = models.BooleanField(default=False, db_default=False)
    paused = models.BooleanField(default=False)
    watches = models.ManyToManyField(Watch, related_name="briefings", blank=True)
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")


class Edition(models.Model):
    """One briefing as it was made, once a period. `body` holds numbers and ids, never words of others: what is shown of a
    post is looked up for its reader when it is read."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="editions", db_index=False)
    period = models.CharField(max_length=20)
    since = models.DateTimeField()
    before = models.DateTimeField()
    body = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["briefing", "period"], name="edition_once_a_period")
        ]


class Handover(models.Model):
    """What one shift tells the next."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    text = models.TextField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="handovers")
    at = models.DateTimeField()
