"""A forecast that says what it is worth: an interval of 80 %, and how the same method did on the past of the same series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from colonnade.insight.forecast import methods
from colonnade.insight.forecast.series import DAY_S, Series, Unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COVERS = 0.8
LONGEST_HOURS = 28 * 24
MOST_ORIGINS, FEWEST_ORIGINS = 40, 12
FEWEST_PERIODS = 3
_FEWEST_TO_FIT = 3
_FEWEST_KNOWN = 0.5
_MOST_SLOTS = 20_000
_ENOUGH_VALUES = 4_000


@dataclass(frozen=True, slots=True)
class Point:
    """One row of a forecast: `at` as the source writes its times, and `low` ≤ `value` ≤ `high`."""

    at: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """How the method did from `origins` moments of the past, knowing only what was known then.

    MASE: the mean absolute error divided by that of "as one period before" on the past that was known (Hyndman and
    Koehler, International Journal of Forecasting 22, 2006); None where that past never changed and the forecast was
    wrong. `seasonal_naive` and `same_hour_medians` are the MASE of those from the same moments. `coverage` is the share
    of values inside the interval as it would have been told then, 0..1.
    """

    method: str
    origins: int
    values: int
    mase: float | None
    seasonal_naive: float | None
    same_hour_medians: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The points, oldest first, and the backtest that belongs beside them wherever they are shown."""

    points: tuple[Point, ...]
    backtest: Backtest


Method = Callable[["Floats", int, methods.Rhythm], "Floats"]
_METHODS: dict[str, Method] = {"usual": methods.usual, "changes": methods.changes}


@dataclass(frozen=True)
class _Past:
    """What one method told from each of some moments, (moments, 3, horizon), beside what came, (moments, horizon)."""

    origins: list[int]
    told: Floats
    came: Floats


def forecast(series: Series, *, hours: float = 24) -> Forecast:
    """The next `hours` of a series with an interval of 80 %, and its backtest.

    Of two methods (`methods.usual`, `methods.changes`) the one is taken that erred less on the past. Counts stay
    counts: where nothing was ever below 0, nothing is told below 0. Raises Unusable with one sentence where the series
    is too short or the horizon too long.
    """
    horizon = _horizon(series, hours)
    values, rhythm = _recent(series, horizon)
    origins = [
        at for at in _origins(len(values), horizon, rhythm) if not np.isnan(values[at : at + horizon]).all()
    ]
    if not origins:
        raise Unusable(
            "What is known of the series lies between gaps: there is nothing to try a forecast on."
        )
    came = np.stack([values[at : at + horizon] for at in origins])
    pasts = {
        name: _Past(origins, np.stack([method(values[:at], horizon, rhythm) for at in origins]), came)
        for name, method in _METHODS.items()
    }
    name = min(pasts, key=lambda one: float(np.nanmean(np.abs(pasts[one].told[:, 1] - came))))
    floor = 0.0 if np.nanmin(values) >= 0 else -np.inf
    told = _fitted(_METHODS[name](values, horizon, rhythm), pasts[name], len(values), floor)
    first = len(series.values)
    points = tuple(
        Point(series.written(first + at), float(middle), float(low), float(high))
        for at, (low, middle, high) in enumerate(told.T)
    )
    return Forecast(points, _backtest(name, pasts[name], values, rhythm, floor))


def _horizon(series: Series, hours: float) -> int:
    if not 0 < hours <= LONGEST_HOURS:
        raise Unusable(f"A forecast reaches at most {LONGEST_HOURS} hours ahead, and more than 0.")
    horizon = int(hours * 3600 / series.step_s + 1e-9)
    if horizon < 1:
        raise Unusable(f"One step of the series is {_span(series.step_s)}: ask for that many hours at least.")
    if horizon > _MOST_SLOTS:
        raise Unusable(f"That would be {horizon} rows: add the series up to a longer step first.")
    return horizon


def _recent(series: Series, horizon: int) -> tuple[Floats, methods.Rhythm]:
    """The values that matter, the first of them known, and their rhythm. Raises Unusable where they are too few."""
    rhythm = methods.Rhythm.of(series)
    known = np.flatnonzero(~np.isnan(series.values))
    start = len(series.values) - 2 * rhythm.lag(methods.PERIODS) - 2 * horizon
    known = known[known >= start]
    if not known.size:
        raise Unusable(
            "The series has nothing but gaps, or has had for months: there is nothing to foretell from."
        )
    cut = int(known[0])
    values = series.values[cut:]
    needed = FEWEST_PERIODS * rhythm.period + horizon
    if len(values) < needed:
        raise Unusable(
            f"The series covers {_span(len(values) * series.step_s)}: to foretell {_span(horizon * series.step_s)} and to "
            f"try that on its past it needs {_span(needed * series.step_s)} at least."
        )
    there = ~np.isnan(values)
    if there.mean() < _FEWEST_KNOWN or there[-needed:].mean() < _FEWEST_KNOWN:
        raise Unusable(
            "More than half of what matters of the series is gaps: there is too little to foretell from."
        )
    return values, methods.Rhythm(rhythm.step_s, rhythm.begins_s + cut * rhythm.step_s)


