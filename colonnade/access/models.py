"""Tables that say who may. Source of the schema and its figures: the project's note on visibility."""

from __future__ import annotations

from typing import Any

from django.db import models


class Kind(models.TextChoices):
    """What a principal stands for."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed_in"
    STAFF = "staff"
    CRAWLERS = "crawlers"
    FEDIVERSE = "fediverse"
    PLACE = "place"
    TEAM = "team"
    PERSON = "person"
    CONVERSATION = "conversation"
    APP = "app"


class Principal(models.Model):
    """Anybody or anything that may be let in: also the holder of what it holds.

    `epoch` grows whenever what it holds changes; whoever keeps a copy of the holdings compares it.
    """

    kind = models.CharField(max_length=12, choices=Kind.choices)
    active = models.BooleanField(default=True)
    epoch = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Holding(models.Model):
    """`holder` is one of `principal`: a person of staff, a member of a place. Dead after `until`."""

    pk = models.CompositePrimaryKey("holder_id", "principal_id")
    holder = models.ForeignKey(Principal, models.CASCADE, related_name="holdings")
    principal = models.ForeignKey(Principal, models.CASCADE, related_name="holders")
    until = models.DateTimeField(null=True, blank=True)


class Tier(models.TextChoices):
    """The widest open circle that an audience contains; a hint for search, never a decision."""

    EVERYONE = "p"
    SIGNED_IN = "i"
    STAFF = "s"
    RESTRICTED = "r"


class Audience(models.Model):
    """An interned, immutable OR of terms; `key` is its terms in canonical order."""

    key = models.TextField(unique=True)
    tier = models.CharField(max_length=1, choices=Tier.choices)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None and not self._state.adding:
            raise TypeError("An audience never changes: intern another and point the scope at it.")
        super().save(*args, **kwargs)


class Term(models.Model):
    """One way into an audience: hold `principal` AND `within` (the same one twice means just that one)."""

    pk = models.CompositePrimaryKey("principal_id", "within_id", "audience_id")
    principal = models.ForeignKey(Principal, models.CASCADE, related_name="terms")
    within = models.ForeignKey(Principal, models.CASCADE, related_name="+")
    audience = models.ForeignKey(Audience, models.CASCADE, related_name="terms")
