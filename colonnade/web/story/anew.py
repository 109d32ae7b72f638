"""Beginning again, and beginning empty. All rows go and the town's network is kept aside as a file; whatever ends halfway
is the town as it was, or no town at all."""

from __future__ import annotations

from colonnade.core.db import action
from colonnade.core.emptying import empty_rooms
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.web import house
from colonnade.web.story import stage, tasks, town


def begin_again() -> None:
    """The story from its first second: what was said in it goes, and so does all that anybody did."""
    stage.world().begin_anew()
    _empty_and_build()
    house.forget()
    tasks.forget()


@action
def _empty_and_build() -> None:
    empty_rooms()
    town.build(town.password())


def start_empty(*, name: str, email: str, password: str) -> Person:
    """No town any more, and an owner."""
    owner = _empty_for(name, email, password)
    stage.close()
    house.forget()
    tasks.forget()
    return owner


@action
def _empty_for(name: str, email: str, password: str) -> Person:
    empty_rooms()
    return people.make_owner(email, password, name=name)
