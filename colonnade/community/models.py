"""What the community room keeps: who hears of new public posts by mail."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from colonnade.core.fields import IdField
from colonnade.places.models import Place
from colonnade.primitives import ids


class FollowByMail(models.Model):
    """An address that asked to hear of a space's new public posts, or (`place` None) of those of all open spaces.

    Nothing is sent to it, other than the question whether it asked, before `confirmed_at`. Its links are signed and not
    kept, so that the row opens nothing. `period` is the last day for which a letter was begun, `told_up_to` the id of
    the newest post that a letter told. Stopping deletes the row.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    email = models.EmailField()
    place = models.ForeignKey(Place, models.CASCADE, null=True, blank=True, related_name="followers_by_mail")
    language = models.CharField(max_length=16, blank=True)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    period = models.DateField(null=True, blank=True)
    told_up_to = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["email", "place"],
                condition=Q(place__isnull=False),
                name="follow_by_mail_once_a_place",
            ),
            models.UniqueConstraint(
                fields=["email"], condition=Q(place__isnull=True), name="follow_by_mail_once_for_all"
            ),
        ]
