"""`colonnade bursts`: what is unusual in a series of counts, row by row, against its own past."""

from __future__ import annotations

import argparse
import csv
import math
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from colonnade.cli import Trouble

HELP = "score each row of a series of counts (CSV) against its own past and mark the bursts"

COLUMNS = ("timestamp", "value")
_UNIX = re.compile(r"\d{9,}(\.\d+)?")
_MILLISECONDS_FROM = 1e11
_NO_MOMENT_FROM = 253_402_300_800
"""The year 10000: one such row would make all that follow too early."""


class BadLine(Exception):
    """A line that cannot be used; the message says why."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which series."""
    parser.add_argument(
        "series",
        nargs="?",
        default="-",
        metavar="SERIES.csv",
        help="a file with the columns timestamp,value, oldest row first; without it, or with -, standard input",
    )


def run(options: argparse.Namespace) -> int:
    """Write `timestamp,value,score,alert` for each row as soon as it is read; 1 if any line had to be skipped."""
    from colonnade.listening.bursts import Detector

    detector, skipped, earlier = Detector(), 0, -math.inf
    out = sys.stdout
    with _opened(options.series) as lines:
        rows = _rows(lines)
        out.write("timestamp,value,score,alert\n")
        out.flush()
        for number, row in rows:
            try:
                if isinstance(row, BadLine):
                    raise row
                timestamp, value = row
                at, count = _moment(timestamp), _count(value)
                if at < earlier:
                    raise BadLine("is earlier than the row before it")
            except BadLine as bad:
                skipped += 1
                print(f"line {number}: {bad}", file=sys.stderr, flush=True)
                continue
            earlier = at
            reading = detector.feed(at, count)
            out.write(f"{timestamp},{value},{reading.score:.6f},{int(reading.alert)}\n")
            out.flush()
    if skipped:
        print(f"{skipped} line{'s were' if skipped > 1 else ' was'} skipped.", file=sys.stderr)
    return 1 if skipped else 0


@contextmanager
def _opened(series: str) -> Iterator[BinaryIO]:
    if series == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(series).open("rb")  # noqa: SIM115  (closed below; only opening it may fail in words)
    except OSError as fault:
        raise Trouble(f"Cannot read {series}: {fault.strerror}.") from fault
    with file:
        yield file


def _rows(lines: Iterable[bytes]) -> Iterator[tuple[int, tuple[str, str] | BadLine]]:
    """Number, timestamp and value of each line that holds something. The first line may name the columns, in any order and
    among others; without names they are the first two."""
    places: tuple[int, int] | None = None
    for number, line in enumerate(lines, 1):
        try:
            fields = _fields(line)
        except BadLine as bad:
            yield number, bad
            continue
        if not any(fields):
            continue
        if places is None:
            places, named = _columns(fields)
            if named:
                continue
        if len(fields) <= max(places):
            yield number, BadLine(f"has {len(fields)} of the columns {','.join(COLUMNS)}")
        else:
            yield number, (fields[places[0]], fields[places[1]])


def _fields(line: bytes) -> list[str]:
    try:
        text = line.decode("utf-8-sig")
        return [field.strip() for field in next(csv.reader([text.rstrip("\r\n")]), [])]
    except UnicodeDecodeError:
        raise BadLine("is not UTF-8") from None
    except csv.Error as fault:
        raise BadLine(f"is not CSV ({fault})") from None


def _columns(fields: list[str]) -> tuple[tuple[int, int], bool]:
    """Where timestamp and value stand, and whether this line names them."""
    names = [field.lower() for field in fields]
    if all(column in names for column in COLUMNS):
        return (names.index(COLUMNS[0]), names.index(COLUMNS[1])), True
    try:
        _moment(fields[0])
    except BadLine:
        raise Trouble(
            f"The first line names no columns {' and '.join(COLUMNS)}, and does not begin with a timestamp either."
        ) from None
    return (0, 1), False


def _moment(text: str) -> float:
    """Seconds since 1970: of ISO 8601 (UTC where no offset is given), or of Unix seconds or milliseconds."""
    if _UNIX.fullmatch(text):
        seconds = float(text)
        seconds = seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds
        if seconds >= _NO_MOMENT_FROM:
            raise BadLine(f"“{text}” is no timestamp")
        return seconds
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadLine(f"“{text}” is no timestamp") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _count(text: str) -> float:
    try:
        count = float(text)
    except ValueError:
        raise BadLine(f"“{text}” is no number") from None
    if not math.isfinite(count) or count < 0:
        raise BadLine(f"“{text}” is no count: it must be 0 or more")
    return count
