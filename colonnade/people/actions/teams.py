"""Teams, and who is in them."""

from __future__ import annotations

from collections.abc import Iterable

from colonnade.access import actions as access
from colonnade.access.models import Kind
from colonnade.core.db import action
from colonnade.people.models import (
    Person,
    Team,
)


@action
def make_team(name: str, members: Iterable[Person] = ()) -> Team:
    """A team with these members."""
    team = Team.objects.create(name=name, principal=access.make_principal(Kind.TEAM))
    for person in members:
        join_team(team, person)
    return team


@action
def join_team(team: Team, person: Person) -> None:
    """`person` is one of `team`; a second time changes nothing."""
    team.members.add(person)
    access.hold(person.principal_id, team.principal_id)


@action
def leave_team(team: Team, person: Person) -> None:
    """`person` is no longer one of `team`."""
    team.members.remove(person)
    access.let_go(person.principal_id, team.principal_id)
