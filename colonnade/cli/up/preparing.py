"""Before the processes start: the database answers and is up to date, the key ring is there, the demo if wanted.

It runs as a child of the supervisor, which thereby never loads the rooms and stays small.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any, TypeVar

from colonnade.cli import Trouble, ground
from colonnade.cli.up import child
from colonnade.primitives import clock

T = TypeVar("T")

_MIGRATION_LOCK = 0x636F6C02


def report(*, demo: bool) -> int:
    """Do all of it, one line of JSON on standard output for each step; the exit code."""
    try:
        prepare(_tell, demo=demo)
    except Trouble as trouble:
        _tell({"trouble": str(trouble)})
        return 1
    return 0


def _tell(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


def prepare(tell: Callable[[dict[str, Any]], None], *, demo: bool = False) -> None:
    """The steps in order; `tell` hears `{"step", "seconds"}` of each, and `{"say"}` of what people should read."""

    def step(name: str, work: Callable[[], T]) -> T:
        began = clock.monotonic_s()
        result = work()
        tell({"step": name, "seconds": round(clock.monotonic_s() - began, 1)})
        return result

    with child.loading():
        step("Settings and rooms", ground.set_up)
    from colonnade.core import secrets

    with _migrating():
        pending = pending_migrations()
        if pending and not _is_new():
            kept = step("Backup before migrations", _back_up)
            tell({"say": f"The state before the migrations is kept in {kept}."})
        if pending:
            step("Migrations" if len(pending) > 1 else f"Migration {pending[0]}", _migrate)
    secrets.ring()
    if demo:
        _refuse_real_people()
        from colonnade.web.story import town as port_alder

        town = step("Port Alder", port_alder.load)
        tell({"say": f"Sign in as {town.email} with the password {town.password}"})


def pending_migrations() -> list[str]:
    """The migrations that the database lacks. Raises Trouble where it does not answer or is too new."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        _refuse_newer(executor)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as fault:
        raise Trouble(f"The database does not answer: {' '.join(str(fault).split())}") from fault
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _refuse_newer(executor: Any) -> None:
    """A database that a later release has migrated is not for this one."""
    from django.apps import apps

    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("colonnade.")}
    unknown = {key for key in executor.loader.applied_migrations if key[0] in ours}
    unknown -= set(executor.loader.disk_migrations) | _replaced(executor)
    if unknown:
        label, name = min(unknown)
        raise Trouble(
            f"The database was made by a newer Colonnade (it knows {label}.{name}): install that release, "
            "or restore an older backup."
        )


def _replaced(executor: Any) -> set[tuple[str, str]]:
    return {key for migration in executor.loader.disk_migrations.values() for key in migration.replaces}


def _is_new() -> bool:
    """Whether nothing has ever been written to this database."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return not MigrationRecorder(connection).applied_migrations()


def _back_up() -> Path:
    from django.conf import settings

    from colonnade.cli.archive import make

    folder: Path = settings.COLONNADE_HOME / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    moment = clock.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = folder / f"before-migrations-{moment}.tar"
    make.backup(target)
    return target


def _migrate() -> None:
    from django.core.management import call_command

    from colonnade.core import migrating

    with migrating.quickly():
        call_command("migrate", verbosity=0, interactive=False, stdout=sys.stderr)


def _refuse_real_people() -> None:
    """The make-believe town never mixes with an organisation that exists."""
    from colonnade.people import queries as people
    from colonnade.web.story.cast import ANA

    if people.person_by_email(ANA.email) is None and people.staff().exists():
        raise Trouble(
            "Real people are at home in this folder, and the demo does not mix with them: "
            "name another folder in COLONNADE_HOME."
        )


@contextmanager
def _migrating() -> Iterator[None]:
    """One at a time: on PostgreSQL several machines may start together."""
    from django.db import DatabaseError, connection

    if connection.vendor != "postgresql":
        yield
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
    except DatabaseError as fault:
        raise Trouble(f"The database does not answer: {' '.join(str(fault).split())}") from fault
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
