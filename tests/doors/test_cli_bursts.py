"""`colonnade bursts` as a process: a file or a pipe in, a scored row out for each row, no server and no database."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.doors.commands import MAIN, colonnade, environment, refused

pytestmark = pytest.mark.corpora

COLUMNS = ["timestamp", "value", "score", "alert"]


def series(rows: int, spike: int) -> str:
    """Hourly counts of the ferry's mentions with one spike."""
    began = datetime(2026, 3, 2)
    lines = [f"{began + timedelta(hours=n)},{400 if n == spike else 20 + n * 7 % 5}" for n in range(rows)]
    return "timestamp,value\n" + "\n".join(lines) + "\n"


def scored(out: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(out))
    assert reader.fieldnames == COLUMNS
    return list(reader)


def test_a_file_and_standard_input_give_the_same_rows_and_the_spike_is_marked(tmp_path: Path) -> None:
    text = series(400, spike=390)
    (tmp_path / "ferry.csv").write_text(text, "utf-8")
    env = environment(tmp_path / "home")
    from_file = colonnade(env, "bursts", str(tmp_path / "ferry.csv"))
    from_input = colonnade(env, "bursts", stdin=text)
    dash = colonnade(env, "bursts", "-", stdin=text)
    assert from_file.stdout == from_input.stdout == dash.stdout
    assert from_file.stderr == ""
    rows = scored(from_file.stdout)
    assert [(row["timestamp"], row["value"]) for row in rows] == [
        (row["timestamp"], row["value"]) for row in csv.DictReader(io.StringIO(text))
    ]
    assert [number for number, row in enumerate(rows) if row["alert"] == "1"] == [390]
    assert all(0 <= float(row["score"]) <= 1 for row in rows)
    assert float(rows[390]["score"]) > 0.9
    assert not (tmp_path / "home").exists()


def test_a_row_is_out_before_the_next_is_read(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "bursts"],
        env=environment(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    heard = []
    for line in series(30, spike=29).splitlines():
        process.stdin.write(line + "\n")
        process.stdin.flush()
        heard.append(process.stdout.readline().strip())
    process.stdin.close()
    assert process.stdout.read() == ""
    assert process.wait(30) == 0
    process.stdout.close()
    assert heard[0] == ",".join(COLUMNS)
    assert len(heard) == 31


def test_what_is_said_of_the_first_rows_does_not_hang_on_the_later_ones(tmp_path: Path) -> None:
    lines = series(400, spike=250).splitlines(keepends=True)
    env = environment(tmp_path)
    whole = colonnade(env, "bursts", stdin="".join(lines)).stdout.splitlines()
    for cut in (2, 120, 252, 300):
        assert colonnade(env, "bursts", stdin="".join(lines[:cut])).stdout.splitlines() == whole[:cut]


def test_bad_lines_are_named_counted_and_skipped(tmp_path: Path) -> None:
    bad = [
        "timestamp,value",
        "2026-03-02 00:00:00,5",
        "yesterday,5",
        "2026-03-02 01:00:00,many",
        "2026-03-02 02:00:00,-1",
        "2026-03-02 03:00:00,nan",
        "2026-03-02 04:00:00",
        "",
        "2026-03-01 23:00:00,5",
        "99999999999999999,5",
        "2026-03-02 05:00:00,6",
    ]
    ran = colonnade(environment(tmp_path), "bursts", stdin="\n".join(bad) + "\n", check=False)
    assert ran.returncode == 1
    assert [row["value"] for row in scored(ran.stdout)] == ["5", "6"]
    told = ran.stderr.splitlines()
    assert [line.split(":")[0] for line in told[:-1]] == [f"line {n}" for n in (3, 4, 5, 6, 7, 9, 10)]
    assert "“yesterday” is no timestamp" in told[0]
    assert "“many” is no number" in told[1]
    assert "earlier" in told[5]
    assert "no timestamp" in told[6]
    assert told[-1] == "7 lines were skipped."


def test_bytes_that_are_no_text_are_one_bad_line(tmp_path: Path) -> None:
    file = tmp_path / "ferry.csv"
    file.write_bytes(
        b"\xef\xbb\xbftimestamp,value\r\n2026-03-02T00:00:00Z,5\r\n\xff\xfe,1\r\n2026-03-02T01:00:00Z,6\r\n"
    )
    ran = colonnade(environment(tmp_path), "bursts", str(file), check=False)
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == ["line 3: is not UTF-8", "1 line was skipped."]
    assert len(scored(ran.stdout)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "value,network,timestamp\n5,bluesky,2026-03-02T00:00:00+02:00\n6,bluesky,2026-03-02T01:00:00+02:00\n",
        "1772402400,5\n1772406000,6\n",
        "1772402400000,5\n1772406000000,6\n",
        "2026-03-01 22:00,5\n2026-03-01 23:00,6\n",
        'Timestamp,Value\n"2026-03-01",5\n"2026-03-02",6\n',
    ],
)
def test_columns_may_stand_in_another_order_or_without_names(tmp_path: Path, text: str) -> None:
    rows = scored(colonnade(environment(tmp_path), "bursts", stdin=text).stdout)
    assert [row["value"] for row in rows] == ["5", "6"]


def test_what_is_no_series_is_refused_in_one_sentence(tmp_path: Path) -> None:
    env = environment(tmp_path)
    absent = colonnade(env, "bursts", str(tmp_path / "absent.csv"), check=False)
    assert "Cannot read" in refused(absent)
    other = colonnade(env, "bursts", stdin="name,age\nInes,51\n", check=False)
    assert "timestamp and value" in refused(other)


def test_an_empty_input_is_an_empty_answer(tmp_path: Path) -> None:
    assert colonnade(environment(tmp_path), "bursts").stdout == ",".join(COLUMNS) + "\n"
