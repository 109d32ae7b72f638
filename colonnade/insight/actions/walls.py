"""Walls are arranged, and taken down."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core.db import action
from colonnade.insight import rules
from colonnade.insight.models import Wall
from colonnade.listening.models import Watch
from colonnade.people.models import Person
from colonnade.people.rules import is_staff


@action
def arrange_wall(
    wall: Wall | None,
    *,
    by: Person,
    name: str,
    panels: Iterable[str],
    watches: Iterable[Watch],
    seconds: int,
    look: str,
) -> Wall:
    """Set up a wall, or change it. Raises ValueError where it has no name or nothing would hang on it, PermissionDenied."""
    if not is_staff(by):
        raise PermissionDenied("Only people of staff arrange a wall.")
    chosen = set(panels)
    kept = [one for one in rules.PANELS if one in chosen]
    if not name.strip():
        raise ValueError(gettext("Say what it is called: the room in which it hangs."))
    if not kept:
        raise ValueError(gettext("Choose what it shows."))
    row = Wall() if wall is None else wall
    row.name, row.panels, row.by = name.strip()[:100], kept, row.by or by
    row.seconds = seconds if seconds in rules.SECONDS else rules.USUAL_SECONDS
    row.look = look if look in rules.LOOKS else ""
    row.save()
    row.watches.set(watches)
    return row


@action
def take_down_wall(wall: Wall, *, by: Person) -> None:
    """A wall is no more; whoever has it open sees the one that hangs where nothing was arranged. Raises PermissionDenied."""
    if not is_staff(by):
        raise PermissionDenied("Only people of staff arrange a wall.")
    wall.delete()
