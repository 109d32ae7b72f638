"""What people of the house kept by hand."""

from __future__ import annotations

from django.db import models

from colonnade.conversations.models import Post
from colonnade.people.models import Person


class Kept(models.Model):
    """That somebody kept a post by hand, and what they remarked on it."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="kept")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="kept")
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
