"""Teams, and who is in them."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.access import actions as access
from colonnade.access.models import Kind
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.people import rules
from colonnade.people.models import Person, Team
from colonnade.primitives import clock


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


@action
def set_team(team: Team | None, name: str, members: Iterable[Person], *, by: Person) -> Team:
    """A new team (None), or what one is called and who is in it from now on; in the audit log.

    Raises PermissionDenied, ValueError with a sentence.
    """
    _require(by)
    wanted = {person.pk: person for person in members}
    if not all(rules.is_staff(person) for person in wanted.values()):
        raise ValueError(gettext("A team is made of staff."))
    name = rules.fit_team(name)
    _refuse_twice(name, team)
    if team is None:
        team = make_team(name)
    Team.objects.filter(pk=team.pk).update(name=name)
    now = {person.pk: person for person in team.members.all()}
    for pk in wanted.keys() - now.keys():
        join_team(team, wanted[pk])
    for pk in now.keys() - wanted.keys():
        leave_team(team, now[pk])
    said = {"name": name, "members": sorted(str(person) for person in wanted.values())}
    audit.record("team set", by=by.principal_id, subject=f"team:{team.pk}", details=said)
    return team


@action
def remove_team(team: Team, *, by: Person) -> None:
    """There is no such team any more: what it read its people read through it no longer, and what was left to it is
    nobody's. Its name is free. A second time changes nothing. Raises PermissionDenied."""
    _require(by)
    row = Team.objects.select_for_update().get(pk=team.pk)
    if row.removed_at is not None:
        return
    row.removed_at = clock.now()
    row.save(update_fields=["removed_at"])
    for person in row.members.all():
        access.let_go(person.principal_id, row.principal_id)
    audit.record("team removed", by=by.principal_id, subject=f"team:{row.pk}", details={"name": row.name})


@action
def put_back_team(team: Team, *, by: Person) -> Team:
    """Undo `remove_team`: the team as it was, with those of its people who are still of staff.

    Raises PermissionDenied, ValueError with a sentence where its name is another's by now.
    """
    _require(by)
    row = Team.objects.select_for_update().get(pk=team.pk)
    if row.removed_at is None:
        return row
    _refuse_twice(row.name, row)
    row.removed_at = None
    row.save(update_fields=["removed_at"])
    for person in row.members.all():
        (join_team if rules.is_staff(person) else leave_team)(row, person)
    audit.record("team put back", by=by.principal_id, subject=f"team:{row.pk}", details={"name": row.name})
    return row


def _require(by: Person) -> None:
    if not rules.can_administer(by):
        raise PermissionDenied(gettext("Only admins set up teams."))


def _refuse_twice(name: str, team: Team | None) -> None:
    others = Team.objects.filter(name=name, removed_at__isnull=True)
    if (others.exclude(pk=team.pk) if team else others).exists():
        raise ValueError(gettext("There is a team of that name."))
