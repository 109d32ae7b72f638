"""How much watches caught, by the minute; hours and days are insight's, which keeps them counted."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Sum

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.listening import rules
from colonnade.listening.models import Sifted, Watch
from colonnade.places.models import Place
from colonnade.primitives import clock, ids


def minutes(
    viewer: Viewer, watch: Watch, *, back: int, together: int, in_public: bool = False
) -> list[tuple[datetime, int]]:
    """How much a watch caught in the minutes up to each of the last ones, so many `together`: a curve that bends as soon as
    something begins. Oldest first, with where each minute begins; the last one is running. Counts what the viewer may see,
    or what everybody may see (`in_public`). One statement (or three)."""
    minute_ms, all_minutes = 60_000, back + together - 1
    start_ms = clock.now_ms() // minute_ms * minute_ms - (all_minutes - 1) * minute_ms
    counted = [0] * all_minutes
    if rules.can_see_watches(viewer):
        rows = conversations.visible_to(access.anonymous() if in_public else viewer).filter(
            mentions__watch=watch, mentions__post_id__gte=ids.first_of(start_ms)
        )
        for pk in rows.order_by().values_list("mentions__post_id", flat=True):
            counted[min((ids.ms_of(pk) - start_ms) // minute_ms, all_minutes - 1)] += 1
    return [
        (
            datetime.fromtimestamp((start_ms + at * minute_ms) / 1000, UTC),
            sum(counted[at - together + 1 : at + 1]),
        )
        for at in range(together - 1, all_minutes)
    ]


def streamed_by(viewer: Viewer, place: Place, *, back: int = 60) -> tuple[int, int] | None:
    """How many posts of a stream were seen in the last minutes, and how many of them kept; None where none was, and for anybody
    but staff. One statement."""
    if not viewer.is_staff:
        return None
    since = clock.now_ms() // 60_000 - back
    told = Sifted.objects.filter(place=place, minute__gt=since).aggregate(seen=Sum("seen"), kept=Sum("kept"))
    return (told["seen"], told["kept"]) if told["seen"] else None
