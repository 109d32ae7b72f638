"""How fast the desk answers, as a figure that tells nothing of anybody."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from django.db.models import Min, Q

from colonnade.inbox import rules
from colonnade.inbox.models import Case, EntryKind
from colonnade.primitives import clock, ids

DAYS = 30
FEWEST = 20
MOST = 2_000


def usual_wait() -> timedelta | None:
    """The median time to the first answer, over the cases opened in the last 30 days that have one (at most the newest
    2,000 of them); None with fewer than 20, of which somebody could guess a single one."""
    since = ids.first_of(clock.now_ms() - DAYS * 86_400_000)
    answer = Min("entries__at", filter=Q(entries__kind=EntryKind.REPLIED))
    rows = (
        Case.objects.filter(pk__gte=since)
        .exclude(why=rules.DRILL)
        .annotate(answer=answer)
        .filter(answer__isnull=False)
    )
    waits = [at - opened for opened, at in rows.order_by("-pk").values_list("opened_at", "answer")[:MOST]]
    return median(waits) if len(waits) >= FEWEST else None
