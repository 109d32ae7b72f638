"""Who is connected with whom, and how: said by the staff."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.people import rules
from colonnade.people.models import Identity, Person, Tie
from colonnade.people.types import Connection


@action
def tie(source: Person, target: Person, said: Connection, *, by: Person) -> Tie:
    """Say how `source` is connected with `target`. Raises PermissionDenied, ValueError with a sentence."""
    _require(by)
    if source.pk == target.pk:
        raise ValueError(gettext("Nobody is connected with themselves."))
    if Identity.objects.filter(person__in=(source, target), pseudonym__isnull=False).exists():
        # a sealed name stays apart from every other; the sentence does not say that it is one
        raise ValueError(gettext("These two cannot be connected."))
    fit = rules.fit_connection(said)
    _refuse_twice(source, target, fit.kind)
    made = Tie.objects.create(source=source, target=target, **_fields(fit))
    _record("connection added", made, by)
    return made


@action
def change_tie(tie: Tie, said: Connection, *, by: Person) -> Tie:
    """Say it differently; between whom it is stays. Raises PermissionDenied, ValueError with a sentence."""
    _require(by)
    row = Tie.objects.select_for_update(of=("self",)).select_related("source", "target").get(pk=tie.pk)
    fit = rules.fit_connection(said)
    if fit.kind != row.kind:
        _refuse_twice(row.source, row.target, fit.kind)
    for name, value in _fields(fit).items():
        setattr(row, name, value)
    row.save()
    _record("connection changed", row, by)
    return row


@action
def untie(tie: Tie, *, by: Person) -> None:
    """Take a connection away; a second time changes nothing. Raises PermissionDenied."""
    _require(by)
    row = Tie.objects.filter(pk=tie.pk).first()
    if row is None:
        return
    _record("connection removed", row, by)
    row.delete()


def _fields(fit: Connection) -> dict[str, Any]:
    return {
        "kind": fit.kind,
        "reverse": fit.reverse,
        "known_from": fit.known_from,
        "since": fit.since,
        "confidence": fit.confidence,
    }


def _require(by: Person) -> None:
    if not rules.can_keep_notes(by):
        raise PermissionDenied("Only staff say who is connected with whom.")


def _refuse_twice(source: Person, target: Person, kind: str) -> None:
    if Tie.objects.filter(source=source, target=target, kind=kind).exists():
        raise ValueError(gettext("That connection stands there already."))


def _record(what: str, row: Tie, by: Person) -> None:
    audit.record(
        what,
        by=by.principal_id,
        subject=f"person:{row.source_id}",
        details={"with": str(row.target_id), "kind": row.kind},
    )
