"""Watches, and the forms that their queries had."""

from __future__ import annotations

from django.db.models import QuerySet

from colonnade.access.types import Viewer
from colonnade.listening import rules
from colonnade.listening.models import Backfill, Version, Watch
from colonnade.listening.types import Backfilled, VersionLine
from colonnade.primitives import ids


def watches_for(viewer: Viewer) -> QuerySet[Watch]:
    """Every watch, by name; none for anybody but staff."""
    rows = Watch.objects.select_related("owner", "backfill", "aim").order_by("name", "pk")
    return rows if rules.can_see_watches(viewer) else rows.none()


def watch_for(viewer: Viewer, pk: int) -> Watch | None:
    """The watch with this id, None when there is none and for anybody but staff."""
    return watches_for(viewer).filter(pk=pk).first()


def the_same_as(viewer: Viewer, query: str, *, besides: int | None = None) -> Watch | None:
    """A watch that looks for the very same already, but for spaces, `besides` that one itself. One statement."""
    asked = " ".join(query.split())
    same = (
        one for one in watches_for(viewer).exclude(pk=besides or 0) if " ".join(one.query.split()) == asked
    )
    return next(same, None)


def backfill_of(viewer: Viewer, watch: Watch) -> Backfilled | None:
    """How far the watch has caught what is stored; None where nobody asked, and for anybody but staff."""
    row: Backfill | None = getattr(watch, "backfill", None) if rules.can_see_watches(viewer) else None
    if row is None:
        return None
    back_to = ids.moment_of(row.reached) if row.looked else None
    return Backfilled(back_to=back_to, done=row.done)


def versions_of(viewer: Viewer, watch: Watch, *, limit: int = 20) -> list[VersionLine]:
    """The forms that the query of a watch had, the present one first, each with what was changed in it. One statement."""
    if not rules.can_see_watches(viewer):
        return []
    rows = Version.objects.filter(watch=watch).select_related("by").order_by("-number")[: limit + 1]
    return rules.version_lines(list(rows), limit)
