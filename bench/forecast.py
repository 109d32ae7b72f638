"""Forecasts of 24 hours by rolling origin, beside seasonal-naive and same-hour medians: MASE, coverage, seconds."""

from __future__ import annotations

import time
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np

from bench import frame
from colonnade.insight import forecast as engine

SERIES = Path(__file__).resolve().parents[1] / "../shared/data/nab_tweets/train"


def main(argv: list[str]) -> int:
    made = frame.parser("forecast", posts=0)
    made.add_argument("--series", type=Path, default=SERIES, help="a folder of CSV files (timestamp,value)")
    made.add_argument("--hours", type=float, default=24)
    made.add_argument(
        "--fine", action="store_true", help="at the step of the files too, not by the hour alone"
    )
    options = made.parse_args(argv)
    return frame.report("forecast", options, _measure(options), reduced=False)


def _measure(options: Namespace) -> dict[str, Any]:
    files = sorted(options.series.glob("*.csv"))
    if not files:
        raise SystemExit(f"There are no series in {options.series}.")
    figures: dict[str, Any] = {
        "goal": {"mase": "below same_hour_medians", "coverage": 0.8},
        "hours": options.hours,
    }
    for name, by_hour in (("by_hour", True), *((("as_given", False),) if options.fine else ())):
        rows = {path.stem: _of(path, options.hours, by_hour=by_hour) for path in files}
        keys = ("mase", "seasonal_naive", "same_hour_medians", "coverage", "seconds")
        mean = {key: round(float(np.mean([row[key] for row in rows.values()])), 3) for key in keys}
        figures[name] = {"mean": mean, "series": rows}
    return figures


def _of(path: Path, hours: float, *, by_hour: bool) -> dict[str, Any]:
    with path.open(encoding="utf-8") as file:
        series = engine.read(file)
    if by_hour:
        series = hourly(series)
    began = time.perf_counter()
    told = engine.forecast(series, hours=hours).backtest
    return {
        "method": told.method,
        "mase": round(told.mase or 0.0, 3),
        "seasonal_naive": round(told.seasonal_naive or 0.0, 3),
        "same_hour_medians": round(told.same_hour_medians or 0.0, 3),
        "coverage": round(told.coverage, 3),
        "origins": told.origins,
        "seconds": round(time.perf_counter() - began, 2),
    }


def hourly(series: engine.Series) -> engine.Series:
    """Counts of a finer step, added up to hours; the last hour only if it is whole."""
    slots = round(3600 / series.step_s)
    whole = len(series.values) // slots * slots
    return engine.Series(
        series.start, series.step_s * slots, series.values[:whole].reshape(-1, slots).sum(axis=1), series.form
    )
