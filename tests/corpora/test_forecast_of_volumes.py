"""Forecasts of real volumes: better than same-hour medians on each series, and an interval that holds what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.forecast import hourly
from colonnade.insight.forecast import Backtest, forecast, read

VOLUMES = Path(__file__).resolve().parents[2] / "../shared/data/nab_tweets/train"

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not VOLUMES.is_dir(), reason="needs ../shared/data/nab_tweets beside the checkout"),
]


def backtest(path: Path) -> Backtest:
    with path.open(encoding="utf-8") as file:
        return forecast(hourly(read(file)), hours=24).backtest


def test_a_day_ahead_is_foretold_better_than_by_medians_of_the_same_hour(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = {path.stem: backtest(path) for path in sorted(VOLUMES.glob("*.csv"))}
    assert len(told) >= 5
    mean = sum(one.mase or 0 for one in told.values()) / len(told)
    covered = sum(one.coverage for one in told.values()) / len(told)
    with capsys.disabled():
        print(f"\nforecast MASE {mean:.3f} coverage {covered:.3f}", end="")
    for name, one in told.items():
        assert one.mase is not None, name
        assert one.same_hour_medians is not None, name
        assert one.seasonal_naive is not None, name
        assert one.mase < one.same_hour_medians < one.seasonal_naive, name
        assert 0.72 <= one.coverage <= 0.88, name
    assert mean < 0.72
    assert 0.77 <= covered <= 0.83
