"""How long to wait until a feed is asked again: as often as it changes, as rarely as it wishes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from colonnade.networks.feeds.hints import Hints
from colonnade.primitives.clock import now

SHORTEST_S = 300.0
LONGEST_S = 86_400.0
FIRST_S = 3600.0
_GAPS = 20
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s{0,10}=\s{0,10}\"?(\d{1,9})", re.IGNORECASE)


def again_in_s(published: Iterable[datetime], hints: Hints, headers: Mapping[str, str]) -> float:
    """Seconds until the next visit, 300 to 86,400: the median gap between the newest entries (or, where the last one
    is long ago, a tenth of that time), not sooner than ttl, update period and max-age ask, not in skipped hours or days.
    """
    wait = min(max(_gap_s(sorted(published)), hints.at_least_s, _fresh_for_s(headers), SHORTEST_S), LONGEST_S)
    return _outside_skipped(wait, hints)


def after_failures_s(failures: int) -> float:
    """Seconds until the next try after so many failures in a row: from five minutes, twice as long each time, a day at most."""
    return float(min(SHORTEST_S * 2 ** min(max(failures - 1, 0), 20), LONGEST_S))


def _gap_s(moments: list[datetime]) -> float:
    newest = moments[-_GAPS - 1 :]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(newest)]
    if not gaps:
        return FIRST_S
    quiet = (now() - newest[-1]).total_seconds()
    return max(median(gaps), quiet / 10)


def _fresh_for_s(headers: Mapping[str, str]) -> float:
    found = _MAX_AGE.search(headers.get("cache-control", ""))
    return min(float(found[1]), LONGEST_S) if found else 0.0


def _outside_skipped(wait_s: float, hints: Hints) -> float:
    """Moved on hour by hour while it falls into an hour or day that the feed asks to skip (RSS 2.0), a day at most."""
    if len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:
        return wait_s
    start = now()
    at = start + timedelta(seconds=wait_s)
    last = start + timedelta(seconds=LONGEST_S)
    while (at.hour in hints.skip_hours or at.weekday() in hints.skip_days) and at < last:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min((at - start).total_seconds(), LONGEST_S)
