"""What hangs on a large screen: which panels, of which watches, how long each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.core.fields import IdField
from colonnade.listening.models import Watch
from colonnade.people.models import Person
from colonnade.primitives import ids


class Wall(models.Model):
    """One screen in a room, as somebody arranged it; it has an address of its own. `panels` are names of
    `insight.rules.PANELS`, in their order; without watches it shows all. `look` is "", "light" or "dark"."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=100)
    panels = models.JSONField(default=list)
    watches = models.ManyToManyField(Watch, related_name="walls", blank=True)
    seconds = models.PositiveSmallIntegerField(default=20)
    look = models.CharField(max_length=5, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["name", "pk"]
