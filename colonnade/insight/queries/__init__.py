"""Every read of insight that others use; the viewer comes first. Nothing counts what its viewer may not see."""

from __future__ import annotations

from colonnade.insight.queries.alerts import (
    alert_for,
    alerts_for,
    alerts_now,
    around,
    different,
    different_in,
    posts_of,
    precision,
    routes_of,
    to_be_told,
    usual_route,
    usual_steps,
)
from colonnade.insight.queries.briefings import (
    briefing_for,
    briefings_for,
    editions_for,
    gathered,
    told,
)
from colonnade.insight.queries.comparing import compared, tops
from colonnade.insight.queries.findings import (
    finding_for,
    findings_between,
    findings_for,
    posts_of_finding,
    watch_for,
)
from colonnade.insight.queries.pulse import differs, holding, waiting_for_time
from colonnade.insight.queries.comparing import compared, tops
from colonnade.insight.queries.rollups import counts, days, days_beside, hours_beside, totals
from colonnade.insight.queries.telling import (
    draft_sentence,
    headline,
    in_five_lines,
    usual_of,
    we_said,
    words_of,
)
from colonnade.insight.queries.trends import days_counted, rising_now, terms_said, trends_for
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
    "alerts_now",
    "around",
    "arrangement",
    "briefing_for",
    "briefings_for",
    "clocks",
    "compared",
    "counts",
    "days",
    "days_beside",
    "days_counted",
    "different",
    "different_in",
    "differs",
    "draft_sentence",
    "editions_for",
    "finding_for",
    "findings_between",
    "findings_for",
    "gathered",
    "headline",
    "holding",
    "hours_beside",
    "in_five_lines",
    "moods",
    "posts_of",
    "posts_of_finding",
    "precision",
    "rising_now",
    "routes_of",
    "terms_said",
    "to_be_told",
    "told",
    "told_most",
    "tops",
    "totals",
    "trends_for",
    "usual_of",
    "usual_route",
    "usual_steps",
    "voices",
    "waiting_for_time",
    "wall_for",
    "walls_for",
    "watch_for",
    "we_said",
    "where_heard",
    "words_of",
]
