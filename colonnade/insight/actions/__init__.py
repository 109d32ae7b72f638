"""Every write of insight."""

from __future__ import annotations

from colonnade.insight.actions.rollups import count_anew, count_found, recount

__all__ = [
    "count_anew",
    "count_found",
    "recount",
]
