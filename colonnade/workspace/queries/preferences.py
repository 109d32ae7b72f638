"""How one person likes it."""

from __future__ import annotations

from colonnade.people.models import Person
from colonnade.workspace.models import Preference


def preference_of(person: Person) -> Preference:
    """Somebody's preferences; those that hold for everybody where they chose none (that row is not written)."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)
