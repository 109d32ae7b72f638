"""How many unsolved cases there are, by owner and state: what the wall, the inbox and somebody's day count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.inbox import rules
from colonnade.inbox.queries import kept

# Everything but who may see a case stands in the index `case_by_owner`, in the order of the groups: no row of a case is
# read, nothing is sorted. Written out, since composing it took longer than counting two thousand cases.
_TALLY = """
    SELECT c.owner_id, c.state, COUNT(*),
        COUNT(*) FILTER (
            WHERE c.due_at < %s OR (c.due_at IS NULL AND COALESCE(c.waiting_since, c.opened_at) < %s)
        ),
        MIN(COALESCE(c.waiting_since, c.opened_at)), MIN(c.waiting_since),
        MIN(c.due_at) FILTER (WHERE c.due_at >= %s),
        MIN(COALESCE(c.waiting_since, c.opened_at)) FILTER (
            WHERE c.due_at IS NULL AND COALESCE(c.waiting_since, c.opened_at) >= %s
        )
    FROM inbox_case c WHERE c.solved_at IS NULL AND {seen}{besides} GROUP BY c.owner_id, c.state
"""
_REAL = " AND c.why <> %s"


@dataclass(frozen=True, slots=True)
class Tally:
    """The cases of one owner (None: nobody's) in one state: how many, how many of them late, since when the oldest waits
    (or is open, where nobody waits), and since when the oldest word of theirs has no answer."""

    owner: int | None
    state: str
    cases: int
    late: int
    oldest: datetime | None
    unanswered_since: datetime | None


_kept: kept.Memory[kept.Asked, tuple[Tally, ...]] = kept.Memory()
forget = _kept.forget


def tallies(viewer: Viewer, *, drills: bool = True) -> tuple[Tally, ...]:
    """The unsolved cases that the viewer may see; none for anybody but staff. Without `drills` those that are real.

    What was counted is remembered under all that who sees what depends on, and counted anew when `kept` cannot rule out
    that something changed, or when one more case is late. One statement; two where it is counted anew, three where posts
    came in meanwhile.
    """
    if not rules.can_see_cases(viewer):
        return ()
    asked = kept.Asked(viewer.audiences, viewer.ceiling, drills)
    return _kept.still(asked, lambda now: _counted(viewer, now, drills))


def _counted(viewer: Viewer, now: datetime, drills: bool) -> tuple[tuple[Tally, ...], datetime | None]:
    """The tallies, and the last moment at which they hold: after it one more case is late."""
    seen, values = conversations.holds_seen(viewer, "c.conversation_id")
    at, patience = _moment(now), _moment(now - rules.PATIENCE)
    besides, real = ("", []) if drills else (_REAL, [rules.DRILL])
    with connection.cursor() as cursor:
        cursor.execute(
            _TALLY.format(seen=seen, besides=besides), [at, patience, at, patience, *values, *real]
        )
        rows = cursor.fetchall()
    due = [moment for *_, due, _ in rows if (moment := _told(due))]
    patient = [moment + rules.PATIENCE for *_, since in rows if (moment := _told(since))]
    return tuple(_tally(*row[:6]) for row in rows), min([*due, *patient], default=None)


def _tally(owner: int | None, state: str, cases: int, late: int, oldest: Any, unanswered: Any) -> Tally:
    return Tally(owner, state, cases, late, _told(oldest), _told(unanswered))


def _moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _told(moment: datetime | str | None) -> datetime | None:
    """SQLite gives back what it computed of times as text, in UTC without saying so."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment and moment.replace(tzinfo=UTC)
