"""What people said of moods, and what was learned from it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.conversations.models import Post
from colonnade.core.fields import IdField
from colonnade.people.models import Person
from colonnade.primitives import ids


class Correction(models.Model):
    """The mood of a post as a person reads it; the last word counts."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="correction")
    mood = models.CharField(max_length=8)
    lang = models.CharField(max_length=16)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()


class MoodModel(models.Model):
    """One thing that was learned from the corrections of one language; `verdict` compares it with what it would replace.

    At most one of a language is `switched_on`. `body` is what `listening.mood` wrote; empty where it was dropped.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    lang = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    body = models.BinaryField()
    verdict = models.JSONField(default=dict)
    switched_on = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lang", "version"], name="mood_model_once"),
            models.UniqueConstraint(
                fields=["lang"], condition=models.Q(switched_on=True), name="mood_model_one_on"
            ),
        ]
