"""Tables that people hand in as text (CSV, RFC 4180 and what programs make of it): which letters the bytes are, what parts the
columns, and the rows with the lines on which they stand. Nothing is lost: what is no table is a table of one column."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 2000
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it ends (the first is 1), and its cells without white space around them."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`width` is that of the widest row; `cut` says that there were more rows than were read."""

    rows: tuple[Row, ...]
    delimiter: str
    width: int
    cut: bool


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or else Windows-1252, of which Latin-1 is a part. Never fails."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "".join(_letter(byte) for byte in data)


def _letter(byte: int) -> str:
    one = bytes([byte])
    try:
        return one.decode("cp1252")
    except UnicodeDecodeError:
        return one.decode("latin-1")


def read(text: str, *, most: int) -> Table:
    """The rows of a table, at most so many; empty ones are left out."""
    delimiter = guess(text)
    rows: list[Row] = []
    for row in _rows(text, delimiter):
        if len(rows) == most:
            return _table(rows, delimiter, cut=True)
        if any(row.cells):
            rows.append(row)
    return _table(rows, delimiter, cut=False)


def _table(rows: list[Row], delimiter: str, *, cut: bool) -> Table:
    return Table(tuple(rows), delimiter, max((len(row.cells) for row in rows), default=0), cut)


def _rows(text: str, delimiter: str) -> list[Row]:
    """Through Python's reader; where it gives up (a cell of more than a hundred thousand letters), line by line."""
    plain = text.replace("\0", "")
    try:
        reader = csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter)
        return [Row(reader.line_num, _cells(row)) for row in reader]
    except csv.Error:
        return [Row(at, _cells(line.split(delimiter))) for at, line in enumerate(plain.splitlines(), start=1)]


def _cells(row: list[str]) -> tuple[str, ...]:
    return tuple(cell[: LONGEST_CELL + 1].strip() for cell in row)


def guess(text: str) -> str:
    """What parts the columns: that which parts the first lines into equally many, the more the better."""
    lines = [line for line in text.replace("\0", "").splitlines()[:_LOOKED_AT] if line.strip()]
    return max(DELIMITERS, key=lambda one: (_parts(lines, one), -DELIMITERS.index(one)))


def _parts(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many lines have as many columns as the first (0 where that has one), and how many columns those are."""
    counts = [_outside_quotes(line, delimiter) for line in lines]
    if not counts or not counts[0]:
        return 0, 0
    return sum(count == counts[0] for count in counts), counts[0]


def _outside_quotes(line: str, delimiter: str) -> int:
    return sum(part.count(delimiter) for part in line.split('"')[::2])
