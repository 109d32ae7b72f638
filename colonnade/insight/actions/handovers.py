"""What one shift leaves the next."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.access import actions as access
from colonnade.core.db import action
from colonnade.core.events import Hint, announce
from colonnade.insight.events import HandoverWritten
from colonnade.insight.models import Handover
from colonnade.people.models import Person
from colonnade.people.rules import is_staff
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import clock, text

LONGEST = 2000


@action
def write_handover(words: str, *, by: Person) -> Handover:
    """Leave a note for the next shift: all of staff read it. Raises PermissionDenied, and ValueError, a sentence."""
    if not is_staff(by):
        raise PermissionDenied("Only people of staff hand over.")
    said = text.normalise(words[: LONGEST + 1]).strip()
    if not said:
        raise ValueError(gettext("Write at least one word."))
    if len(said) > LONGEST:
        raise ValueError(gettext("Please keep it under 2,000 characters."))
    row = Handover.objects.create(text=said, by=by, at=clock.now())
    staff = access.intern(STAFF_ONLY).pk
    announce(HandoverWritten(handover=row.pk), subject="handovers", hints=[Hint(staff)])
    return row
