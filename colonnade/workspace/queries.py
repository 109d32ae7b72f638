"""Every read of the workspace; the viewer comes first, and sees what is theirs alone."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.inbox import queries as inbox
from colonnade.listening import queries as listening
from colonnade.places import queries as places
from colonnade.workspace.models import Column, ColumnKind, Notice, NoticeKind
from colonnade.workspace.types import ColumnLine, NoticeLine


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


def _notices(viewer: Viewer) -> QuerySet[Notice]:
    """The viewer's notices about things that they may still see."""
    about_cases = inbox.seen(viewer).filter(pk=OuterRef("case"))
    rows = Notice.objects.filter(person=viewer.person or 0)
    return rows.filter(Q(Exists(about_cases)) | _about_deliveries(viewer))


def _about_deliveries(viewer: Viewer) -> Q:
    """Notices about what goes out, as deliveries itself shows it: to staff who read what is said."""
    if not viewer.is_staff:
        return Q(pk__in=[])
    seen = Q(delivery__dispatch__scope__audience__in=viewer.audiences)
    return seen if viewer.ceiling is None else seen & Q(delivery__dispatch__place__in=viewer.ceiling)


def notices_for(viewer: Viewer, *, before: int | None = None, limit: int = 50) -> list[NoticeLine]:
    """What the viewer is told, newest first, without what they may no longer see; `before` an id, for the next page."""
    rows = _notices(viewer).select_related("case")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_notice(row) for row in rows.order_by("-pk")[:limit]]


def unread_notices(viewer: Viewer) -> int:
    """How many notices the viewer has not read."""
    return _notices(viewer).filter(read_at__isnull=True).count()


def _notice(row: Notice) -> NoticeLine:
    words = {
        NoticeKind.CASE_ASSIGNED: gettext("A case was given to you."),
        NoticeKind.NOT_SENT: gettext("Something you wrote was not sent."),
        NoticeKind.NOT_SURE: gettext("Not sure that something you wrote arrived: check."),
    }
    return NoticeLine(
        id=row.pk,
        kind=row.kind,
        text=words[NoticeKind(row.kind)],
        at=row.made_at,
        read=row.read_at is not None,
        case=row.case_id,
        conversation=row.case.conversation_id if row.case else None,
        delivery=row.delivery_id,
    )
