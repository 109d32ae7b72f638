"""The columns of one member's page."""

from __future__ import annotations

from django.utils.translation import gettext

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.listening import queries as listening
from colonnade.places import queries as places
from colonnade.workspace.models import Column, ColumnKind
from colonnade.workspace.types import ColumnLine


def columns_for(viewer: Viewer) -> list[ColumnLine]:
    """The viewer's columns from the left. One whose place or watch they may no longer see has lost its name."""
    if viewer.person is None:
        return []
    rows = list(
        Column.objects.filter(person=viewer.person).order_by("position", "pk").select_related("identity")
    )
    seen_places = dict(
        places.places_for(viewer)
        .filter(pk__in=[c.place_id for c in rows if c.place_id])
        .values_list("pk", "name")
    )
    watched = dict(
        listening.watches_for(viewer)
        .filter(pk__in=[c.watch_id for c in rows if c.watch_id])
        .values_list("pk", "name")
    )
    return [_line(column, seen_places, watched) for column in rows]


def column_for(viewer: Viewer, pk: int) -> ColumnLine | None:
    """One of the viewer's columns, or None."""
    return next((line for line in columns_for(viewer) if line.id == pk), None)


def _line(column: Column, seen_places: dict[int, str], watched: dict[int, str]) -> ColumnLine:
    title: str | None
    match column.kind:
        case ColumnKind.PLACE:
            title = seen_places.get(column.place_id or 0)
        case ColumnKind.WATCH:
            title = watched.get(column.watch_id or 0)
        case ColumnKind.PERSON:
            title = str(column.identity)
        case _:
            title = gettext("Everything")
    return ColumnLine(
        id=column.pk,
        kind=column.kind,
        title=title or "",
        place=column.place_id,
        identity=column.identity_id,
        watch=column.watch_id,
        position=column.position,
        width=column.width,
        gone=title is None,
    )


def is_heard_of(viewer: Viewer, identity: int) -> bool:
    """Whether the viewer may see anything that an identity said: else it does not exist for them."""
    return bool(conversations.newest(viewer, author=identity, limit=1))
