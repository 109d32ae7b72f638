"""Spans of time as they are read from afar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from colonnade.primitives import clock


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a span of time: a number and its unit."""

    number: int
    unit: str


def in_pieces(span: timedelta | None) -> list[Piece]:
    """A span as it is read from afar: "9 min", "2 h 14 min", "17 h", "3 days"; nothing for none."""
    if span is None:
        return []
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return [Piece(minutes, gettext("min"))]
    hours, days = minutes // 60, minutes // 1440
    if hours < 10:
        return [Piece(hours, gettext("h")), Piece(minutes % 60, gettext("min"))]
    if hours < 48:
        return [Piece(hours, gettext("h"))]
    return [Piece(days, ngettext("day", "days", days))]


def since(moment: datetime | None) -> list[Piece]:
    """How long ago something was."""
    return in_pieces(None if moment is None else clock.now() - moment)


def midnight() -> datetime:
    """The beginning of today, where the viewer lives."""
    here = clock.now().astimezone(timezone.get_current_timezone())
    return here.replace(hour=0, minute=0, second=0, microsecond=0)
