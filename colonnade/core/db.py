"""How a write begins and ends: actions, bulk writing beside small writes, the raw connection, the guard.

Every write of the house happens inside an action: a function under `@action`, in one transaction. What announces a
fact, queues work or records in the audit log stands or falls with that transaction.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import connection, connections, transaction
from django.db.backends.signals import connection_created

from colonnade.core import points
from colonnade.primitives import clock

P = ParamSpec("P")
R = TypeVar("R")
Row = TypeVar("Row")

_inside: ContextVar[bool] = ContextVar("inside_action", default=False)


class WriteOutsideAction(RuntimeError):
    """A row of ours was about to be written outside an action. Raised only while `guard_writes` is on."""


def vendor() -> str:
    """`sqlite` or `postgresql`."""
    return connection.vendor


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


# --- actions ----------------------------------------------------------------------------------------------------------


def inside_action() -> bool:
    """Whether the caller runs inside an action, so that its writes stand or fall with that action."""
    return _inside.get()


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in one transaction, as an action; called inside another action it joins that one's transaction.

    There is no half of an action: an exception undoes everything since the outermost one began, and whoever catches
    the exception of an inner action can write no more. Where one step may fail alone, put it into `attempt()`.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with act():
            return function(*args, **kwargs)

    return run


@contextmanager
def act() -> Iterator[None]:
    """The same as `@action`, for a block."""
    if _inside.get():
        with transaction.atomic(savepoint=False):
            yield
        return
    with transaction.atomic():
        token = _inside.set(True)
        try:
            yield
        finally:
            _inside.reset(token)


@contextmanager
def attempt() -> Iterator[None]:
    """A step inside an action that may fail alone: its writes are undone, and the action goes on if it catches."""
    with transaction.atomic():
        yield


@contextmanager
def machinery() -> Iterator[None]:
    """Mark the core's own statements (leases, cursors, heartbeats) as allowed; opens no transaction."""
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


def raw_connection() -> Any:
    """The driver's connection (`sqlite3.Connection` or `psycopg.Connection`) inside the current transaction.

    For `executemany` and COPY in an action; errors come as the driver's own. Never commit or roll back on it.
    """
    if not connection.in_atomic_block or not _inside.get():
        raise WriteOutsideAction(
            "raw_connection() is for bulk writing inside an action: put @action on the caller."
        )
    connection.ensure_connection()
    return connection.connection


# --- bulk writing -----------------------------------------------------------------------------------------------------

PREPARED = 2000
CHECKPOINT_EVERY = 50


def batches_by_time(
    rows: Iterable[Row],
    write: Callable[[list[Row]], None],
    *,
    budget_s: float = 0.020,
    pause_s: float = 0.003,
    chunk: int = 100,
) -> int:
    """Write many rows without keeping others waiting; returns how many were written.

    `write(rows)` is called with up to `chunk` rows inside an action's transaction, again and again until `budget_s`
    seconds inside the lock are used; then it commits and pauses `pause_s` outside. Rows are taken from the iterable
    outside the lock. On an exception what was committed before stays. Inside an action all joins that one transaction.
    """
    source = iter(rows)
    if inside_action():
        return sum(_written(part, write) for part in iter(lambda: list(islice(source, chunk)), []))
    total = turns = 0
    while block := list(islice(source, PREPARED)):
        at = 0
        while at < len(block):
            with act():
                began = clock.monotonic_s()
                while at < len(block):
                    at += _written(block[at : at + chunk], write)
                    if clock.monotonic_s() - began >= budget_s:
                        break
            points.reach("bulk.after-commit")
            turns += 1
            if turns % CHECKPOINT_EVERY == 0:
                checkpoint()
            if (
                pause_s > 0 and not is_postgres()
            ):  # where writers do not stand in one line nobody waits for it
                time.sleep(pause_s)
        total += len(block)
    return total


def _written(part: list[Row], write: Callable[[list[Row]], None]) -> int:
    write(part)
    return len(part)


WAL_LIMIT = 64 * 1024 * 1024


def checkpoint() -> None:
    """SQLite: copy what has been logged into the file, without waiting for anybody; nothing on PostgreSQL.

    A log that has grown past 64 MB because somebody was always reading is emptied as soon as nobody is.
    """
    if is_postgres() or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        _, logged, _ = cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if logged * cursor.execute("PRAGMA page_size").fetchone()[0] > WAL_LIMIT:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


# --- the guard --------------------------------------------------------------------------------------------------------

_WRITE = re.compile(
    r"""\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|COPY|TRUNCATE(?:\s+TABLE)?)
        \s+(?:ONLY\s+)?["`]?(\w+)""",
    re.IGNORECASE | re.VERBOSE,
)


def _our_prefixes() -> tuple[str, ...]:
    return tuple(
        f"{config.label}_" for config in apps.get_app_configs() if config.name.startswith("colonnade.")
    )


@contextmanager
def guard_writes() -> Iterator[None]:
    """Refuse every INSERT, UPDATE and DELETE on a table of ours outside an action, in all threads. For tests."""
    prefixes = _our_prefixes()

    def refuse(
        execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if not _inside.get():
            for table in _WRITE.findall(str(sql)):
                if table.lower().startswith(prefixes):
                    raise WriteOutsideAction(
                        f"{table} was about to be written outside an action: rows are written in a function of "
                        f"actions.py under @action, so that check, change and announcement stand or fall together."
                    )
        return execute(sql, params, many, context)

    def watch(sender: Any, connection: Any, **kwargs: Any) -> None:
        if refuse not in connection.execute_wrappers:
            connection.execute_wrappers.append(refuse)
            guarded.append(connection)

    guarded: list[Any] = []
    connection_created.connect(watch, weak=False)
    watch(None, connections["default"])
    try:
        yield
    finally:
        connection_created.disconnect(watch)
        for one in guarded:
            one.execute_wrappers.remove(refuse)
