"""The database, what it promises, and how the running server fares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from colonnade.cli import Trouble, ground
from colonnade.cli.doctor.finding import Finding, note, well, wrong
from colonnade.primitives import clock

_CLOCKS_APART_S = 5.0


def database(settings: Any) -> Iterator[Finding]:
    """Whether it answers, is up to date and keeps what it promises."""
    from colonnade.cli.archive import databases

    if databases.vendor() == "sqlite" and databases.is_empty():
        yield note(f"There is no database yet; `colonnade up` makes {databases.sqlite_file()}.")
        return
    try:
        yield from _answers()
        yield from _up_to_date()
    except Trouble as trouble:
        yield wrong(str(trouble))
        return
    yield from _clocks()
    yield from _readiness(settings.COLONNADE_HOME)


def sqlite_file() -> Path | None:
    """Where the SQLite file lies, if it is SQLite."""
    from colonnade.cli.archive import databases

    return databases.sqlite_file() if databases.vendor() == "sqlite" else None


def _answers() -> Iterator[Finding]:
    from django.db import DatabaseError, connection

    from colonnade.cli.archive import databases

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as fault:
        raise Trouble(f"The database does not answer: {' '.join(str(fault).split())}") from fault
    if databases.vendor() == "postgresql":
        yield well(f"PostgreSQL {databases.server()} answers.")
        yield from _programs(databases.server())
    else:
        size = databases.sqlite_file().stat().st_size / 1e6
        yield well(f"SQLite {databases.server()} answers; its file has {size:.1f} MB.")


def _programs(major: str) -> Iterator[Finding]:
    from colonnade.cli.archive import databases

    try:
        databases.find_program("pg_dump", int(major))
    except Trouble as trouble:
        yield wrong(f"Backups cannot be made. {trouble}")


def _up_to_date() -> Iterator[Finding]:
    from colonnade.cli.up import preparing

    pending = preparing.pending_migrations()
    if pending:
        yield wrong(
            f"{len(pending)} migrations have not been applied: run `colonnade migrate`, or `colonnade up`."
        )
    else:
        yield well("The tables are up to date.")


def _clocks() -> Iterator[Finding]:
    """Whether this machine and the database's agree on the time, and nothing stored lies in the future."""
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
                apart = float(cursor.fetchone()[0]) - clock.now_s()
                if abs(apart) > _CLOCKS_APART_S:
                    yield wrong(
                        f"The clocks of this machine and the database are {abs(apart):.0f} s apart: set them."
                    )
            cursor.execute("SELECT max(at_ms) FROM core_outbox")
            newest = cursor.fetchone()[0]
    except DatabaseError:
        return
    if newest is not None and newest / 1000 > clock.now_s() + _CLOCKS_APART_S:
        ahead = newest / 1000 - clock.now_s()
        yield wrong(
            f"Something is stored from {ahead:.0f} s in the future: the clock was set back. Set it right."
        )


def _readiness(home: Path) -> Iterator[Finding]:
    """What `/readyz` says: what the database promises always, how work gets on if the server runs."""
    from colonnade.core import health

    state = health.ready()
    promises: dict[str, str] = state.get("durability", {})
    weak = [reason for reason in state["reasons"] if reason.split()[0] in promises]
    for reason in weak:
        yield wrong(reason)
    if promises and not weak:
        said = ", ".join(f"{name}={value}" for name, value in promises.items())
        yield well(f"What is saved survives a power cut ({said}).")
    if not ground.is_held(home):
        yield note("The server does not run on this home folder.")
        return
    troubles = [reason for reason in state["reasons"] if reason not in weak]
    for reason in troubles:
        yield wrong(reason)
    if not troubles:
        yield well("The server runs and is ready.")
