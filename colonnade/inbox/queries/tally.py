"""How many unsolved cases there are, by owner and state: what the wall, the inbox and somebody's day count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.inbox import rules
from colonnade.primitives import clock

# Everything but who may see a case stands in the index `case_by_owner`, in the order of the groups: no row of a case is
# read, nothing is sorted. Written out, since composing it took longer than counting two thousand cases.
_TALLY = """
    SELECT c.owner_id, c.state, COUNT(*),
        COUNT(*) FILTER (
            WHERE c.due_at < %s OR (c.due_at IS NULL AND COALESCE(c.waiting_since, c.opened_at) < %s)
        ),
        MIN(COALESCE(c.waiting_since, c.opened_at)), MIN(c.waiting_since)
    FROM inbox_case c WHERE c.solved_at IS NULL AND {seen}{besides} GROUP BY c.owner_id, c.state
"""
_REAL = " AND c.why <> %s"
_NOT_PUT_OFF = (
    " AND c.id NOT IN (SELECT l.case_id FROM inbox_caselater l WHERE l.person_id = %s AND l.until > %s)"
)


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


def tallies(viewer: Viewer, *, drills: bool = True, not_put_off_by: int | None = None) -> list[Tally]:
    """The unsolved cases that the viewer may see, without those that one person has put off; none for anybody but staff.
    Without `drills` those that are real. One statement."""
    if not rules.can_see_cases(viewer):
        return []
    seen, values = conversations.holds_seen(viewer, "c.conversation_id")
    now = clock.now()
    parameters: list[Any] = [_moment(now), _moment(now - rules.PATIENCE), *values]
    besides = "" if drills else _REAL
    if not drills:
        parameters.append(rules.DRILL)
    if not_put_off_by is not None:
        besides += _NOT_PUT_OFF
        parameters += [not_put_off_by, _moment(now)]
    with connection.cursor() as cursor:
        cursor.execute(_TALLY.format(seen=seen, besides=besides), parameters)
        return [_tally(*row) for row in cursor.fetchall()]


def _tally(owner: int | None, state: str, cases: int, late: int, oldest: Any, unanswered: Any) -> Tally:
    return Tally(owner, state, cases, late, _told(oldest), _told(unanswered))


def _moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _told(moment: datetime | str | None) -> datetime | None:
    """SQLite gives back what it computed of times as text, in UTC without saying so."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment and moment.replace(tzinfo=UTC)
