"""Counts, kept so that nobody has to count again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.listening.models import Watch
from colonnade.places.models import Scope


class Rollup(models.Model):
    """How many posts a watch caught in one hour (whole hours since 1970, UTC) by scope, network, language and mood.

    `copies` of them tell a story that was heard before. Whoever may not see a scope is not told its counts.
    """

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="rollups", db_index=False)
    hour = models.IntegerField()
    scope = models.ForeignKey(Scope, models.CASCADE, related_name="+")
    network = models.CharField(max_length=40, blank=True)
    lang = models.CharField(max_length=16, blank=True)
    mood = models.CharField(max_length=8, blank=True)
    posts = models.PositiveIntegerField(default=0)
    copies = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["watch", "hour", "scope", "network", "lang", "mood"], name="rollup_once"
            )
        ]


class Total(models.Model):
    """The same without network, language and mood: what most charts ask for, in a tenth of the rows."""

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="+", db_index=False)
    hour = models.IntegerField()
    scope = models.ForeignKey(Scope, models.CASCADE, related_name="+")
    posts = models.PositiveIntegerField(default=0)
    copies = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["watch", "hour", "scope"], name="total_once")
        ]


class Tally(models.Model):
    """How far the mentions of a watch are counted: all up to and with this one, in the order in which they were kept."""

    watch = models.OneToOneField(Watch, models.CASCADE, primary_key=True, related_name="tally")
    upto = models.BigIntegerField(default=0)
