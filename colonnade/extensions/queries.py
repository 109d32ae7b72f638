"""Every read of extensions that others use."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet

from colonnade.access.types import Viewer
from colonnade.extensions import rules
from colonnade.extensions.models import Grant
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import clock


def viewer_for_token(token: str) -> tuple[Grant, Viewer] | None:
    """Who it is that comes with this token, under its ceiling and permissions; None for a dead or unknown one.

    Found by the hash of the token, so the time it takes tells nothing about other tokens.
    """
    if not rules.looks_like_a_token(token):
        return None
    rows = Grant.objects.select_related("person__principal")
    grant = rows.filter(token_hash=rules.hash_of(token)).first()
    if grant is None or not rules.is_alive(grant, clock.now()):
        return None
    return grant, viewer_of(grant)


def viewer_of(grant: Grant) -> Viewer:
    """How a program looks that holds a live grant: as its person, under its ceiling and permissions."""
    ceiling = grant.places.values_list("pk", flat=True) if grant.limited else None
    viewer = people.viewer_for(grant.person, ceiling=ceiling)
    return replace(viewer, permissions=frozenset(grant.permissions))


def grants_of(person: Person) -> QuerySet[Grant]:
    """Somebody's tokens that were not revoked, newest first."""
    rows = Grant.objects.filter(person=person, revoked_at__isnull=True)
    return rows.prefetch_related("places").order_by("-created_at", "-pk")


def grant_by_id(pk: int) -> Grant | None:
    """The grant with this id, or None."""
    return Grant.objects.select_related("person").filter(pk=pk).first()
