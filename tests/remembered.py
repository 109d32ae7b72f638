"""A town that hundreds of tests begin with: made by actions now and then, put back row by row in between.

What actions wrote is read back as one INSERT a table. It is put back where the tables hold what they held before it was
made, within a minute, by a clock that runs as ever, where passwords are hashed alike; anywhere else actions make it. To
make the cast of Port Alder takes 280 statements that the ORM composes, to put it back takes 16.
"""

from __future__ import annotations

import pickle
import re
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import connection

from colonnade.core import wake
from colonnade.core.db import act
from colonnade.primitives import clock

Made = TypeVar("Made")
Rows = dict[str, tuple[str, ...]]

FRESH_S = 60.0
_INTO = re.compile(r'(?:INSERT INTO|UPDATE)\s+"?(\w+)"?', re.IGNORECASE)


class Remembered(Generic[Made]):
    """What `make` gives, which a pickle can hold, and the rows that it writes."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._tables: list[str] = []
        self._before: Rows = {}
        self._hashers: list[str] = []
        self._made = b""
        self._statements: list[str] = []
        self._until = 0.0

    def again(self) -> Made:
        """The same once more: put back if it can be, and made anew otherwise."""
        if abs(clock.now_s() - time.time()) > 1:
            return self._make()
        if not self._tables:
            return self._learn_tables()
        before = _rows(self._tables)
        known = (before, settings.PASSWORD_HASHERS) == (self._before, self._hashers)
        if known and time.monotonic() < self._until:
            return self._put_back()
        return self._make_and_remember(before)

    def _learn_tables(self) -> Made:
        seen: dict[str, None] = {}

        def note(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
            if (written := _INTO.match(str(sql))) is not None:
                seen[written[1]] = None
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            made = self._make()
        self._tables = sorted(seen)
        return made

    def _make_and_remember(self, before: Rows) -> Made:
        made = self._make()
        after = _rows(self._tables)
        self._statements = [_difference(table, before[table], after[table]) for table in self._tables]
        self._before, self._hashers = before, settings.PASSWORD_HASHERS
        self._made = pickle.dumps(made)
        self._until = time.monotonic() + FRESH_S
        return made

    def _put_back(self) -> Made:
        with act(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(";".join(filter(None, self._statements)))
            else:
                for statement in filter(None, self._statements):
                    cursor.execute(statement)
            wake.after_commit()
        made: Made = pickle.loads(self._made)
        return made


def _rows(tables: list[str]) -> Rows:
    """All rows of each table, each as SQL would write its values."""
    parts = []
    with connection.cursor() as cursor:
        for table in tables:
            values = " || ',' || ".join(_quoted(column) for column in _columns(table))
            parts.append(f"SELECT '{table}', {values} FROM {table}")
        cursor.execute(" UNION ALL ".join(parts))
        found: dict[str, list[str]] = {table: [] for table in tables}
        for table, row in cursor.fetchall():
            found[table].append(row)
    return {table: tuple(sorted(rows)) for table, rows in found.items()}


_names: dict[str, list[str]] = {}


def _columns(table: str) -> list[str]:
    if table not in _names:
        with connection.cursor() as cursor:
            told = connection.introspection.get_table_description(cursor, table)
        _names[table] = [f'"{column.name}"' for column in told]
    return _names[table]


def _quoted(column: str) -> str:
    return f"quote_nullable({column}::text)" if connection.vendor == "postgresql" else f"quote({column})"


def _difference(table: str, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """The statement that makes the one of the other: rows that were changed are written over by their key, the first
    column."""
    rows = sorted(set(after) - set(before))
    if not rows:
        return ""
    names = _columns(table)
    values = ", ".join(f"({row})" for row in rows)
    said = f"INSERT INTO {table} ({', '.join(names)}) VALUES {values}"
    if not set(before) - set(after):
        return said
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    return f"{said} ON CONFLICT ({names[0]}) DO UPDATE SET {changes}"
