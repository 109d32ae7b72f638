"""The desk at one glance: how much waits, with whom, how fast it is answered. Counts and names of staff, never words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from django.db import connection
from django.db.models import Min, Q

from colonnade.access.types import Viewer
from colonnade.inbox import rules
from colonnade.inbox.models import EntryKind
from colonnade.inbox.queries.desk import OURS, real
from colonnade.inbox.queries.tally import Tally, tallies
from colonnade.inbox.types import DeskNow, FirstAnswers, Load
from colonnade.people.models import STAFF_ROLES, Person
from colonnade.primitives import clock, ids

DAY_MS = 86_400_000
DAYS = 30
MOST = 2_000
# Who is at the desk, those who have cases first. Of hundreds of colleagues no more is read than is shown.
_AT_THE_DESK = """
    WITH teamed AS (
        SELECT m.person_id FROM people_team_members m JOIN people_team g ON g.id = m.team_id WHERE g.removed_at IS NULL
    )
    SELECT p.id, p.name, COUNT(*) OVER () FROM people_person p
    WHERE p.state = 'active' AND p.role IN ({roles}) AND (
        p.id IN ({busy}) OR p.id IN (SELECT person_id FROM teamed) OR NOT EXISTS (
            SELECT 1 FROM teamed t WHERE EXISTS (
                SELECT 1 FROM people_person q
                WHERE q.id = t.person_id AND q.state = 'active' AND q.role IN ({roles})
            )
        )
    )
    ORDER BY CASE WHEN p.id IN ({busy}) THEN 0 ELSE 1 END, p.name, p.id{limit}
"""


def desk_now(viewer: Viewer, *, free: int | None = None) -> DeskNow:
    """What waits for us at this moment, of the cases that the viewer may see, and with whom; who of the desk is free, at
    most so many of them named. At the desk is whoever is of staff and in a team, or anybody of staff where nobody is in
    one. Two statements."""
    ours = [one for one in tallies(viewer, drills=False) if one.state in OURS]
    by_owner: dict[int | None, Load] = {}
    for one in ours:
        by_owner[one.owner] = _both(by_owner.get(one.owner), one)
    nobodys = by_owner.pop(None, None)
    desk, at_the_desk = _at_the_desk([pk for pk in by_owner if pk is not None], free)
    loads = [replace(by_owner[pk], name=name) for pk, name in desk if pk in by_owner]
    free_ones = [Load(pk, name, 0, 0, None) for pk, name in desk if pk not in by_owner]
    return DeskNow(
        waiting=sum(one.cases for one in ours),
        late=sum(one.late for one in ours),
        nobodys=nobodys.cases if nobodys else 0,
        oldest=min((one.oldest for one in ours if one.oldest), default=None),
        loads=tuple(sorted(loads, key=lambda one: (-one.cases, one.name))),
        free=tuple(free_ones),
        free_count=at_the_desk - len(loads),
    )


def _both(so_far: Load | None, more: Tally) -> Load:
    """What waits with somebody in one state more."""
    if so_far is None:
        return Load(more.owner or 0, "", more.cases, more.late, more.oldest)
    oldest = min((at for at in (so_far.oldest, more.oldest) if at), default=None)
    return replace(so_far, cases=so_far.cases + more.cases, late=so_far.late + more.late, oldest=oldest)


def _at_the_desk(busy: list[int], free: int | None) -> tuple[list[tuple[int, str]], int]:
    """Id and name of each at the desk, the `busy` ones and so many more; and how many they are together."""
    roles = sorted(STAFF_ROLES)
    asked = _AT_THE_DESK.format(
        roles=", ".join(["%s"] * len(roles)),
        busy=", ".join(["%s"] * len(busy)) or "NULL",
        limit="" if free is None else " LIMIT %s",
    )
    with connection.cursor() as cursor:
        most = [] if free is None else [len(busy) + free]
        cursor.execute(asked, [*roles, *busy, *roles, *busy, *most])
        rows = cursor.fetchall()
    return [(pk, name or str(Person(pk=pk))) for pk, name, _ in rows], rows[0][2] if rows else 0


def first_answers(viewer: Viewer, midnight: datetime) -> FirstAnswers:
    """How long askers waited for a first answer: today (since `midnight`), and usually (the thirty days before), each the
    median; of the newest two thousand cases that the viewer may see. One statement."""
    since = ids.first_of(clock.ms_of(midnight) - DAYS * DAY_MS)
    answer = Min("entries__at", filter=Q(entries__kind=EntryKind.REPLIED))
    rows = real(viewer).filter(pk__gte=since).annotate(answer=answer).filter(answer__isnull=False)
    given = list(rows.order_by("-pk").values_list("opened_at", "answer")[:MOST])
    today = [at - opened for opened, at in given if at >= midnight]
    before = [at - opened for opened, at in given if at < midnight]
    return FirstAnswers(
        count=len(today),
        today=_middle(today),
        usual=_middle(before) if len(before) >= rules.FEWEST_FOR_USUAL else None,
    )


def _middle(waits: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(one.total_seconds() for one in waits)) if waits else None
