"""Every write of insight."""

from __future__ import annotations

from colonnade.insight.actions.alerts import (
    attune,
    hear_mentions,
    judge_alert,
    learn_pulse,
    let_pass,
    say_what_differs,
    set_route,
)
from colonnade.insight.actions.rollups import count_anew, count_found, recount
from colonnade.insight.actions.walls import arrange_wall, take_down_wall

__all__ = [
    "arrange_wall",
    "attune",
    "count_anew",
    "count_found",
    "hear_mentions",
    "judge_alert",
    "learn_pulse",
    "let_pass",
    "recount",
    "say_what_differs",
    "set_route",
    "take_down_wall",
]
