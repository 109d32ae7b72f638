"""One thing done to many cases at once, and all of it undone at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core import db
from colonnade.core.db import action
from colonnade.inbox import queries, rules
from colonnade.inbox.actions import desk, turning
from colonnade.inbox.models import Case, EntryKind
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives.states import NotAllowed

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Before:
    """How a case stood before it was changed; `version` is the one that the change left behind. `waiting` is the
    moment since which the other side waits for us, "" where it does not."""

    case: int
    version: int
    state: str
    owner: int
    team: int
    tags: tuple[str, ...]
    waiting: str


@dataclass(frozen=True, slots=True)
class Many:
    """What became of many cases: how those stood that were changed, and how many were left as they are."""

    done: tuple[Before, ...]
    left: int


@action
def assign_many(cases: Sequence[int], *, to: Person | None, by: Person) -> Many:
    """Give cases to somebody, or to nobody. Cases that `by` or `to` may not see are left. Raises PermissionDenied."""
    return _each(cases, by, lambda case: desk.assign(case, to=to, by=by))


@action
def solve_many(cases: Sequence[int], *, by: Person) -> Many:
    """Solve cases. Those that `by` may not see are left. Raises PermissionDenied."""
    return _each(cases, by, lambda case: desk.solve(case, by=by))


@action
def tag_many(cases: Sequence[int], tags: Iterable[str], *, by: Person) -> Many:
    """Add tags to cases, beside those that each has. Cases that `by` may not see are left. Raises PermissionDenied,
    ValueError with a sentence where there is no tag."""
    added = rules.tidy_tags(tags)
    if not added:
        raise ValueError(gettext("Write a tag."))
    return _each(cases, by, lambda case: desk.tag(case, [*case.tags, *added], by=by))


def _each(cases: Sequence[int], by: Person, do: Callable[[Case], Case]) -> Many:
    """In the order of their ids, so that two who do this at once never wait for each other in a circle."""
    turning.require(by)
    wanted = sorted(set(cases))[:MOST_AT_ONCE]
    # What is hidden and what is not there cost the same: neither is looked at again.
    seen = set(queries.seen(people.viewer_for(by)).filter(pk__in=wanted).values_list("pk", flat=True))
    done = [before for pk in wanted if pk in seen and (before := _one(pk, by, do)) is not None]
    return Many(tuple(done), len(set(cases)) - len(done))


def _one(pk: int, by: Person, do: Callable[[Case], Case]) -> Before | None:
    try:
        with db.attempt():
            row = turning.for_work(Case(pk=pk), by)
            state, owner, team, tags = row.state, row.owner_id, row.team_id, tuple(row.tags)
            since = row.waiting_since.isoformat() if row.waiting_since else ""
            changed = do(row)
    except (Case.DoesNotExist, PermissionDenied, NotAllowed, ValueError):
        return None
    return Before(pk, changed.version, state, owner or 0, team or 0, tags, since)


@action
def put_back(befores: Iterable[Before], *, by: Person) -> int:
    """Put cases back as they stood; one that was changed since stays as it is. Returns how many were put back. Raises
    PermissionDenied."""
    turning.require(by)
    return sum(_put_back(before, by) for before in sorted(befores, key=lambda before: before.case))


def _put_back(before: Before, by: Person) -> bool:
    try:
        row = turning.for_work(Case(pk=before.case), by, before.version)
    except (Case.DoesNotExist, PermissionDenied, rules.StaleCase):
        return False
    change = turning.Change(row, by)
    if row.state != before.state:
        solved = row.state == "solved"
        turning.enter(row, EntryKind.REOPENED if solved else EntryKind.ASSIGNED, by=by)
        change.turn(before.state)
    change.give(Person.objects.filter(pk=before.owner).first())
    row.team_id = before.team or None
    row.tags = list(before.tags)
    row.waiting_since = datetime.fromisoformat(before.waiting) if before.waiting else None
    change.write()
    return True
