"""`colonnade forecast SERIES.csv`: the next hours of a series, with an interval and how it did on the past."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from colonnade.cli import Trouble

if TYPE_CHECKING:
    from colonnade.insight.forecast import Backtest, Forecast, Series

HELP = "foretell the next hours of a series (timestamp,value), with an interval of 80 % and a backtest"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which series, and how far."""
    parser.add_argument(
        "series", metavar="SERIES.csv", help="columns timestamp and value; - for standard input"
    )
    parser.add_argument("--hours", type=float, default=24, help="how far ahead (24 unless you say otherwise)")
    parser.add_argument(
        "--backtest", action="store_true", help="print only how it did on the past, as one JSON object"
    )


def run(options: argparse.Namespace) -> int:
    """Rows to standard output, the backtest in a sentence to standard error; or the backtest alone."""
    from colonnade.insight import forecast as engine

    try:
        told = engine.forecast(_series(options.series), hours=options.hours)
    except engine.Unusable as refused:
        raise Trouble(str(refused)) from refused
    if options.backtest:
        print(json.dumps(asdict(told.backtest), indent=1))
        return 0
    _print_rows(told)
    print(_sentence(told.backtest), file=sys.stderr)
    return 0


def _series(name: str) -> Series:
    from colonnade.insight.forecast import read

    if name == "-":
        return read(sys.stdin)
    try:
        with Path(name).open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return read(file)
    except OSError as fault:
        raise Trouble(f"{name} cannot be read: {fault.strerror}.") from fault


def _print_rows(told: Forecast) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("timestamp", "forecast", "low", "high"))
    for point in told.points:
        writer.writerow(
            (point.at, *(f"{number + 0.0:.2f}" for number in (point.value, point.low, point.high)))
        )


def _sentence(backtest: Backtest) -> str:
    def figure(mase: float | None) -> str:
        return "none" if mase is None else f"{mase:.3f}"

    return (
        f"Backtest from {backtest.origins} moments of the past ({backtest.values} values): "
        f"MASE {figure(backtest.mase)} (seasonal naive {figure(backtest.seasonal_naive)}, same-hour medians "
        f"{figure(backtest.same_hour_medians)}), {backtest.coverage:.0%} of the values inside the 80 % interval."
    )
