"""Others on the same database: one who writes a little, one who copies the log into the file, one who watches locks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

EVERY_S = 0.03


@contextmanager
def checkpointing() -> Iterator[None]:
    """A process that does what the worker does once a second on SQLite."""
    with _process("checkpoint"):
        yield


@contextmanager
def writing_a_little() -> Iterator[list[float]]:
    """A process that writes one small row every 30 ms; the list holds its milliseconds once it has ended."""
    took: list[float] = []
    with _process("write", collect=took):
        yield took


@contextmanager
def _process(what: str, collect: list[float] | None = None) -> Iterator[None]:
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.neighbour", what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert child.stdout
    if child.stdout.readline() != "ready\n":
        raise RuntimeError(f"The neighbour ({what}) did not start.")
    try:
        yield
    finally:
        told, _ = child.communicate("stop\n", timeout=30)
        if collect is not None:
            collect += [float(line) for line in told.split()]


@contextmanager
def locks_timed() -> Iterator[list[float]]:
    """How long each transaction of this process holds the write lock (SQLite) or lasts (PostgreSQL), in milliseconds.

    From the moment BEGIN IMMEDIATE came back to the moment the commit did. Seen from outside; nothing is changed.
    """
    from django.db import connection

    held: list[float] = []
    began: list[float] = []
    ends: dict[str, Any] = {name: getattr(connection, name) for name in ("_commit", "_rollback")}

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        if str(sql).startswith("BEGIN"):
            began[:] = [time.perf_counter()]
        return done

    def timed(end: Any) -> Any:
        def run() -> None:
            end()
            if began:
                held.append((time.perf_counter() - began.pop()) * 1000)

        return run

    for name, end in ends.items():
        setattr(connection, name, timed(end))
    try:
        with connection.execute_wrapper(watch):
            yield held
    finally:
        for name, end in ends.items():
            setattr(connection, name, end)


def _serve(what: str) -> None:
    import select

    import django

    django.setup()
    from colonnade.conversations.models import Tag
    from colonnade.core import db

    took = []
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    number = time.time_ns()
    while not select.select([sys.stdin], [], [], EVERY_S if what == "write" else 1.0)[0]:
        if what == "checkpoint":
            db.checkpoint()
            continue
        number += 1
        began = time.perf_counter()
        with db.act():
            Tag.objects.create(name=f"small-{number}")
        took.append((time.perf_counter() - began) * 1000)
    sys.stdout.write("\n".join(f"{one:.3f}" for one in took))


if __name__ == "__main__":
    _serve(sys.argv[1])
