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
    heard_in_public,
    moods_in_public,
    top_in_public,
    voices_in_public,
    wall_for,
    walls_for,
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
    "heard_in_public",
    "hours_beside",
    "moods_in_public",
    "open_alerts",
    "posts_of",
    "precision",
    "routes_of",
    "to_be_told",
    "top_in_public",
    "totals",
    "usual_route",
    "voices_in_public",
    "waiting_for_time",
    "wall_for",
    "walls_for",
]
