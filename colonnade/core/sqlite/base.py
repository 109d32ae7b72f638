"""How this program opens an SQLite file, and how it waits for the one write lock.

SQLite's own `busy_timeout` sleeps longer and longer, so that small writes beside a bulk writer waited 0.6 to 3 s. Here
nobody relies on it: whoever finds the lock taken asks again every millisecond, for at most five seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from sqlite3 import SQLITE_BUSY, Connection, OperationalError
from typing import Any, TypeVar

from django.db.backends.sqlite3 import base

from colonnade.primitives import clock

T = TypeVar("T")

RETRY_S = 0.001
PATIENCE_S = 5.0

# In this order: the page size holds only for a file without a page, so it comes before the journal is chosen.
PRAGMAS = (
    "PRAGMA page_size = 8192",
    "PRAGMA journal_mode = WAL",
    # A commit has reached the disk before anybody is told that it happened.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Checkpoints are the worker's (`core.db.checkpoint`): none of them falls into a page that somebody waits for.
    "PRAGMA wal_autocheckpoint = 0",
    "PRAGMA cache_size = -16384",
    "PRAGMA mmap_size = 268435456",
    "PRAGMA temp_store = MEMORY",
    # What is deleted (guests, hourly keys) is overwritten where that costs no extra write.
    "PRAGMA secure_delete = FAST",
    "PRAGMA busy_timeout = 0",
)


def is_busy(error: OperationalError) -> bool:
    """Whether the file was merely locked by another connection, so that nothing happened and asking again is safe."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) == SQLITE_BUSY


def patiently(ask: Callable[[], T]) -> T:
    """What `ask` returns, asked again every millisecond while the file is locked, for at most five seconds."""
    until = clock.monotonic_s() + PATIENCE_S
    while True:
        try:
            return ask()
        except OperationalError as error:
            if not is_busy(error):
                raise
            if clock.monotonic_s() >= until:
                raise OperationalError(
                    f"The database file stayed locked by another writer for {PATIENCE_S:.0f} seconds."
                ) from error
        time.sleep(RETRY_S)


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that waits for a lock only where nothing has been done yet: outside a transaction."""

    def execute(self, query: str, params: Any = None) -> Any:
        if self.connection.in_transaction:
            return super().execute(query, params)
        ask = super().execute
        return patiently(lambda: ask(query, params))

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        if self.connection.in_transaction:
            return super().executemany(query, param_list)
        ask, rows = super().executemany, list(param_list)
        return patiently(lambda: ask(query, rows))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite connection: opened with `PRAGMAS`, and patient."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        connection: Connection = patiently(
            lambda: super(DatabaseWrapper, self).get_new_connection(conn_params)
        )
        for pragma in PRAGMAS:
            patiently(lambda pragma=pragma: connection.execute(pragma).fetchall())  # type: ignore[misc]
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor
