"""Stored searches, each form they had, and what people say of what they find."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.conversations.models import Post
from colonnade.core.fields import IdField
from colonnade.people.models import Person
from colonnade.places.models import Aim
from colonnade.primitives import ids
from colonnade.primitives.states import Graph

WATCH = Graph(start="active", edges={"active": ["paused"], "paused": ["active"]})


class Watch(models.Model):
    """A stored query in the language of `listening.language`. `version` grows with each change of the query.

    `opens_case`: what it catches needs an answer; where `case_query` is not empty only what fits that as well does.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=100)
    query = models.TextField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=6, choices=WATCH.choices(), default="active")
    opens_case = models.BooleanField(default=False)
    case_query = models.TextField(blank=True)
    aim = models.ForeignKey(Aim, models.SET_NULL, null=True, blank=True, related_name="watches")
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="watches")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """The query of a watch as it was from `at` on, and who wrote it so; nobody: the machine itself."""

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    query = models.TextField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["watch", "number"], name="version_once_a_watch")
        ]


class Label(models.Model):
    """Somebody's word on whether a post is what a watch looks for; the last word counts. The posts need not be caught: those
    that should have been tell what a query misses."""

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="labels", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="labels")
    relevant = models.BooleanField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["watch", "post"], name="label_once_a_post")]
