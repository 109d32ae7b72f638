"""Taking the whole database out while others write to it, and putting it back."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

from colonnade.cli import Trouble

_DJANGOS_OWN = ("context", "cursor_factory", "prepare_threshold", "password")


def vendor() -> str:
    """`sqlite` or `postgresql`."""
    from django.db import connection

    return connection.vendor


def server() -> str:
    """The version of the database, as it names itself: `3.40.1`, `15`."""
    return str(_major()) if vendor() == "postgresql" else sqlite3.sqlite_version


def sqlite_file() -> Path:
    """Where the SQLite file lies."""
    from django.db import connection

    return Path(str(connection.settings_dict["NAME"]))


# Out


def dump(target: Path) -> None:
    """A consistent picture of the database in the file `target`. Raises Trouble."""
    if vendor() == "postgresql":
        _dump_postgres(target)
    else:
        _dump_sqlite(target)


def _dump_sqlite(target: Path) -> None:
    # All pages in one step: readers keep nobody waiting in WAL, and a copy in several steps would begin again with
    # every write of another process.
    source = sqlite3.connect(f"file:{quote(str(sqlite_file()))}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.Error as fault:
        raise Trouble(f"The database file could not be copied: {fault}") from fault
    finally:
        copy.close()
        source.close()
    check_sqlite(target)


def check_sqlite(file: Path) -> None:
    """Raises Trouble for a file that is no sound SQLite database."""
    connection = sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)
    try:
        found = connection.execute("PRAGMA quick_check(3)").fetchall()
    except sqlite3.Error as fault:
        raise Trouble(f"The copy of the database is damaged: {fault}") from fault
    finally:
        connection.close()
    if found != [("ok",)]:
        raise Trouble(f"The copy of the database is damaged: {found[0][0]}")


def _dump_postgres(target: Path) -> None:
    _run(
        "pg_dump",
        ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}", f"--dbname={_where()}"],
    )


# In


def is_empty() -> bool:
    """Whether there is nothing that a restore would destroy."""
    if vendor() == "sqlite":
        file = sqlite_file()
        return not file.exists() or file.stat().st_size == 0
    return not _tables()


def others_connected() -> int:
    """How many others have PostgreSQL's database open; 0 on SQLite, where the lock on the home folder tells."""
    if vendor() == "sqlite":
        return 0
    rows = _ask(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    return int(rows[0][0])


def set_aside(folder: Path) -> None:
    """Move what the database holds into `folder`, so that a restore destroys nothing."""
    if vendor() == "postgresql":
        if not is_empty():
            _dump_postgres(folder / "colonnade.dump")
            _drop_tables()
        return
    for suffix in ("-wal", "-shm", ""):
        part = sqlite_file().with_name(sqlite_file().name + suffix)
        if part.exists():
            shutil.move(part, folder / part.name)


def load(source: Path) -> None:
    """Fill the empty database from what `dump` made; all of it or nothing. Raises Trouble."""
    if vendor() == "postgresql":
        _load_postgres(source)
    else:
        check_sqlite(source)
        beside = sqlite_file().with_name(sqlite_file().name + ".restored")
        shutil.move(source, beside)  # the database may lie on another disk than the home folder
        os.replace(beside, sqlite_file())


def _load_postgres(source: Path) -> None:
    _run(
        "pg_restore",
        [
            "--single-transaction",
            "--exit-on-error",
            "--clean",  # functions and types that no table took with it
            "--if-exists",
            "--no-owner",
            "--no-privileges",
            f"--dbname={_where()}",
            str(source),
        ],
    )
    _ask("ANALYZE", rows=False)


# PostgreSQL's own programs


def _ask(question: str, *, rows: bool = True) -> list[Any]:
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall()) if rows else []
    except DatabaseError as fault:
        raise Trouble(f"The database does not answer: {' '.join(str(fault).split())}") from fault


def _tables() -> list[str]:
    return [row[0] for row in _ask("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")]


def _drop_tables() -> None:
    from django.db import connection

    names = ", ".join(connection.ops.quote_name(name) for name in _tables())
    _ask(f"DROP TABLE {names} CASCADE", rows=False)


def _major() -> int:
    return int(_ask("SHOW server_version_num")[0][0]) // 10_000


def _where() -> str:
    """The database as libpq's programs are told of it; the password goes by the environment, where nobody sees it."""
    from django.db import connection
    from psycopg.conninfo import make_conninfo

    parameters = connection.get_connection_params()
    return make_conninfo(**{name: value for name, value in parameters.items() if name not in _DJANGOS_OWN})


def _run(name: str, arguments: list[str]) -> None:
    from django.db import connection

    program = find_program(name, _major())
    password = connection.get_connection_params().get("password")
    connection.close()
    ran = subprocess.run(
        [program, *arguments],
        env={**os.environ, **({"PGPASSWORD": str(password)} if password else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        last = (ran.stderr.strip().splitlines() or ["it did not say why"])[-1]
        raise Trouble(f"{name} could not finish: {last}")


def find_program(name: str, major: int) -> str:
    """The program of PostgreSQL of exactly this major version. Raises Trouble."""
    beside = Path(f"/usr/lib/postgresql/{major}/bin/{name}")
    if beside.exists():
        return str(beside)
    found = shutil.which(name)
    seen = "none"
    if found:
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        numbers = re.search(r"(\d+)(?:\.\d+)*", said)
        seen = numbers.group(1) if numbers else "an unknown one"
        if seen == str(major):
            return found
    raise Trouble(
        f"The server is PostgreSQL {major}, and {name} of the same version is needed (found: {seen}): "
        f"install postgresql-client-{major}."
    )
