"""Bursts in counts: NAB's own score on its Twitter volumes, false alarms, and rows a second.

Peers in the same run: NAB's Windowed Gaussian, written from its definition, and the null detector, which says nothing. Beside
the score with the threshold that is best for all series together, as NAB gives it, stands the one where each series has the
threshold that is best for the *others*. No database is used.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from bench import frame, nab
from colonnade.listening.bursts import Detector

DATA = Path(__file__).resolve().parents[1] / "../shared/data/nab_tweets"
PUBLISHED = {"Twitter ADVec": 59.6, "Numenta HTM": 68.0, "CAD OSE": 74.5}
"""realTweets, standard profile, all ten series, by NAB's published scores of each file; not measured here."""
FALSE_ALARMS_A_WEEK = 0.5


def main(argv: list[str]) -> int:
    made = argparse.ArgumentParser(prog="bin/bench bursts")
    made.add_argument(
        "--data", type=Path, default=DATA / "train", help="series (CSV) with labels.json beside them"
    )
    made.add_argument("--profiles", type=Path, default=DATA / "profiles.json")
    options = made.parse_args(argv)
    if not (options.data / "labels.json").is_file():
        print(f"There is no labels.json in {options.data}.", file=sys.stderr)
        return 1
    options.posts, options.seed, options.database = 0, 0, "none"
    return frame.report("bursts", options, measure(options.data, options.profiles), reduced=False)


def measure(data: Path, profiles: Path) -> dict[str, Any]:
    """Scores, alerts and speed on the series of a folder."""
    costs, series = nab.profiles(profiles), nab.corpus(data)
    began = time.perf_counter()
    ours = [detected(one) for one in series]
    took = time.perf_counter() - began
    rows = sum(len(one.at) for one in series)
    scores = [[score for score, _ in one] for one in ours]
    alerts = [[int(alert) for _, alert in one] for one in ours]
    gaussian = [nab.windowed_gaussian(one.values) for one in series]
    null = [[0.5] * len(one.at) for one in series]
    return {
        "goal": {"standard": PUBLISHED, "false_alarms_a_series_week": FALSE_ALARMS_A_WEEK},
        "rows": rows,
        "rows_a_second": round(rows / took),
        "scored_windows": {one.name: len(one.scored_windows) for one in series},
        "ours": _judged(series, scores, costs),
        "ours_by_its_own_alerts": _judged(series, alerts, costs, fixed=1.0),
        "windowed_gaussian": _judged(series, gaussian, costs),
        "null": _judged(series, null, costs),
        "ours_after_the_full_15_percent": _judged(nab.corpus(data, capped=False), scores, costs),
        "alerts": _alerts(series, alerts),
    }


def detected(series: nab.Series) -> list[tuple[float, bool]]:
    """Score and alert of each row, from a detector that knows nothing before the first."""
    detector = Detector()
    readings = (
        detector.feed(at.replace(tzinfo=UTC).timestamp(), value)
        for at, value in zip(series.at, series.values, strict=True)
    )
    return [(reading.score, reading.alert) for reading in readings]


def _judged(
    series: Sequence[nab.Series],
    scores: Sequence[Sequence[float]],
    costs: Sequence[nab.Profile],
    fixed: float | None = None,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for profile in costs:
        if fixed is not None:
            found[profile.name] = _told(nab.at_threshold(series, scores, profile, fixed))
            continue
        told = _told(nab.sweep(series, scores, profile))
        out = nab.left_out(series, scores, profile)
        found[profile.name] = told | {"threshold_of_the_others": _told(out)}
    return found


def _told(result: nab.Result) -> dict[str, Any]:
    return {
        "total": round(result.total, 1),
        "threshold": None if result.threshold == float("inf") else round(result.threshold, 4),
        "by_series": {name: round(score, 1) for name, score in result.by_series.items()},
    }


def _alerts(series: Sequence[nab.Series], alerts: Sequence[Sequence[int]]) -> dict[str, Any]:
    false = [nab.false_alarms(one, given) for one, given in zip(series, alerts, strict=True)]
    caught = [nab.windows_caught(one, given) for one, given in zip(series, alerts, strict=True)]
    weeks = sum(one.weeks for one in series)
    return {
        "false_alarms_a_series_week": round(sum(false) / weeks, 3),
        "series_weeks": round(weeks, 1),
        "windows_caught": sum(caught),
        "windows": sum(len(one.scored_windows) for one in series),
        "by_series": {
            one.name: {
                "false_alarms_a_week": round(wrong / one.weeks, 3),
                "alerts": sum(given[one.probation :]),
                "windows_caught": hit,
            }
            for one, wrong, hit, given in zip(series, false, caught, alerts, strict=True)
        },
    }
