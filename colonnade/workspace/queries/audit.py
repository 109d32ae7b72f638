"""The audit log for those who look after the server: who did what to which thing."""

from __future__ import annotations

from django.utils.translation import gettext

from colonnade.access.types import Viewer
from colonnade.core import audit
from colonnade.people import queries as people
from colonnade.people.rules import can_administer
from colonnade.primitives import clock
from colonnade.workspace.types import AuditLine

AT_ONCE = 50


def audit_for(
    viewer: Viewer, *, what: str = "", actor: int | None = None, subject: str = "", before: int | None = None
) -> list[AuditLine]:
    """Entries newest first, one more than a page where there is more; none for anybody but admins."""
    person = people.person_by_id(viewer.person) if viewer.person is not None else None
    if person is None or not can_administer(person):
        return []
    rows = list(audit.entries(what=what, actor=actor, subject=subject, before=before)[: AT_ONCE + 1])
    names = people.names_of_principals({row.actor for row in rows if row.actor is not None})
    return [
        AuditLine(
            id=row.pk,
            at=clock.moment_of(row.at_ms),
            what=row.what,
            who=names.get(row.actor or 0, "") or gettext("The server itself"),
            subject=row.subject,
            details=row.details if row.details != "{}" else "",
            chained=row.seq is not None,
        )
        for row in rows
    ]
