"""`colonnade forecast` as a pipe: no home folder, no database."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from colonnade.insight.forecast import read
from tests.doors.commands import colonnade, environment, refused

pytestmark = pytest.mark.corpora

BEGAN = datetime(2026, 5, 4)


def volumes(days: int) -> str:
    rows = (f"{BEGAN + timedelta(hours=hour)},{(hour % 24) * 3 + hour % 5}" for hour in range(days * 24))
    return "\n".join(["timestamp,value", *rows]) + "\n"


def test_rows_with_an_interval_come_out_and_the_backtest_beside_them(tmp_path: Path) -> None:
    series = tmp_path / "series.csv"
    series.write_text(volumes(30), "utf-8")
    ran = colonnade(environment(tmp_path / "home"), "forecast", str(series), "--hours", "6")
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert [row["timestamp"] for row in rows] == [f"2026-06-03 0{hour}:00:00" for hour in range(6)]
    for row in rows:
        assert 0 <= float(row["low"]) <= float(row["forecast"]) <= float(row["high"])
    assert ran.stderr.startswith("Backtest from ")
    assert "MASE 0." in ran.stderr
    assert "same-hour medians" in ran.stderr
    assert not (tmp_path / "home").exists()


def test_the_backtest_alone_is_one_json_object(tmp_path: Path) -> None:
    ran = colonnade(environment(tmp_path), "forecast", "-", "--backtest", stdin=volumes(30))
    told = json.loads(ran.stdout)
    assert told["method"] == "usual"
    assert told["origins"] >= 10
    assert told["mase"] <= told["seasonal_naive"]


@pytest.mark.parametrize(
    ("written", "next_one"),
    [
        (lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z", "2026-06-23T00:00:00Z"),
        (lambda at: f"{at:%Y-%m-%dT%H:%M:%S}+02:00", "2026-06-23T00:00:00+02:00"),
        (lambda at: f"{at.replace(tzinfo=UTC).timestamp():.0f}", "1782172800"),
        (lambda at: f"{at.replace(tzinfo=UTC).timestamp():.0f}000", "1782172800000"),
        (lambda at: f"{at.date()}", "2026-06-23"),
    ],
)
def test_rows_carry_their_time_as_the_file_writes_its_own(
    written: Callable[[datetime], str], next_one: str
) -> None:
    rows = [f"{written(BEGAN + timedelta(days=day))},{day % 7}" for day in range(50)]
    series = read(["timestamp,value", *rows])
    assert series.written(len(series.values)) == next_one


@pytest.mark.parametrize(
    ("text", "said"),
    [(volumes(1), "covers 24 hours"), ("a,b\n1,2\n", "name the columns"), ("", "empty")],
)
def test_what_cannot_be_foretold_is_told_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(colonnade(environment(tmp_path), "forecast", "-", stdin=text, check=False))


def test_a_file_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    ran = colonnade(environment(tmp_path), "forecast", str(tmp_path / "none.csv"), check=False)
    assert "cannot be read: No such file" in refused(ran)
