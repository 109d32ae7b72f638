"""The columns of one member's page."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext

from colonnade.core.db import action
from colonnade.listening import queries as listening
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places import queries as places
from colonnade.workspace import queries, rules
from colonnade.workspace.models import Column, ColumnKind


@action
def add_column(
    person: Person,
    kind: str,
    *,
    place: int | None = None,
    identity: int | None = None,
    watch: int | None = None,
    width: int = 1,
) -> Column:
    """A new column at the right end. Raises CannotArrange for what the person may not see, exactly as for what is not."""
    _check(person, kind, place, identity, watch)
    rows = Column.objects.filter(person=person)
    if rows.count() >= rules.MOST_COLUMNS:
        raise rules.CannotArrange(gettext("That is as many columns as fit: take one away first."))
    last = rows.aggregate(last=Max("position"))["last"]
    return Column.objects.create(
        person=person,
        kind=kind,
        place_id=place if kind == ColumnKind.PLACE else None,
        identity_id=identity if kind == ColumnKind.PERSON else None,
        watch_id=watch if kind == ColumnKind.WATCH else None,
        position=0 if last is None else last + 1,
        width=min(max(width, 1), 3),
    )


def _check(person: Person, kind: str, place: int | None, identity: int | None, watch: int | None) -> None:
    viewer = people.viewer_for(person)
    match kind:
        case ColumnKind.ALL:
            there = True
        case ColumnKind.PLACE:
            there = place is not None and places.place_for(viewer, place) is not None
        case ColumnKind.WATCH:
            there = watch is not None and listening.watch_for(viewer, watch) is not None
        case ColumnKind.PERSON:
            there = identity is not None and queries.is_heard_of(viewer, identity)
        case _:
            there = False
    if not there:
        raise rules.CannotArrange(gettext("There is nothing to show in such a column."))


@action
def remove_column(person: Person, column: int) -> None:
    """Take a column away; nothing happens if it is not there."""
    Column.objects.filter(person=person, pk=column).delete()


@action
def move_column(person: Person, column: int, *, to: int) -> None:
    """Put a column at place `to`, counted from the left and from 0."""
    rows = {
        row.pk: row
        for row in Column.objects.select_for_update().filter(person=person).order_by("position", "pk")
    }
    if column not in rows:
        return
    for position, pk in enumerate(rules.moved(list(rows), column, to)):
        rows[pk].position = position
    Column.objects.bulk_update(rows.values(), ["position"])


@action
def set_width(person: Person, column: int, width: int) -> None:
    """Make a column 1 to 3 wide."""
    Column.objects.filter(person=person, pk=column).update(width=min(max(width, 1), 3))