def _origins(length: int, horizon: int, rhythm: methods.Rhythm) -> list[int]:
    """Moments to look back from, the last one horizon before the end; spread over the hours of the day."""
    first, last = FEWEST_PERIODS * rhythm.period, length - horizon
    weeks = 21 * rhythm.period
    if last - weeks >= 7 * rhythm.period:
        first = weeks  # what comes before knew no weekdays yet
    most = min(MOST_ORIGINS, max(FEWEST_ORIGINS, _ENOUGH_VALUES // horizon))
    between = max(1, round(17 / 24 * rhythm.period), -(-(last - first) // (most - 1)))
    if rhythm.period > 1 and between % rhythm.period == 0:
        between += 1
    return sorted(range(last, first - 1, -between))


def _fitted(told: Floats, past: _Past, now: int, floor: float) -> Floats:
    """(3, horizon): the interval widened or narrowed so that it would have held on what was known at `now`.

    Conformalised quantile regression, each side by itself (Romano, Patterson and Candès, NeurIPS 2019): misses are
    measured in widths of the interval. Low ≤ middle ≤ high, and nothing below the floor.
    """
    horizon = told.shape[1]
    known = [row for row, at in enumerate(past.origins) if at + horizon <= now]
    if len(known) >= _FEWEST_TO_FIT:
        then, came = past.told[known], past.came[known]
        width = _width(then)
        below = _tail((then[:, 0] - came) / width)
        above = _tail((came - then[:, 2]) / width)
        wide = _width(told[None])[0]
        told = np.stack([told[0] - below * wide, told[1], told[2] + above * wide])
    told = np.maximum(told, floor)
    return np.stack([np.minimum(told[0], told[1]), told[1], np.maximum(told[2], told[1])])


def _width(told: Floats) -> Floats:
    """(moments, horizon): how wide each interval is, and never nothing."""
    return np.asarray(told[:, 2] - told[:, 0] + 0.02 * np.abs(told[:, 1]).mean() + 1e-9)


def _tail(misses: Floats) -> float:
    """By how many widths a side has to move, so that one value in ten lies beyond it."""
    return float(np.clip(np.nanquantile(misses, (1 + COVERS) / 2), -0.5, 10.0))


def _backtest(name: str, past: _Past, values: Floats, rhythm: methods.Rhythm, floor: float) -> Backtest:
    horizon = past.came.shape[1]
    inside: list[Floats] = []
    ours: list[float] = []
    naive: list[float] = []
    medians: list[float] = []
    scales: list[float] = []
    for row, at in enumerate(past.origins):
        came, known = past.came[row], values[:at]
        some = ~np.isnan(came)
        low, middle, high = _fitted(past.told[row], past, at, floor)
        inside.append(((low <= came) & (came <= high))[some])
        ours.append(_mean_error(middle, came))
        naive.append(_mean_error(methods.seasonal_naive(known, horizon, rhythm), came))
        medians.append(_mean_error(methods.same_hour_medians(known, horizon, rhythm), came))
        scales.append(_scale(known, rhythm))
    held = np.concatenate(inside)
    return Backtest(
        method=name,
        origins=len(ours),
        values=int(held.size),
        mase=_mase(ours, scales),
        seasonal_naive=_mase(naive, scales),
        same_hour_medians=_mase(medians, scales),
        coverage=float(held.mean()),
    )


def _mean_error(told: Floats, came: Floats) -> float:
    return float(np.nanmean(np.abs(told - came)))


def _scale(known: Floats, rhythm: methods.Rhythm) -> float:
    """The mean absolute error of "as one period before" on what was known; NaN where gaps leave none."""
    apart = np.abs(known[rhythm.period :] - known[: -rhythm.period])
    apart = apart[~np.isnan(apart)]
    return float(apart.mean()) if apart.size else float("nan")


def _mase(errors: Sequence[float], scales: Sequence[float]) -> float | None:
    """The mean of error ÷ scale over the moments that have one."""
    if not any(errors):
        return 0.0
    ratios = [error / scale for error, scale in zip(errors, scales, strict=True) if scale > 0]
    return sum(ratios) / len(ratios) if ratios else None


def _span(seconds: float) -> str:
    """A length of time in words."""
    for unit, size in (("days", DAY_S), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * size or (unit == "minutes" and seconds >= size):
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds:.4g} seconds"
