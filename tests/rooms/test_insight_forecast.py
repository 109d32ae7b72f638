"""Forecasts: what holds for every series, and what is refused with a sentence."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.insight.forecast import Series, Unusable, forecast, on_a_grid, read
from colonnade.insight.forecast.methods import weighted_quantiles

pytestmark = pytest.mark.corpora

BEGAN = datetime(2026, 5, 4, tzinfo=UTC)  # a Monday


def hourly(values: list[float], began: datetime = BEGAN) -> Series:
    return Series(began, 3600.0, np.array(values, dtype=np.float64))


def town(days: int, *, seed: int = 1, weekend: float = 0.4) -> list[float]:
    """Counts of a town that sleeps at night and rests at weekends."""
    rng = np.random.default_rng(seed)
    shape = [2 + 20 * max(0.0, math.sin((hour - 6) / 16 * math.pi)) for hour in range(24)]
    return [
        float(rng.poisson(shape[hour] * (weekend if day % 7 >= 5 else 1)))
        for day in range(days)
        for hour in range(24)
    ]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(st.integers(0, 50), st.integers(0, 10**9), st.none()), min_size=9 * 24, max_size=12 * 24
    ),
    st.integers(1, 48),
)
def test_the_interval_holds_the_forecast_and_counts_stay_counts(values: list[int | None], hours: int) -> None:
    series = hourly([math.nan if value is None else float(value) for value in values])
    try:
        told = forecast(series, hours=hours)
    except Unusable:
        assert None in values
        return
    assert len(told.points) == hours
    for point in told.points:
        assert 0 <= point.low <= point.value <= point.high
        assert math.isfinite(point.high)
    assert 0 <= told.backtest.coverage <= 1


def test_a_quiet_night_and_a_weekend_are_foretold() -> None:
    told = forecast(hourly(town(7 * 8)[: -24 * 2]), hours=48)  # the next day is a Saturday
    noon, night = told.points[12].value, told.points[3].value
    assert told.points[0].at == "2026-06-27 00:00:00+00:00"
    assert noon < 14  # a workday has about 20
    assert night < 5
    assert told.backtest.mase is not None
    assert told.backtest.seasonal_naive is not None
    assert told.backtest.mase < told.backtest.seasonal_naive
    assert 0.7 <= told.backtest.coverage <= 0.95


def test_a_louder_day_raises_the_next_hours_and_less_those_after() -> None:
    calm = town(28)
    loud = calm[:-12] + [value * 2 for value in calm[-12:]]
    before, after = forecast(hourly(calm), hours=48), forecast(hourly(loud), hours=48)
    gain = [b.value / a.value for a, b in zip(before.points, after.points, strict=True) if a.value > 1]
    assert gain[0] > 1.2
    assert gain[0] > gain[-1] > 1


def test_a_number_that_keeps_its_level_is_carried_on_from_where_it_is() -> None:
    rng = np.random.default_rng(5)
    followers = list(np.cumsum(rng.poisson(3, 40 * 24)) + 10_000.0)
    told = forecast(hourly(followers), hours=24)
    assert told.backtest.method == "changes"
    assert told.points[-1].value == pytest.approx(followers[-1] + 3 * 24, abs=20)


def test_a_constant_series_goes_on_as_it_is() -> None:
    told = forecast(hourly([5.0] * 24 * 20), hours=24)
    assert {(point.low, point.value, point.high) for point in told.points} == {(5.0, 5.0, 5.0)}
    assert told.backtest.mase == 0
    assert told.backtest.coverage == 1


def test_values_below_nothing_are_foretold_where_there_were_some() -> None:
    told = forecast(hourly([-value for value in town(30)]), hours=24)
    assert min(point.value for point in told.points) < -10


def test_gaps_are_no_zeros() -> None:
    values = town(30)
    for at in range(24 * 10, 24 * 13):
        values[at] = math.nan
    whole, holed = forecast(hourly(town(30))), forecast(hourly(values))
    for one, other in zip(whole.points, holed.points, strict=True):
        assert other.value == pytest.approx(one.value, abs=3)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("first", "last"), [(0, 40), (100, 0), (90, 40), (200, 5)])
def test_a_series_may_begin_and_end_with_gaps(first: int, last: int) -> None:
    values = np.array(town(30))
    values[:first] = math.nan
    values[len(values) - last :] = math.nan
    told = forecast(Series(BEGAN, 3600.0, values), hours=24)
    assert len(told.points) == 24
    assert all(0 <= point.low <= point.value <= point.high < 60 for point in told.points)


@pytest.mark.parametrize(
    ("series", "hours", "said"),
    [
        (hourly([1.0] * 30), 24, "covers 30 hours"),
        (hourly([1.0] * 24 * 30), 29 * 24, "at most 672 hours"),
        (hourly([1.0] * 24 * 30), 0, "more than 0"),
        (hourly([1.0] * 24 * 30), math.nan, "more than 0"),
        (hourly([1.0] * 24 * 30), 0.5, "ask for that many hours at least"),
        (hourly([math.nan] * 24 * 30), 24, "gaps"),
    ],
)
def test_what_cannot_be_foretold_is_refused_with_a_sentence(series: Series, hours: float, said: str) -> None:
    with pytest.raises(Unusable, match=said) as refused:
        forecast(series, hours=hours)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("step_s", [60, 300, 420, 900, 3600, 5400, 21_600, 86_400, 604_800])
def test_any_step_will_do(step_s: int) -> None:
    rows = [
        (BEGAN + timedelta(seconds=step_s * n), float(n % 7)) for n in range(max(200, 5 * 86_400 // step_s))
    ]
    hours = max(2.0, 3 * step_s / 3600)
    told = forecast(on_a_grid(rows), hours=hours)
    assert len(told.points) == int(hours * 3600 // step_s)
    assert told.points[0].at == (rows[-1][0] + timedelta(seconds=step_s)).isoformat(sep=" ")


def test_rows_are_read_in_any_order_with_gaps_and_other_columns() -> None:
    series = read(
        [
            "place,value,timestamp",
            "a,3,2026-05-04T02:00",
            "a,1,2026-05-04T00:00",
            "a,,2026-05-04T03:00",
            "a,2,2026-05-04T01:00",
            "a,9,2026-05-04T05:00",
            "",
            "a,1,2026-05-04T05:00",
        ]
    )
    assert series.step_s == 3600
    assert [None if math.isnan(value) else value for value in series.values] == [1, 2, 3, None, None, 10]
    assert series.written(6) == "2026-05-04T06:00:00"


def test_seconds_since_1970_are_written_as_they_were_read() -> None:
    series = read(["1777852800,1", "1777856400,2"])
    assert (series.step_s, series.written(2)) == (3600, "1777860000")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "empty"),
        (["timestamp,value"], "empty"),
        (["when,what", "a,b"], "must name the columns"),
        (["timestamp,value", "yesterday,3"], "Line 2: 'yesterday' is no timestamp"),
        (["timestamp,value", "2026-05-04,many"], "Line 2: 'many' is no number"),
        (["timestamp,value", "2026-05-04,inf"], "too large"),
        (["timestamp,value", "2026-05-04"], "Line 2 has 1 columns"),
        (["timestamp,value", "2026-05-04,1"], "one moment only"),
        (["timestamp,value", "2026-05-04 00:00,1", "2026-05-04 01:00Z,1"], "a zone and others none"),
        (["timestamp,value", "2026-05-04 00:00:00,1", "2026-05-04 00:00:01,1", "2027-05-04,1"], "far apart"),
    ],
)
def test_what_is_no_series_is_refused_with_its_line(lines: list[str], said: str) -> None:
    with pytest.raises(Unusable, match=said):
        read(lines)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.one_of(st.just(math.nan), st.integers(-9, 9).map(float)), st.integers(0, 3)),
        min_size=1,
        max_size=12,
    )
)
def test_weighted_quantiles_count_a_sample_as_often_as_it_weighs(samples: list[tuple[float, int]]) -> None:
    """Beside the plain way: each sample laid out in a row, its middle at half its weight, lines between the middles."""
    told = weighted_quantiles(
        np.array([[value for value, _ in samples]]), np.array([[float(w) for _, w in samples]])
    )
    known = sorted((one for one in samples if one[1] and not math.isnan(one[0])), key=lambda one: one[0])
    if not known:
        assert np.isnan(told).all()
        return
    total = sum(weight for _, weight in known)
    middles = [(sum(w for _, w in known[:at]) + weight / 2) / total for at, (_, weight) in enumerate(known)]
    for got, quantile in zip(told[:, 0], (0.1, 0.5, 0.9), strict=True):
        assert got == pytest.approx(np.interp(quantile, middles, [value for value, _ in known]))
