"""Alerts, on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from ninja import Schema

from colonnade.api.paging import IdText
from colonnade.insight.models import Alert
from colonnade.insight.types import WhatDiffers


class DifferentOut(Schema):
    """Something that is there more often than before: in how many posts `now`, in which share of those `before` (0 to 1)."""

    kind: Literal["word", "tag", "author", "site", "network", "lang"]
    what: str
    now: int
    before: float


class WatchName(Schema):
    """A watch, by id and name."""

    id: IdText
    name: str


class AlertOut(Schema):
    """A watch caught unusually much: `posts` in five minutes where `expected` is usual, `score` from 0 to 1. `verdict` is what
    people said of it."""

    id: IdText
    watch: WatchName
    state: Literal["open", "over"]
    since: datetime
    over: datetime | None
    posts: int
    expected: float
    score: float
    drill: bool
    verdict: Literal["useful", "noise"] | None
    different: list[DifferentOut]


class AlertList(Schema):
    """Alerts, the newest first."""

    alerts: list[AlertOut]


class AlertChange(Schema):
    """What somebody says of an alert; null takes it back."""

    verdict: Literal["useful", "noise"] | None


def alert_out(alert: Alert, different: Sequence[WhatDiffers]) -> AlertOut:
    """An alert as programs read it."""
    return AlertOut.model_validate(
        {
            "id": str(alert.pk),
            "watch": {"id": str(alert.watch_id), "name": alert.watch.name},
            "state": alert.state,
            "since": alert.since,
            "over": alert.over_at,
            "posts": alert.posts,
            "expected": alert.expected,
            "score": alert.score,
            "drill": alert.drill,
            "verdict": alert.verdict or None,
            "different": [
                {"kind": one.kind, "what": one.what, "now": one.now, "before": one.before}
                for one in different
            ],
        }
    )
