"""How the Numenta Anomaly Benchmark scores a detector, written from its published definition.

Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms: the Numenta Anomaly Benchmark", ICMLA 2015
(arXiv:1510.03336), section II. In short: around each labelled moment lies a window. The first row inside a window that is
scored above the threshold earns what a sigmoid over its place in the window gives, much at its beginning and nothing at its end;
a window without such a row costs a false negative; each row above the threshold outside costs a part of a false positive,
little just behind a window and all of it far from one. One threshold serves all series; the best one is taken. The sum is
put on a scale where a detector that says nothing has 0 and one that speaks at the beginning of each window has 100.
"""

from __future__ import annotations

import csv
import json
import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

STEEPNESS = 5.0
FAR_BEHIND = 3.0
"""Window widths behind a window from which on a false positive costs in full."""
PROBATION, PROBATION_ROWS = 0.15, 750
"""The part of a series in which nothing is scored, and the most rows that NAB lets it be (15 % of 5,000)."""


@dataclass(frozen=True)
class Profile:
    """What a hit earns, what a missed window and a false alarm cost."""

    name: str
    hit: float
    missed: float
    false_alarm: float


@dataclass(frozen=True)
class Series:
    """One labelled series; `windows` are first and last row of each, both inside."""

    name: str
    at: list[datetime]
    values: list[float]
    windows: list[tuple[int, int]]
    probation: int

    @property
    def weeks(self) -> float:
        """How many weeks of it are scored."""
        return (self.at[-1] - self.at[self.probation]).total_seconds() / (7 * 86_400)

    @property
    def scored_windows(self) -> list[int]:
        """Those windows (by number) of which at least one row is scored."""
        return [number for number, (_, last) in enumerate(self.windows) if last >= self.probation]


@dataclass(frozen=True)
class Result:
    """What one threshold gives: the scaled score of all series together (0 to 100, or below 0) and of each alone."""

    threshold: float
    total: float
    by_series: dict[str, float]


def profiles(path: Path) -> list[Profile]:
    """The cost matrices as NAB keeps them. Its weight of a true negative is not used by its own score either."""
    loaded = json.loads(path.read_text("utf-8"))
    return [
        Profile(name, one["tpWeight"], one["fnWeight"], one["fpWeight"])
        for name, one in ((name, entry["CostMatrix"]) for name, entry in loaded.items())
    ]


def corpus(folder: Path, *, capped: bool = True) -> list[Series]:
    """Every series of a folder with `labels.json` beside it. `capped`: NAB's own probation, at most 750 rows; without it
    the full 15 % of each series."""
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    return [_series(folder / name, labels[name]["windows"], capped) for name in sorted(labels)]


def _series(path: Path, windows: Sequence[tuple[str, str]], capped: bool) -> Series:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    at = [datetime.fromisoformat(row["timestamp"]) for row in rows]
    spans = [
        (bisect_left(at, datetime.fromisoformat(first)), bisect_right(at, datetime.fromisoformat(last)) - 1)
        for first, last in windows
    ]
    probation = math.floor(PROBATION * len(rows))
    values = [float(row["value"]) for row in rows]
    return Series(
        path.stem, at, values, sorted(spans), min(probation, PROBATION_ROWS) if capped else probation
    )


def worth(place: float) -> float:
    """The scaled sigmoid, between 1 and -1: `place` is -1 at the first row of a window, 0 at its end, and counts in window
    widths behind it."""
    if place > FAR_BEHIND:
        return -1.0
    return 2.0 / (1.0 + math.exp(STEEPNESS * place)) - 1.0


def places(series: Series) -> list[tuple[int | None, float]]:
    """For each row the window it lies in (None: in none) and what a detection there is worth, before weights."""
    found: list[tuple[int | None, float]] = []
    number, behind = 0, math.inf
    width = 2
    for row in range(len(series.at)):
        while number < len(series.windows) and row > series.windows[number][1]:
            behind, width = (
                series.windows[number][1],
                series.windows[number][1] - series.windows[number][0] + 1,
            )
            number += 1
        if number < len(series.windows) and row >= series.windows[number][0]:
            first, last = series.windows[number]
            inside = -(last - row + 1) / (last - first + 1)
            found.append((number, worth(inside) / worth(-1.0)))
        elif behind is math.inf:
            found.append((None, -1.0))
        else:
            found.append((None, worth((row - behind) / max(1, width - 1))))
    return found


