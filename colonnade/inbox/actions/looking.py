"""Who has a case before them, who is writing, and what somebody has put out of their own sight."""

from __future__ import annotations

from datetime import datetime, timedelta

from colonnade.core.db import action
from colonnade.inbox.actions import turning
from colonnade.inbox.events import WritingBegan
from colonnade.inbox.models import Case, CaseLater, CaseLook, WatchQuiet
from colonnade.inbox.queries import WRITING_LASTS_S
from colonnade.listening.models import Watch
from colonnade.people.models import Person
from colonnade.primitives import clock


@action
def look(case: Case, person: Person, *, writing: bool | None = None) -> None:
    """Somebody has the case before them now. For people who may see it; the others are told so by `case_for`.

    `writing`: they are (True) or no longer (False) putting words down; colleagues hear of the beginning. None says
    nothing of it.
    """
    now = clock.now()
    if writing is None:
        CaseLook.objects.update_or_create(case=case, person=person, defaults={"at": now})
        return
    before = CaseLook.objects.filter(case=case, person=person).values_list("writing_at", flat=True).first()
    known = before is not None and before > now - timedelta(seconds=WRITING_LASTS_S)
    said = {"at": now, "writing_at": now if writing else None}
    CaseLook.objects.update_or_create(case=case, person=person, defaults=said)
    if writing and not known:
        turning.tell(case, WritingBegan(case=case.pk, person=person.pk))


@action
def forget_looks() -> int:
    """Delete looks that are over, and what was put off until a time that has come; returns how many looks."""
    now = clock.now()
    CaseLater.objects.filter(until__lt=now).delete()
    WatchQuiet.objects.filter(until__lt=now).delete()
    count, _ = CaseLook.objects.filter(at__lt=now - timedelta(days=1)).delete()
    return count


@action
def later(case: Case, until: datetime | None, *, by: Person) -> None:
    """Put a case off for oneself until a moment to come, or (None) take that back. The case itself stays as it is.
    Raises PermissionDenied."""
    row = turning.for_work(case, by)
    if until is None:
        CaseLater.objects.filter(case=row, person=by).delete()
    else:
        CaseLater.objects.update_or_create(case=row, person=by, defaults={"until": until})


@action
def quieten(watch: Watch, until: datetime | None, *, by: Person) -> None:
    """Say of a watch that is louder than usual that it is nothing, for oneself until then; None takes that back. Raises
    PermissionDenied."""
    turning.require(by)
    if until is None:
        WatchQuiet.objects.filter(watch=watch, person=by).delete()
    else:
        WatchQuiet.objects.update_or_create(watch=watch, person=by, defaults={"until": until})
