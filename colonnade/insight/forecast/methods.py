"""How the next hours are foretold: weighted medians of the same time of day, moved to the level of the last hours.

All methods take the values known before an origin (NaN for gaps) and return numbers for the slots after it. Those that
tell an interval return the rows low, middle, high: the quantiles 0.1, 0.5 and 0.9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from colonnade.insight.forecast.series import DAY_S, Series

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

QUANTILES = (0.1, 0.5, 0.9)

# Chosen by rolling origin on hourly and five-minute counts; the optimum is flat.
PERIODS = 56
_HALF_LIFE = 28  # periods after which a day counts half
_SAME_WEEKDAY, _SAME_KIND, _OTHER_KIND = 2.0, 1.0, 0.1
_NEIGHBOURS = 3  # slots on each side, within an hour
_NEIGHBOUR_AN_HOUR_OFF = 0.3
_LEVEL_S, _LEVEL_SLOTS = 12 * 3600.0, 7
_LEVEL_SHARE = 0.5
_LEVEL_HALF_LIFE_S = 23 * 3600.0
_LEVEL_MOST = 2.0


@dataclass(frozen=True)
class Rhythm:
    """The slots of a period (a day, or one step where that is longer), and where in the week the series begins."""

    step_s: float
    begins_s: float

    @classmethod
    def of(cls, series: Series) -> Rhythm:
        start = series.start
        into_day = start.hour * 3600 + start.minute * 60 + start.second + start.microsecond / 1e6
        return cls(series.step_s, start.weekday() * DAY_S + into_day)

    @property
    def period(self) -> int:
        """Slots in a period."""
        return max(1, round(DAY_S / self.step_s))

    @property
    def has_week(self) -> bool:
        """Whether days, and so weekdays, can be told apart."""
        return self.step_s <= DAY_S

    def lag(self, periods: int) -> int:
        """How many slots lie in so many periods: days of 86,400 seconds need not be whole slots."""
        return max(periods, round(periods * DAY_S / self.step_s))

    def weekdays(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """0 for Monday to 6 for Sunday."""
        return ((self.begins_s + slots * self.step_s) // DAY_S).astype(np.int64) % 7


def usual(values: Floats, horizon: int, rhythm: Rhythm) -> Floats:
    """(3, horizon): weighted quantiles of the same time of day, moved half-way to the level of the last hours.

    Days count less the older they are, the same weekday counts twice, workdays hardly speak for weekends.
    """
    told = _quantiles_of_past(values, horizon, rhythm)
    return _moved_to_level(values, told, rhythm)


def changes(values: Floats, horizon: int, rhythm: Rhythm) -> Floats:
    """(3, horizon): the last known value and the weighted quantiles of how it changed from the same time of day on.

    For what keeps its level instead of coming back to a usual one, such as a number of followers.
    """
    known = np.flatnonzero(~np.isnan(values))
    last = int(known[-1])
    lags = np.array([rhythm.lag(k) for k in range(1, PERIODS + 1)])
    targets = np.arange(len(values), len(values) + horizon)
    before = _taken(values, targets[:, None] - lags[None, :]) - _taken(values, last - lags)[None, :]
    told = weighted_quantiles(before, _weights(targets, lags, rhythm))
    told = np.where(np.isnan(told), 0.0, told)
    return np.asarray(values[last] + told)


def seasonal_naive(values: Floats, horizon: int, rhythm: Rhythm) -> Floats:
    """(horizon,): the value one week before, or one period before where no week is known."""
    periods = 7 if rhythm.has_week and len(values) >= rhythm.lag(7) else 1
    targets = np.arange(len(values), len(values) + horizon)
    told = np.full(horizon, np.nan)
    for times in range(1, 2 + horizon // rhythm.period + PERIODS // periods):
        found = _taken(values, targets - rhythm.lag(periods * times))
        told = np.where(np.isnan(told), found, told)
    return np.where(np.isnan(told), np.nanmedian(values), told)


def same_hour_medians(values: Floats, horizon: int, rhythm: Rhythm) -> Floats:
    """(horizon,): half the median of the same time on the last fourteen days, half that of the last four same weekdays."""
    targets = np.arange(len(values), len(values) + horizon)
    days = _median_at(values, targets, [rhythm.lag(k) for k in range(1, 15)])
    weeks = _median_at(values, targets, [rhythm.lag(7 * k) for k in range(1, 5)]) if rhythm.has_week else days
    told = np.where(np.isnan(weeks), days, np.where(np.isnan(days), weeks, (days + weeks) / 2))
    return np.where(np.isnan(told), np.nanmedian(values), told)


def weighted_quantiles(samples: Floats, weights: Floats) -> Floats:
    """(3, rows) of samples (rows, n): in each row half of a sample's weight lies below it; between samples a line is drawn.

    NaN samples have no weight; a row without any gives NaN.
    """
    samples = np.where(weights > 0, samples, np.nan)
    order = np.argsort(samples, axis=1, kind="stable")  # NaN last
    ordered = np.take_along_axis(samples, order, 1)
    weight = np.where(np.isnan(ordered), 0.0, np.take_along_axis(weights, order, 1))
    last = (~np.isnan(ordered)).sum(1) - 1
    with np.errstate(invalid="ignore"):
        place = (np.cumsum(weight, 1) - weight / 2) / weight.sum(1, keepdims=True)
    rows = np.arange(len(samples))
    told = np.full((len(QUANTILES), len(samples)), np.nan)
    for row, quantile in enumerate(QUANTILES):
        reaching = place >= quantile
        above = np.minimum(np.where(reaching.any(1), np.argmax(reaching, 1), last), np.maximum(last, 0))
        below = np.maximum(above - 1, 0)
        span = place[rows, above] - place[rows, below]
        share = np.where(span > 0, (quantile - place[rows, below]) / np.where(span > 0, span, 1.0), 1.0)
        low, high = ordered[rows, below], ordered[rows, above]
        told[row] = np.where(last >= 0, low + np.clip(share, 0.0, 1.0) * (high - low), np.nan)
    return told


def _quantiles_of_past(values: Floats, horizon: int, rhythm: Rhythm) -> Floats:
    """(3, horizon): of the same times of day and their neighbours; where nothing is known, of all that was."""
    off = min(_NEIGHBOURS, int(3600 // rhythm.step_s))
    lags = np.array([rhythm.lag(k) + j for k in range(1, PERIODS + 1) for j in range(-off, off + 1)])
    hours_off = np.array(
        [abs(j) * rhythm.step_s / 3600 for _ in range(PERIODS) for j in range(-off, off + 1)]
    )
    targets = np.arange(len(values), len(values) + horizon)
    weights = _weights(targets, lags, rhythm) * _NEIGHBOUR_AN_HOUR_OFF ** hours_off[None, :]
    told = weighted_quantiles(_taken(values, targets[:, None] - lags[None, :]), weights)
    everything = np.nanquantile(values[-PERIODS * rhythm.period :], QUANTILES)
    return np.where(np.isnan(told), everything[:, None], told)


def _weights(targets: NDArray[np.int64], lags: NDArray[np.int64], rhythm: Rhythm) -> Floats:
    """(targets, lags): how much the slot `lag` before a target says about it."""
    age = 0.5 ** (lags / rhythm.period / _HALF_LIFE)
    weights = np.broadcast_to(age[None, :], (len(targets), len(lags)))
    if not rhythm.has_week:
        return np.asarray(weights)
    there, here = rhythm.weekdays(targets[:, None] - lags[None, :]), rhythm.weekdays(targets)[:, None]
    kind = np.where((there >= 5) == (here >= 5), _SAME_KIND, _OTHER_KIND)
    return np.asarray(weights * np.where(there == here, _SAME_WEEKDAY, kind))


def _moved_to_level(values: Floats, told: Floats, rhythm: Rhythm) -> Floats:
    """What is told, times (or, where values may be negative, plus) what the last hours had more than was told for them."""
    window = max(_LEVEL_SLOTS, round(_LEVEL_S / rhythm.step_s))
    back = max(window, rhythm.period)
    if len(values) - back < 2 * rhythm.period:
        return told
    before = values[:-back]
    if np.isnan(before).all():
        return told
    was_told = _quantiles_of_past(before, back, rhythm)[1, -window:]
    recent = values[-window:]
    known = ~np.isnan(recent)
    if not known.any():
        return told
    half_life = max(_LEVEL_HALF_LIFE_S / rhythm.step_s, _LEVEL_SLOTS)
    fading = _LEVEL_SHARE * 0.5 ** (np.arange(1, told.shape[1] + 1) / half_life)
    if np.nanmin(values) < 0:
        return np.asarray(told + fading * (recent[known] - was_told[known]).mean())
    ground = 0.05 * float(np.nanmean(values)) * window + 1e-9
    ratio = (recent[known].sum() + ground) / (was_told[known].sum() + ground)
    return np.asarray(told * float(np.clip(ratio, 1 / _LEVEL_MOST, _LEVEL_MOST)) ** fading)


def _median_at(values: Floats, targets: NDArray[np.int64], lags: list[int]) -> Floats:
    found = _taken(values, targets[:, None] - np.array(lags)[None, :])
    told = np.full(len(targets), np.nan)
    some = ~np.isnan(found).all(1)
    told[some] = np.nanmedian(found[some], axis=1)
    return told


def _taken(values: Floats, slots: NDArray[np.int64]) -> Floats:
    """The values of slots; NaN for those that lie before the beginning or are not known yet."""
    inside = (slots >= 0) & (slots < len(values))
    return np.where(inside, values[np.clip(slots, 0, len(values) - 1)], np.nan)
