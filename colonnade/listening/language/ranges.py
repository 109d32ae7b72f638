"""Ranges: `likes:10..100`, `followers:>1000`, `at:2026-11-01..`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.tree import Place, Range

NAMES = ("followers", "likes", "boosts", "replies", "at")
_COMPARED = re.compile(r"(>=|<=|>|<)(.+)")
_NUMBER = re.compile(r"(\d{1,15})([km]?)", re.IGNORECASE)
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d(?::\d\d(?::\d\d)?)?)(Z|[+-]\d\d:\d\d)?", re.IGNORECASE)


def read(name: str, value: str, at: Place) -> Range:
    """A range as it is written. Raises QueryError with an example."""
    bounds = _moment if name == "at" else _number
    try:
        low, high = _bounds(value, bounds)
    except (ValueError, OverflowError):
        raise _unreadable(name, value, at) from None
    first = 0 if low is None and name != "at" else low  # nothing is counted below 0
    if first is not None and high is not None and first > high:
        raise QueryError("This range ends before it begins.", at, _example(name))
    return Range(name, low, high, at)


def _bounds(value: str, read_one: Callable[[str], tuple[int, int]]) -> tuple[int | None, int | None]:
    """The first and the last that lie in a range. Raises ValueError."""
    compared = _COMPARED.fullmatch(value)
    if compared:
        first, last = read_one(compared[2])
        by_sign = {">=": (first, None), ">": (last + 1, None), "<=": (None, last), "<": (None, first - 1)}
        return by_sign[compared[1]]
    low, dots, high = value.partition("..")
    if not dots:
        return read_one(low)
    if not low and not high:
        raise ValueError
    return (read_one(low)[0] if low else None, read_one(high)[1] if high else None)


def _number(text: str) -> tuple[int, int]:
    found = _NUMBER.fullmatch(text)
    if not found:
        raise ValueError
    number = int(found[1]) * _TIMES[found[2].lower()]
    return number, number


def _moment(text: str) -> tuple[int, int]:
    """The first and the last millisecond of a year, month, day, hour, minute or second: in UTC, or, of what is shorter than a
    day, as many hours before or after it as are written."""
    plain, zone = text, ""
    if not _DAY.fullmatch(text):
        found = _TIME.fullmatch(text)
        if not found:
            raise ValueError
        plain, zone = found[1].upper(), (found[2] or "").upper()
    start = datetime.fromisoformat(_filled(plain) + (zone or "Z"))
    return _ms(start), _ms(_next(start, len(plain))) - 1


def _filled(plain: str) -> str:
    return plain + "0001-01-01T00:00:00"[len(plain) :]


def _next(start: datetime, length: int) -> datetime:
    """Where the next year, month, … begins, by how much of it was written."""
    if length == 4:
        return start.replace(year=start.year + 1)
    if length == 7:
        return (start + timedelta(days=31)).replace(day=1)
    steps = {
        10: timedelta(days=1),
        13: timedelta(hours=1),
        16: timedelta(minutes=1),
        19: timedelta(seconds=1),
    }
    return start + steps[length]


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _unreadable(name: str, value: str, at: Place) -> QueryError:
    if name == "at":
        return QueryError(
            "“%(value)s” is no day or time; days are written year-month-day.",
            at,
            _example(name),
            {"value": value},
        )
    return QueryError(
        "“%(value)s” is no number and no range of numbers.", at, _example(name), {"value": value}
    )


def _example(name: str) -> str:
    return "at:2026-11-01..2026-11-30" if name == "at" else f"{name}:10..100"
