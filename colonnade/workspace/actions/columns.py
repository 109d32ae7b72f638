"""The columns of one member's page."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext

from colonnade.access.types import Viewer
from colonnade.core.db import action
from colonnade.listening import queries as listening
from colonnade.listening.actions.lists import locked_texts
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import may_name_lists
from colonnade.listening.search import plain
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.people.rules import is_staff
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
    owner: int | None = None,
    which: str = "",
    words: str = "",
    width: int = 1,
) -> Column:
    """A new column at the right end. Raises CannotArrange for what the person may not see, exactly as for what is not."""
    column = Column(
        person=person,
        kind=kind,
        place_id=place if kind in (ColumnKind.PLACE, ColumnKind.SEARCH) else None,
        identity_id=identity if kind == ColumnKind.PERSON else None,
        watch_id=watch if kind == ColumnKind.WATCH else None,
        owner_id=owner if kind == ColumnKind.CASES else None,
        which=_which(kind, which, of_one=owner is not None),
        words=" ".join(words.split()) if kind == ColumnKind.SEARCH else "",
        width=min(max(width, 1), 3),
    )
    if may_name_lists(column.words) and is_staff(person):
        locked_texts()
    _check(person, column)
    rows = Column.objects.filter(person=person)
    if rows.count() >= rules.MOST_COLUMNS:
        raise rules.CannotArrange(gettext("That is as many columns as fit: take one away first."))
    last = rows.aggregate(last=Max("position"))["last"]
    column.position = 0 if last is None else last + 1
    column.save(force_insert=True)
    return column


def _which(kind: str, which: str, *, of_one: bool) -> str:
    """The part of a list; "" where a column has none. Raises CannotArrange for one that the list does not have."""
    if kind == ColumnKind.SEARCH:
        return which[:300]
    parts = rules.LISTS.get(kind, ("",))
    part = which or parts[0]
    if kind in rules.LISTS and (part not in parts or (of_one and part not in rules.OF_ONE_OWNER)):
        raise _nothing()
    return part if kind in rules.LISTS else ""


def _check(person: Person, column: Column) -> None:
    viewer = people.viewer_for(person)
    match column.kind:
        case ColumnKind.ALL:
            there = True
        case ColumnKind.PLACE:
            there = _is_place(viewer, column)
        case ColumnKind.WATCH:
            there = bool(column.watch_id and listening.watch_for(viewer, column.watch_id))
        case ColumnKind.PERSON:
            there = bool(column.identity_id and queries.is_heard_of(viewer, column.identity_id))
        case ColumnKind.SEARCH:
            _can_be_searched(column.words)
            there = column.place_id is None or _is_place(viewer, column)
        case ColumnKind.NOTICES:
            there = True
        case ColumnKind.CASES:
            there = is_staff(person) and (column.owner_id is None or _is_colleague(column.owner_id))
        case ColumnKind.OUTGOING | ColumnKind.DRAFTS:
            there = is_staff(person)
        case _:
            there = False
    if not there:
        raise _nothing()


def _nothing() -> rules.CannotArrange:
    return rules.CannotArrange(gettext("There is nothing to show in such a column."))


def _is_place(viewer: Viewer, column: Column) -> bool:
    return column.place_id is not None and places.place_for(viewer, column.place_id) is not None


def _is_colleague(owner: int) -> bool:
    return people.staff().filter(pk=owner).exists()


def _can_be_searched(words: str) -> None:
    if len(words) > rules.LONGEST_SEARCH:
        raise rules.CannotArrange(gettext("This is too long for a column. A watch holds more."))
    try:
        plain.read(words)
    except QueryError as error:
        raise rules.CannotArrange(gettext(error.template) % error.values) from error


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
