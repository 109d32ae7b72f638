"""Every read of insight that others use; the viewer comes first. Nothing counts what its viewer may not see."""

from __future__ import annotations

from colonnade.insight.queries.alerts import (
    alert_for,
    alerts_for,
    different,
    open_alerts,
    posts_of,
    precision,
    routes_of,
    to_be_told,
    usual_route,
)
from colonnade.insight.queries.pulse import differs, waiting_for_time
from colonnade.insight.queries.rollups import counts, days, days_beside, hours_beside, totals
from colonnade.insight.queries.walls import (
    arrangement,
    clocks,
    moods,
    told_most,
    voices,
    wall_for,
    walls_for,
    where_heard,
)

__all__ = [
    "alert_for",
    "alerts_for",
    "arrangement",
    "clocks",
    "counts",
    "days",
    "days_beside",
    "different",
    "differs",
    "hours_beside",
    "moods",
    "open_alerts",
    "posts_of",
    "precision",
    "routes_of",
    "to_be_told",
    "told_most",
    "totals",
    "usual_route",
    "voices",
    "waiting_for_time",
    "wall_for",
    "walls_for",
    "where_heard",
]
