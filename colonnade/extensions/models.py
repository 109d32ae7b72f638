"""What an outside program may do, in whose name, and in which places."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.access.models import Principal
from colonnade.core.fields import IdField
from colonnade.people.models import Person
from colonnade.places.models import Place
from colonnade.primitives import ids


class App(models.Model):
    """An outside program that people let in."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=200)
    principal = models.OneToOneField(Principal, models.PROTECT, related_name="app")

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """A token of a person: what a program that holds it may do in their name, never more than they may themselves.

    `limited` says that `places` are a ceiling: it stays one when the last of them is gone. Only the SHA-256 of the
    token is kept.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=200, blank=True)
    app = models.ForeignKey(App, models.CASCADE, null=True, blank=True, related_name="grants")
    person = models.ForeignKey(Person, models.CASCADE, related_name="grants")
    permissions = models.JSONField(default=list)
    limited = models.BooleanField(default=False)
    places = models.ManyToManyField(Place, related_name="grants", blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "-created_at"], name="grant_by_person")]

    def __str__(self) -> str:
        return self.name or f"token {self.pk}"
