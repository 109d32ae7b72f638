"""The posts that watches caught, and which of them say the same."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.conversations.models import Post
from colonnade.core.fields import IdField
from colonnade.listening.models.watches import Watch
from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.primitives.states import Graph

MENTION = Graph(
    start="new",
    edges={"new": ["done", "aside"], "done": ["new", "aside"], "aside": ["new", "done"]},
)


class Story(models.Model):
    """Posts that say nearly the same in nearly the same words: the first that was heard, and its copies."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    first = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")


class Telling(models.Model):
    """That a post tells a story, and by which bits its words are recognised (see `listening.stories`)."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="telling")
    story = models.ForeignKey(Story, models.CASCADE, related_name="tellings")
    bits = models.BigIntegerField()
    is_copy = models.BooleanField(default=False)


class Mention(models.Model):
    """A post that a watch caught, with the phrases found in it and the version of the query that found them.

    `mood` and `lang` are what was read when it was caught: "" for nothing. `is_copy`: it tells a story that was heard before.
    `drill`: it is said in a rehearsal; it is in no count, no story and no lesson.
    """

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="mentions", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="mentions")
    why = models.JSONField(default=list)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=5, choices=MENTION.choices(), default="new")
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="mentions")
    tags = models.JSONField(default=list)
    mood = models.CharField(max_length=8, blank=True)
    lang = models.CharField(max_length=16, blank=True)
    is_copy = models.BooleanField(default=False)
    drill = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["watch", "post"], name="mention_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "state"], condition=models.Q(owner__isnull=False), name="mention_owned"
            )
        ]