def sweep(corpus: Sequence[Series], scores: Sequence[Sequence[float]], profile: Profile) -> Result:
    """The best threshold over all series together (a row at or above it is a detection), and what it gives."""
    weighed = [places(series) for series in corpus]
    rows = [
        (scores[which][row], which, row)
        for which, series in enumerate(corpus)
        for row in range(series.probation, len(series.at))
    ]
    rows.sort(key=lambda one: -one[0])
    caught: dict[tuple[int, int], float] = {}
    gained = best = 0.0
    threshold = math.inf
    for value, tied in groupby(rows, key=lambda one: one[0]):
        for _, which, row in tied:
            window, share = weighed[which][row]
            if window is None:
                gained += profile.false_alarm * share
            else:
                before = caught.get((which, window), -profile.missed)
                caught[which, window] = max(before, profile.hit * share)
                gained += caught[which, window] - before
        if gained > best:
            best, threshold = gained, value
    return at_threshold(corpus, scores, profile, threshold)


def at_threshold(
    corpus: Sequence[Series], scores: Sequence[Sequence[float]], profile: Profile, threshold: float
) -> Result:
    """What a given threshold gives. A series without a scored window has no score of its own, but counts in the total."""
    gained, possible, by_series = 0.0, 0.0, {}
    for series, given in zip(corpus, scores, strict=True):
        raw, windows = _raw(series, given, profile, threshold), len(series.scored_windows)
        span = windows * (profile.hit + profile.missed)
        gained, possible = gained + raw, possible + span
        if span:
            by_series[series.name] = 100 * raw / span
    return Result(threshold, 100 * gained / possible if possible else 0.0, by_series)


def _raw(series: Series, scores: Sequence[float], profile: Profile, threshold: float) -> float:
    """Raw score of a series less that of the null detector, which misses every window and is never wrong."""
    caught = dict.fromkeys(series.scored_windows, -profile.missed)
    false = 0.0
    for row, (window, share) in enumerate(places(series)):
        if row < series.probation or scores[row] < threshold:
            continue
        if window is None:
            false += profile.false_alarm * share
        else:
            caught[window] = max(caught[window], profile.hit * share)
    return sum(caught.values()) + false + profile.missed * len(caught)


def left_out(corpus: Sequence[Series], scores: Sequence[Sequence[float]], profile: Profile) -> Result:
    """Each series with the threshold that is best for all the *others*; the threshold given back is their middle one."""
    thresholds, by_series, gained, possible = [], {}, 0.0, 0.0
    for out, series in enumerate(corpus):
        others = [number for number in range(len(corpus)) if number != out]
        threshold = sweep([corpus[n] for n in others], [scores[n] for n in others], profile).threshold
        raw = _raw(series, scores[out], profile, threshold)
        span = len(series.scored_windows) * (profile.hit + profile.missed)
        gained, possible = gained + raw, possible + span
        thresholds.append(threshold)
        if span:
            by_series[series.name] = 100 * raw / span
    middle = sorted(thresholds)[len(thresholds) // 2]
    return Result(middle, 100 * gained / possible if possible else 0.0, by_series)


def false_alarms(series: Series, alerts: Sequence[int]) -> int:
    """How many alerts fall outside of every window, probation aside."""
    return sum(
        1
        for row, (window, _) in enumerate(places(series))
        if row >= series.probation and alerts[row] and window is None
    )


def windows_caught(series: Series, alerts: Sequence[int]) -> int:
    """In how many of its scored windows there is an alert."""
    return sum(
        any(alerts[max(series.windows[number][0], series.probation) : series.windows[number][1] + 1])
        for number in series.scored_windows
    )


def windowed_gaussian(values: Sequence[float], window: int = 6400, step: int = 100) -> list[float]:
    """NAB's simplest peer: how far from the middle of a normal distribution over the last rows a value lies, 0.5 to 1. The
    window grows to its full size, then moves on by whole steps."""
    kept: list[float] = []
    waiting: list[float] = []
    scores: list[float] = []
    total = squares = 0.0
    for value in values:
        if not kept:
            scores.append(0.0)
        else:
            mean = total / len(kept)
            spread = math.sqrt(max(0.0, squares / len(kept) - mean * mean)) or 1e-6
            scores.append(1.0 - 0.5 * math.erfc(abs(value - mean) / spread / math.sqrt(2.0)))
        if len(kept) < window:
            kept.append(value)
            total, squares = total + value, squares + value * value
            continue
        waiting.append(value)
        if len(waiting) == step:
            kept = kept[step:] + waiting
            waiting = []
            total, squares = math.fsum(kept), math.fsum(one * one for one in kept)
    return scores
