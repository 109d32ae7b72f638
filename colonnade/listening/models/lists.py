"""Lists: blocks of a query that have a name, so that many watches rest on one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.core.fields import IdField
from colonnade.people.models import Person
from colonnade.primitives import ids

LONGEST_NAME = 60


class NamedList(models.Model):
    """What queries mean by `list:name`. The name is folded; `version` grows with each change of the query."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=LONGEST_NAME, unique=True)
    query = models.TextField()
    description = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="lists")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ListVersion(models.Model):
    """The query of a list as it was from `at` on, and who wrote it so."""

    named = models.ForeignKey(NamedList, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    query = models.TextField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["named", "number"], name="list_version_once")
        ]
