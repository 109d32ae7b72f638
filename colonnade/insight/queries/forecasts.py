"""What comes next, of what the viewer may see: the mentions of a watch, and the cases of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncHour

from colonnade.access.types import Viewer
from colonnade.inbox import queries as inbox
from colonnade.insight import rules
from colonnade.insight.forecast import Forecast, forecast, on_a_grid
from colonnade.insight.queries.rollups import counts
from colonnade.listening.models import Watch
from colonnade.primitives import clock

DAYS_KNOWN, HOURS_AHEAD = 56, 24


def mentions_to_come(viewer: Viewer, watch: Watch) -> Forecast:
    """The next 24 hours of a watch from its last eight weeks, always with the backtest. One statement. Raises Unusable, a
    sentence, where too little is known."""
    before = rules.end_of_hour(clock.now()) - timedelta(hours=1)
    known = counts(viewer, [watch], since=before - timedelta(days=DAYS_KNOWN), before=before)[watch.pk]
    return _foretold(known.starts, known.all)


def cases_to_come(viewer: Viewer) -> Forecast:
    """The cases that will be opened in the next 24 hours, from those of the last eight weeks that the viewer may see. One
    statement. Raises Unusable."""
    before = rules.end_of_hour(clock.now()) - timedelta(hours=1)
    since = before - timedelta(days=DAYS_KNOWN)
    rows = inbox.real(viewer).filter(opened_at__gte=since, opened_at__lt=before)
    counted = dict(
        rows.order_by().annotate(hour=TruncHour("opened_at")).values_list("hour").annotate(cases=Count("pk"))
    )
    starts = [since + timedelta(hours=at) for at in range(24 * DAYS_KNOWN)]
    return _foretold(starts, [counted.get(one, 0) for one in starts])


def _foretold(starts: Sequence[datetime], values: Sequence[int]) -> Forecast:
    """Nothing is known of the time before the first; what was silent since then is silence."""
    first = next((at for at, value in enumerate(values) if value), len(values))
    return forecast(on_a_grid(list(zip(starts, map(float, values), strict=True))[first:]), hours=HOURS_AHEAD)
