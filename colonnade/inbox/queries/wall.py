"""The desk at one glance: how much waits, with whom, how fast it is answered. Counts and names of staff, never words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Exists, Min, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from colonnade.access.types import Viewer
from colonnade.inbox import rules
from colonnade.inbox.models import EntryKind
from colonnade.inbox.queries.desk import real
from colonnade.inbox.types import DeskNow, FirstAnswers, Load
from colonnade.people import queries as people
from colonnade.people.models import Person, Team
from colonnade.primitives import clock, ids

DAY_MS = 86_400_000
DAYS = 30
MOST = 2_000
Waiting = tuple[
    int, int, datetime | None
]  # how many cases, how many of them late, since when the oldest waits
NOTHING: Waiting = (0, 0, None)
NOBODY = 0  # no id is 0


def desk_now(viewer: Viewer) -> DeskNow:
    """What waits for us at this moment, of the cases that the viewer may see, and with whom; who of the desk is free. At
    the desk is whoever is of staff and in a team, or anybody of staff where nobody is in one. Two statements."""
    now = clock.now()
    waits = Coalesce("waiting_since", "opened_at")
    late = Q(due_at__lt=now) | Q(due_at=None, waits__lt=now - rules.PATIENCE)
    rows = real(viewer).filter(solved_at__isnull=True, state__in=("open", "assigned")).annotate(waits=waits)
    # Grouped by an expression: by the column itself SQLite walks its index over every case there ever was.
    counted = (
        rows.order_by()
        .values(who=Coalesce("owner", Value(NOBODY)))
        .annotate(cases=Count("pk"), late=Count("pk", filter=late), oldest=Min("waits"))
    )
    by_owner: dict[int, Waiting] = {row["who"]: (row["cases"], row["late"], row["oldest"]) for row in counted}
    loads = [Load(pk, name, *by_owner.get(pk, NOTHING)) for pk, name in _at_the_desk(by_owner)]
    return DeskNow(
        waiting=sum(cases for cases, _, _ in by_owner.values()),
        late=sum(late_ones for _, late_ones, _ in by_owner.values()),
        nobodys=by_owner.get(NOBODY, NOTHING)[0],
        oldest=min((oldest for _, _, oldest in by_owner.values() if oldest), default=None),
        loads=tuple(sorted((one for one in loads if one.cases), key=lambda one: (-one.cases, one.name))),
        free=tuple(one for one in loads if not one.cases),
    )


def _at_the_desk(by_owner: Mapping[int, Waiting]) -> list[tuple[int, str]]:
    """Id and name of each; of hundreds of colleagues no more is read."""
    in_team = Exists(Team.objects.filter(members=OuterRef("pk"), removed_at__isnull=True))
    staff = list(people.staff().annotate(in_team=in_team).values_list("pk", "name", "in_team"))
    anybody = not any(teamed for _, _, teamed in staff)
    return [
        (pk, name or str(Person(pk=pk))) for pk, name, teamed in staff if anybody or teamed or pk in by_owner
    ]


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
