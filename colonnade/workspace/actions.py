"""Every write of the workspace."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max
from django.utils.translation import gettext

from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.deliveries.models import Delivery
from colonnade.inbox.models import Case
from colonnade.listening import queries as listening
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places import queries as places
from colonnade.primitives import clock
from colonnade.workspace import queries, rules
from colonnade.workspace.events import NoticeMade
from colonnade.workspace.models import Column, ColumnKind, Notice, NoticeKind, Preference


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


@action
def set_appearance(person: Person, *, theme: str, contrast: str, dense: bool) -> None:
    """How pages look for somebody; what there is not is what the system says."""
    Preference.objects.update_or_create(
        person=person,
        defaults={
            "theme": theme if theme in rules.THEMES else "",
            "contrast": contrast if contrast in rules.CONTRASTS else "",
            "dense": dense,
        },
    )


@action
def tell_of_case(person: int, case: int, version: int) -> None:
    """Tell somebody that a case was given to them. Once for each version of the case."""
    if Case.objects.filter(pk=case).exists():
        _tell(person, NoticeKind.CASE_ASSIGNED, f"case:{case}:{version}", case=case)


@action
def tell_of_delivery(delivery: int, kind: NoticeKind) -> None:
    """Tell whoever wrote it what became of a delivery, again only when it was tried again since."""
    row = Delivery.objects.filter(pk=delivery).values_list("dispatch__by", "tries").first()
    if row is not None and row[0] is not None:
        _tell(row[0], kind, f"{kind}:{delivery}:{row[1]}", delivery=delivery)


def _tell(
    person: int, kind: NoticeKind, key: str, *, case: int | None = None, delivery: int | None = None
) -> None:
    notice, made = Notice.objects.get_or_create(
        person_id=person,
        key=key,
        defaults={"kind": kind, "case_id": case, "delivery_id": delivery, "made_at": clock.now()},
    )
    if made:
        announce(NoticeMade(notice=notice.pk, person=person), subject=f"person:{person}")


@action
def mark_read(person: Person, notices: Iterable[int] | None = None) -> int:
    """These notices are read, or all of them (None); returns how many were not before."""
    rows = Notice.objects.filter(person=person, read_at__isnull=True)
    if notices is not None:
        rows = rows.filter(pk__in=list(notices))
    return rows.update(read_at=clock.now())
