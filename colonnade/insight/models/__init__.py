"""Roll-ups, alerts and trends, findings, scenarios, briefings."""

from __future__ import annotations

from colonnade.insight.models.alerts import ALERT, Alert, AuthorName, Finding, Pulse, Route, Sketch, Trend
from colonnade.insight.models.briefings import Briefing, Edition, Handover
from colonnade.insight.models.rollups import Rollup, Tally, Total
from colonnade.insight.models.scenarios import RUN, Run, Scenario, ScenarioVersion, Step, StepDone
from colonnade.insight.models.walls import Wall

__all__ = [
    "ALERT",
    "RUN",
    "Alert",
    "AuthorName",
    "Briefing",
    "Edition",
    "Finding",
    "Handover",
    "Pulse",
    "Rollup",
    "Route",
    "Run",
    "Scenario",
    "ScenarioVersion",
    "Sketch",
    "Step",
    "StepDone",
    "Tally",
    "Total",
    "Trend",
    "Wall",
]
