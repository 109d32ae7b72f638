"""Bursts in counts: NAB's own score on its Twitter volumes, false alarms, and rows a second.

Peers in the same run: NAB's Windowed Gaussian, written from its definition, and the null detector, which says nothing. Beside
the score with the threshold that is best for all series together, as NAB gives it, stands the one where each series has the
threshold that is best for the *others*. With `--choose` the settings too are left to the others: for each series those of a small
grid are taken that do best on the rest (about a minute). No database is used.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any

from bench import frame, nab
from colonnade.listening.bursts import Detector, Settings

DATA = Path(__file__).resolve().parents[1] / "../shared/data/nab_tweets"
PUBLISHED = {"Twitter ADVec": 59.6, "Numenta HTM": 68.0, "CAD OSE": 74.5}
"""realTweets, standard profile, all ten series, by NAB's published scores of each file; not measured here."""
FALSE_ALARMS_A_WEEK = 0.5
GRID = {"once_in": (1.5, 2.0, 3.0), "upper": (0.15, 0.25, 0.5), "block": (10_800.0, 21_600.0, 43_200.0)}


def main(argv: list[str]) -> int:
    made = argparse.ArgumentParser(prog="bin/bench bursts")
    made.add_argument(
        "--data", type=Path, default=DATA / "train", help="series (CSV) with labels.json beside them"
    )
    made.add_argument("--profiles", type=Path, default=DATA / "profiles.json")
    made.add_argument(
        "--choose", action="store_true", help="choose the settings too without the series they are judged on"
    )
    options = made.parse_args(argv)
    if not (options.data / "labels.json").is_file():
        print(f"There is no labels.json in {options.data}.", file=sys.stderr)
        return 1
    options.posts, options.seed, options.database = 0, 0, "none"
    figures = measure(options.data, options.profiles)
    if options.choose:
        figures["settings_of_the_others"] = chosen_by_others(options.data, options.profiles)
    return frame.report("bursts", options, figures, reduced=False)


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


def chosen_by_others(data: Path, profiles: Path) -> dict[str, Any]:
    """Alerts of each series under the settings with which the *other* series score best by theirs (standard profile, false
    alarms within the goal)."""
    cost = next(one for one in nab.profiles(profiles) if one.name == "standard")
    series = nab.corpus(data)
    grid = [
        Settings(once_in=once_in, upper=upper, block=block)
        for once_in, upper, block in itertools.product(GRID["once_in"], GRID["upper"], GRID["block"])
    ]
    alerts = [[[int(alert) for _, alert in detected(one, setting)] for one in series] for setting in grid]
    by_series, chosen, gained, windows, false = {}, {}, 0.0, 0, 0
    for out, one in enumerate(series):
        others = [number for number in range(len(series)) if number != out]
        weeks = sum(series[n].weeks for n in others)

        def worth(
            given: Sequence[Sequence[int]], others: Sequence[int] = others, weeks: float = weeks
        ) -> tuple[bool, float]:
            mine = [series[n] for n in others]
            wrong = sum(nab.false_alarms(series[n], given[n]) for n in others) / weeks
            total = nab.at_threshold(mine, [given[n] for n in others], cost, 1.0).total
            return wrong <= FALSE_ALARMS_A_WEEK, total

        best = max(range(len(grid)), key=lambda n: worth(alerts[n]))
        score = nab.at_threshold([one], [alerts[best][out]], cost, 1.0).total
        by_series[one.name], gained = round(score, 1), gained + score * len(one.scored_windows)
        windows, false = windows + len(one.scored_windows), false + nab.false_alarms(one, alerts[best][out])
        chosen[one.name] = {name: asdict(grid[best])[name] for name in GRID}
    every = [nab.at_threshold(series, given, cost, 1.0).total for given in alerts]
    return {
        "standard": round(gained / windows, 1),
        "by_series": by_series,
        "false_alarms_a_series_week": round(false / sum(one.weeks for one in series), 3),
        "chosen": chosen,
        "of_the_grid": {
            "least": round(min(every), 1),
            "middle": round(sorted(every)[len(every) // 2], 1),
            "most": round(max(every), 1),
        },
    }


def detected(series: nab.Series, settings: Settings | None = None) -> list[tuple[float, bool]]:
    """Score and alert of each row, from a detector that knows nothing before the first."""
    detector = Detector(settings)
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
