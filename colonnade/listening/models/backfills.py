"""How far a watch has been compared with what was stored before it listened."""

from __future__ import annotations

from django.db import models

from colonnade.listening.models.watches import Watch


class Backfill(models.Model):
    """The last time that somebody asked a watch to catch what is stored as well. Posts are gone through from the newest on:
    those with ids from `reached` on have been looked at, none below `down_to` is (ids are times)."""

    watch = models.OneToOneField(Watch, models.CASCADE, primary_key=True, related_name="backfill")
    reached = models.BigIntegerField()
    down_to = models.BigIntegerField(default=0)
    looked = models.PositiveIntegerField(default=0)
    caught = models.PositiveIntegerField(default=0)
    done = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
