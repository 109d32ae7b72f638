"""A series of numbers by time on an even grid, read from text that people hand in.

Gaps are NaN. Rows may come in any order; two in one slot of the grid are added up, as counts are.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_ROWS = 2_000_000
MOST_SLOTS = 5_000_000
DAY_S = 86_400.0
_EPOCH = re.compile(r"-?\d{9,}(\.\d+)?")
_MILLISECONDS_FROM = 1e11


class Unusable(ValueError):
    """The series cannot be used; the message is one sentence that says why and what would help."""


@dataclass(frozen=True)
class Series:
    """Values at `start`, `start + step_s` and so on; NaN where nothing is known. `form` says how its times are written."""

    start: datetime
    step_s: float
    values: NDArray[np.float64]
    form: str = "iso"

    def at(self, slot: int) -> datetime:
        """The time of a slot, also beyond the end."""
        return self.start + timedelta(seconds=slot * self.step_s)

    def written(self, slot: int) -> str:
        """That time as the source wrote its own."""
        moment = self.at(slot)
        if self.form.startswith("epoch"):
            seconds = moment.timestamp() * (1000 if self.form == "epoch-ms" else 1)
            return str(int(seconds)) if seconds == int(seconds) else f"{seconds:.3f}"
        if self.form == "date" and moment.time() == time.min:
            return moment.date().isoformat()
        text = moment.isoformat(sep="T" if self.form.startswith("iso-T") else " ", timespec="auto")
        return text.replace("+00:00", "Z") if self.form.endswith("Z") else text

    def upto(self, slot: int) -> Series:
        """The series as it was known just before a slot."""
        return Series(self.start, self.step_s, self.values[:slot], self.form)


def read(lines: Iterable[str]) -> Series:
    """The series of a CSV with the columns timestamp and value, in any order among others, or two columns without a head.

    Timestamps are ISO 8601 (all with a zone or all without), or seconds or milliseconds since 1970. An empty value is a gap. Raises
    Unusable that names the line.
    """
    rows: list[tuple[datetime, float]] = []
    form = ""
    columns: tuple[int, int] | None = None
    reader = csv.reader(lines)
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns, is_head = _columns(cells)
                if is_head:
                    continue
            if len(rows) >= MOST_ROWS:
                raise Unusable(
                    f"The series has more than {MOST_ROWS} rows: add them up to a longer step first."
                )
            moment, wrote, value = _row(cells, columns, reader.line_num)
            form = form or wrote
            if rows and (rows[0][0].tzinfo is None) != (moment.tzinfo is None):
                raise Unusable(f"Line {reader.line_num}: some timestamps have a zone and others none.")
            rows.append((moment, value))
    except csv.Error as fault:
        raise Unusable(f"Line {reader.line_num} is no row of a CSV: {fault}.") from fault
    return on_a_grid(rows, form or "iso")


def on_a_grid(rows: Iterable[tuple[datetime, float]], form: str = "iso") -> Series:
    """The series of (time, value) pairs in any order; its step is the most usual distance between neighbours.

    Raises Unusable where there are fewer than two different times, or where the grid would be mostly holes.
    """
    import numpy as np

    ordered = sorted(rows, key=lambda row: row[0])
    if not ordered:
        raise Unusable("The series is empty: it needs rows with a timestamp and a value.")
    start = ordered[0][0]
    seconds = np.array([(moment - start).total_seconds() for moment, _ in ordered])
    apart = np.diff(seconds)
    apart = apart[apart > 0]
    if not apart.size:
        raise Unusable("The series has one moment only: a forecast needs a past.")
    step_s = _usual(apart)
    slots = np.rint(seconds / step_s).astype(np.int64)
    if slots[-1] + 1 > MOST_SLOTS or slots[-1] + 1 > 100 * (len(ordered) + 100):
        raise Unusable(
            f"The usual step is {step_s:g} seconds, but the rows lie so far apart that nearly all would be gaps."
        )
    given = np.array([value for _, value in ordered], dtype=np.float64)
    known = ~np.isnan(given)
    values = np.full(int(slots[-1]) + 1, np.nan)
    values[slots[known]] = 0.0
    np.add.at(values, slots[known], given[known])
    return Series(start, step_s, values, form)


def _usual(apart: NDArray[np.float64]) -> float:
    """The most frequent distance; the shortest of those that are equally frequent."""
    import numpy as np

    found, counts = np.unique(np.round(apart, 3), return_counts=True)
    return float(found[int(np.argmax(counts))])


def _columns(cells: list[str]) -> tuple[tuple[int, int], bool]:
    names = [cell.strip().strip("\ufeff").lower() for cell in cells]
    if "timestamp" in names and "value" in names:
        return (names.index("timestamp"), names.index("value")), True
    if len(cells) == 2 and _moment(names[0]) is not None:
        return (0, 1), False
    raise Unusable("The first line must name the columns timestamp and value.")


def _row(cells: list[str], columns: tuple[int, int], line: int) -> tuple[datetime, str, float]:
    if len(cells) <= max(columns):
        raise Unusable(f"Line {line} has {len(cells)} columns: it lacks a timestamp or a value.")
    when, what = cells[columns[0]].strip().strip("\ufeff"), cells[columns[1]].strip()
    found = _moment(when)
    if found is None:
        raise Unusable(
            f"Line {line}: {when[:40]!r} is no timestamp (ISO 8601, or seconds or milliseconds since 1970)."
        )
    return (*found, _value(what, line))


def _value(what: str, line: int) -> float:
    if what.lower() in {"", "nan", "na", "null", "none"}:
        return math.nan
    try:
        value = float(what)
    except ValueError:
        raise Unusable(f"Line {line}: {what[:40]!r} is no number.") from None
    if not math.isfinite(value) or abs(value) > 1e15:
        raise Unusable(f"Line {line}: {what[:40]!r} is too large to forecast.")
    return value


def _moment(text: str) -> tuple[datetime, str] | None:
    """A timestamp and the form it is written in, or None."""
    if _EPOCH.fullmatch(text):
        number = float(text)
        in_milliseconds = abs(number) >= _MILLISECONDS_FROM
        try:
            moment = datetime.fromtimestamp(number / 1000 if in_milliseconds else number, UTC)
        except (ValueError, OverflowError, OSError):
            return None
        return moment, "epoch-ms" if in_milliseconds else "epoch"
    try:
        return datetime.fromisoformat(text), _form(text)
    except ValueError:
        return None


def _form(text: str) -> str:
    """How an ISO 8601 time is written."""
    if len(text) == len("2026-05-04"):
        return "date"
    return ("iso-T" if "T" in text else "iso") + ("-Z" if text.endswith("Z") else "")
