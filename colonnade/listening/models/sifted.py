"""How much streamed by, and how much of it was kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.places.models import Place


class Sifted(models.Model):
    """One minute of one stream: how many posts were seen, and how many of them were kept. `minute` counts whole minutes
    since 1970 (UTC), by when they were dealt with; a minute without a row saw nothing."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="sifted", db_index=False)
    minute = models.BigIntegerField()
    seen = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "minute"], name="sifted_once_a_minute")
        ]
