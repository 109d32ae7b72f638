"""Stored searches, and the posts that they caught."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.conversations.models import Post
from colonnade.core.fields import IdField
from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.primitives.states import Graph

WATCH = Graph(start="active", edges={"active": ["paused"], "paused": ["active"]})


class Watch(models.Model):
    """A stored query in the language of `listening.language`. `version` grows with each change of the query.

    `opens_case`: whatever it catches needs an answer.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=100)
    query = models.TextField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=6, choices=WATCH.choices(), default="active")
    opens_case = models.BooleanField(default=False)
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="watches")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Mention(models.Model):
    """A post that a watch caught, with the phrases found in it and the version of the query that found them."""

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="mentions", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="mentions")
    why = models.JSONField(default=list)
    version = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["watch", "post"], name="mention_once")]
