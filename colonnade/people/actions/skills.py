"""What somebody can help with, said by themselves."""

from __future__ import annotations

from colonnade.core.db import action
from colonnade.people import rules
from colonnade.people.models import Person, Skill


@action
def add_skill(person: Person, name: str) -> Skill:
    """Somebody can help with this; said twice, however it is written, it stands there once. Raises ValueError, a sentence."""
    name = rules.fit_skill(name)
    known = list(Skill.objects.filter(person=person))
    before = next((one for one in known if one.name.casefold() == name.casefold()), None)
    if before is not None:
        return before
    rules.check_one_more_skill(len(known))
    return Skill.objects.create(person=person, name=name)


@action
def drop_skill(person: Person, name: str) -> None:
    """Somebody no longer says that they can help with this; nothing happens if they never did."""
    Skill.objects.filter(person=person, name=name).delete()
