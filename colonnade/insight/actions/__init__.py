"""Every write of insight."""

from __future__ import annotations

from colonnade.insight.actions.alerts import (
    attune,
    hear_mentions,
    judge_alert,
    keep_difference,
    keep_pulse,
    let_pass,
    set_route,
)
from colonnade.insight.actions.briefings import (
    begin_editions,
    edition_not_sent,
    edition_sent,
    make_edition,
    make_one_now,
    pause_briefing,
    remove_briefing,
    set_briefing,
)
from colonnade.insight.actions.drills import alarm_in_drills, play_line
from colonnade.insight.actions.findings import put_in_briefings, remove_finding, write_finding
from colonnade.insight.actions.handovers import write_handover
from colonnade.insight.actions.rollups import count_anew, count_found, recount
from colonnade.insight.actions.scenarios import (
    begin,
    do_step,
    end,
    remove_scenario,
    set_scenario,
    undo_step,
    write_debrief,
)
from colonnade.insight.actions.trends import count_hour, keep_author_name, keep_trends
from colonnade.insight.actions.walls import arrange_wall, take_down_wall

__all__ = [
    "alarm_in_drills",
    "arrange_wall",
    "attune",
    "begin",
    "begin_editions",
    "count_anew",
    "count_found",
    "count_hour",
    "do_step",
    "edition_not_sent",
    "edition_sent",
    "end",
    "hear_mentions",
    "judge_alert",
    "keep_author_name",
    "keep_difference",
    "keep_pulse",
    "keep_trends",
    "let_pass",
    "make_edition",
    "make_one_now",
    "pause_briefing",
    "play_line",
    "put_in_briefings",
    "recount",
    "remove_briefing",
    "remove_finding",
    "remove_scenario",
    "set_briefing",
    "set_route",
    "set_scenario",
    "take_down_wall",
    "undo_step",
    "write_debrief",
    "write_finding",
    "write_handover",
]
