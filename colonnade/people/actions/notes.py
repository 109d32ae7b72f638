"""What the staff keep in mind about somebody."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.people import rules
from colonnade.people.models import Person, PersonNote
from colonnade.primitives import clock

LONGEST_NOTE = 2000


@action
def keep_note(person: Person, text: str, *, by: Person) -> PersonNote:
    """Write down something about somebody. Raises PermissionDenied, ValueError with a sentence."""
    if not rules.can_keep_notes(by):
        raise PermissionDenied("Only staff keep notes about people.")
    text = text.strip()
    if not text:
        raise ValueError(gettext("Write at least one word."))
    if len(text) > LONGEST_NOTE:
        raise ValueError(gettext("A note has at most 2000 letters."))
    made = PersonNote.objects.create(person=person, by=by, text=text, made_at=clock.now())
    audit.record(
        "note about a person kept",
        by=by.principal_id,
        subject=f"person:{person.pk}",
        details={"note": str(made.pk)},
    )
    return made


@action
def drop_note(note: PersonNote, *, by: Person) -> None:
    """Take a note away for good. Raises PermissionDenied."""
    if not rules.can_drop_note(by, note):
        raise PermissionDenied("Only whoever wrote a note, or an admin, takes it away.")
    audit.record(
        "note about a person dropped",
        by=by.principal_id,
        subject=f"person:{note.person_id}",
        details={"note": str(note.pk)},
    )
    note.delete()
