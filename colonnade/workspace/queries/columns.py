"""The columns of one member's page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.listening import queries as listening
from colonnade.listening.naming import Kept
from colonnade.people.models import STAFF_ROLES
from colonnade.places import queries as places
from colonnade.workspace.models import Column, ColumnKind
from colonnade.workspace.types import ColumnLine

TITLES: dict[tuple[str, str], str | Promise] = {
    ("cases", "all"): _("All cases"),
    ("cases", "mine"): _("My cases"),
    ("cases", "nobody"): _("Nobody's cases"),
    ("cases", "waiting"): _("Cases that wait for them"),
    ("cases", "solved"): _("Solved cases"),
    ("outgoing", "open"): _("On the way"),
    ("outgoing", "check"): _("To check"),
    ("outgoing", "done"): _("Sent"),
    ("drafts", "plan"): _("What goes out"),
    ("drafts", "approval"): _("Waits for approval"),
    ("drafts", "drafts"): _("Drafts"),
    ("drafts", "out"): _("Went out"),
    ("notices", ""): _("Notices"),
}
OF_SOMEBODY: dict[str, str | Promise] = {
    "all": _("Cases of %(name)s"),
    "waiting": _("Cases of %(name)s that wait for them"),
    "solved": _("Solved cases of %(name)s"),
}


def columns_for(viewer: Viewer) -> list[ColumnLine]:
    """The viewer's columns from the left. One whose place or watch they may no longer see has lost its name."""
    if viewer.person is None:
        return []
    rows = list(
        Column.objects.filter(person=viewer.person)
        .order_by("position", "pk")
        .select_related("identity", "owner")
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
    title = _title(column, seen_places, watched)
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
        owner=column.owner_id,
        which=column.which,
        words=column.words,
    )


def _title(column: Column, seen_places: dict[int, str], watched: dict[int, str]) -> str | None:
    """What stands above a column; None where what it showed is not there for its person."""
    match column.kind:
        case ColumnKind.PLACE:
            return seen_places.get(column.place_id or 0)
        case ColumnKind.WATCH:
            return watched.get(column.watch_id or 0)
        case ColumnKind.PERSON:
            return str(column.identity)
        case ColumnKind.SEARCH:
            hidden = column.place_id is not None and column.place_id not in seen_places
            return None if hidden else gettext("“%(words)s”") % {"words": column.words}
        case ColumnKind.CASES if column.owner is not None:
            return str(OF_SOMEBODY[column.which]) % {"name": column.owner}
        case ColumnKind.ALL:
            return gettext("Everything")
        case _:
            return str(TITLES[column.kind, column.which])


def is_heard_of(viewer: Viewer, identity: int) -> bool:
    """Whether the viewer may see anything that an identity said: else it does not exist for them."""
    return bool(conversations.newest(viewer, author=identity, limit=1))


def searches_that_name_lists() -> list[Kept]:
    """For the machine itself: saved searches of staff, to whom alone there are lists, in which one may stand."""
    rows = Column.objects.filter(kind=ColumnKind.SEARCH, words__icontains="list:")
    rows = rows.filter(person__role__in=STAFF_ROLES, person__state="active").order_by("pk")
    return [Kept(person, words) for person, words in rows.values_list("person_id", "words")]
