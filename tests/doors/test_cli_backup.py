"""Backup and restore: everything, while others write; elsewhere, row by row the same; never over anything unasked."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from colonnade.access.models import Principal
from colonnade.cli import Trouble
from colonnade.cli.archive import databases, make, take
from colonnade.cli.archive.contents import keys_file
from colonnade.core import db, events, files, secrets
from colonnade.networks.base import Author
from colonnade.people import actions as people
from colonnade.places import actions as places
from tests.doors.commands import colonnade, refused

pytestmark = pytest.mark.django_db(transaction=True)

Env = dict[str, str]


class Rang(events.Event, frozen=True, kw_only=True):
    bell: int


@pytest.fixture(autouse=True)
def _open_circles(transactional_db: None) -> None:
    """Who every database knows: an earlier test of this kind has emptied the tables."""
    with db.machinery():
        for pk in range(1, 10):
            Principal.objects.get_or_create(pk=pk)


@pytest.fixture
def town(home: Path) -> Iterator[str]:
    """Something of everything that a backup has to carry; yields the digest of a content file."""
    people.make_owner("ines@portalder.example", "the old bridge opens", name="Ines Moreau")
    places.add_account(
        "pretend",
        "pretend://demo",
        name="Port Alder",
        credentials={"token": "the ferry leaves at nine"},
        identity=Author(network="pretend", address="portalder", name="Port Alder"),
    )
    digest = files.put(b"a picture of the old bridge", 1000)
    yield digest
    files.remove(digest)


@pytest.fixture
def elsewhere(child_environment: Env, tmp_path: Path) -> Iterator[Env]:
    """Another home folder with another, empty database of the same kind."""
    env = {**child_environment, "COLONNADE_HOME": str(tmp_path / "elsewhere")}
    env.pop("COLONNADE_SECRET_KEY", None)
    if connection.vendor == "sqlite":
        env["COLONNADE_DATABASE_URL"] = ""
        yield env
        return
    ours = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE colonnade_elsewhere")
    env["COLONNADE_DATABASE_URL"] = env["COLONNADE_DATABASE_URL"].replace(ours, "colonnade_elsewhere")
    yield env
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE colonnade_elsewhere WITH (FORCE)")


def _rows(env: Env | None) -> dict[str, list[Any]]:
    """Every row of every table (and the state of every sequence), here or in another environment."""
    if connection.vendor == "sqlite":
        file = connection.settings_dict["NAME"] if env is None else f"{env['COLONNADE_HOME']}/colonnade.db"
        with contextlib.closing(sqlite3.connect(file)) as opened:
            names = opened.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall()
            return {name: _sorted(opened.execute(f'SELECT * FROM "{name}"').fetchall()) for (name,) in names}
    import psycopg

    parameters = {**connection.get_connection_params()}
    for name in ("context", "cursor_factory", "prepare_threshold"):
        parameters.pop(name, None)
    if env is not None:
        parameters["dbname"] = "colonnade_elsewhere"
    with psycopg.connect(**parameters) as opened:
        tables = opened.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found = {
            name: _sorted(opened.execute(f'SELECT t::text FROM "{name}" t').fetchall()) for (name,) in tables
        }
        found["sequences"] = _sorted(
            opened.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall()
        )
        return found


def _sorted(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=repr)


def test_a_backup_restored_elsewhere_is_row_by_row_the_same(
    town: str, elsewhere: Env, tmp_path: Path, home: Path
) -> None:
    file = tmp_path / "town.tar"
    manifest = make.backup(file)
    before = _rows(None)
    said = colonnade(elsewhere, "restore", str(file)).stdout
    assert said.startswith(f"Restored the backup of {manifest.made_at}.")
    assert "backups" not in said, "there was nothing to set aside"
    after = _rows(elsewhere)
    assert set(before) == set(after)
    assert [table for table in before if before[table] != after[table]] == []
    assert sum(map(len, before.values())) > 30
    there = Path(elsewhere["COLONNADE_HOME"])
    for name in ("keys.json", "secret_key"):
        if (home / name).exists():
            assert (there / name).read_text() == (home / name).read_text()
            assert (there / name).stat().st_mode & 0o777 == 0o600
    look = (
        "import django; django.setup()\n"
        "from colonnade.core import files\n"
        "from colonnade.places.models import Account\n"
        f"print(files.open({town!r}).read().decode(), Account.objects.get().credentials)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", look], env=elsewhere, capture_output=True, text=True, check=True
    )
    assert "a picture of the old bridge" in ran.stdout
    assert "the ferry leaves at nine" in ran.stdout


def test_a_backup_made_while_others_write_is_of_one_moment(town: str, elsewhere: Env, tmp_path: Path) -> None:
    file, over = tmp_path / "town.tar", threading.Event()
    writer = threading.Thread(target=_ring_until, args=(over,))
    writer.start()
    try:
        while events.head() < 5:
            pass
        make.backup(file)
    finally:
        over.set()
        writer.join()
    colonnade(elsewhere, "restore", str(file))
    after = _rows(elsewhere)
    head, outbox = after["core_head"], after["core_outbox"]
    stamped = [row for row in outbox if _field(row, 1) not in ("", "None")]
    numbers = sorted(int(_field(row, 1)) for row in stamped)
    assert numbers == list(range(1, int(_field(head[0], 1)) + 1))
    assert 5 <= len(numbers) <= events.head()


def _field(row: Any, at: int) -> str:
    """A field of a row, however the driver gave it."""
    return str(row[at]) if connection.vendor == "sqlite" else str(row[0]).strip("()").split(",")[at]


def _ring_until(over: threading.Event) -> None:
    bell = 0
    try:
        while not over.is_set():
            bell += 1
            with db.act():
                events.announce(Rang(bell=bell), subject="bell:1")
            events.stamp()
    finally:
        connection.close()


def test_a_backup_is_for_its_owner_alone_and_keeps_the_keys_apart(town: str, tmp_path: Path) -> None:
    file = tmp_path / "town.tar"
    make.backup(file)
    for written in (file, keys_file(file)):
        assert written.stat().st_mode & 0o777 == 0o600
    held = json.loads(keys_file(file).read_text())["files"]
    assert json.loads(held["keys.json"])["current"] == secrets.ring().current
    ring = json.loads(held["keys.json"])
    body = file.read_bytes()
    assert not any(key.encode() in body for key in ring["keys"].values())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["town.tar", "town.tar.keys"]


def test_a_backup_never_overwrites_and_leaves_nothing_half_done(
    town: str, tmp_path: Path, home: Path
) -> None:
    file = tmp_path / "town.tar"
    file.write_text("last week's")
    with pytest.raises(Trouble, match="exists already"):
        make.backup(file)
    assert file.read_text() == "last week's"
    with pytest.raises(Trouble, match="no folder"):
        make.backup(tmp_path / "nowhere" / "town.tar")
    assert [path for path in home.iterdir() if path.name.startswith(".backup")] == []


def test_restore_refuses_what_holds_anything_and_with_force_keeps_it(
    town: str, elsewhere: Env, tmp_path: Path
) -> None:
    file = tmp_path / "town.tar"
    make.backup(file)
    colonnade(elsewhere, "restore", str(file))
    first = _rows(elsewhere)
    people.meet("Mrs Okafor")
    later = tmp_path / "later.tar"
    make.backup(later)
    assert "There is something here already" in refused(
        colonnade(elsewhere, "restore", str(later), check=False)
    )
    assert _rows(elsewhere) == first
    said = colonnade(elsewhere, "restore", str(later), "--force").stdout
    (kept,) = (Path(elsewhere["COLONNADE_HOME"]) / "backups").iterdir()
    assert f"What was here before is in {kept}." in said
    assert any(path.name.startswith("colonnade.d") for path in kept.iterdir())
    assert _rows(elsewhere) == _rows(None)


def test_restore_without_the_keys_is_refused_unless_one_says_so(
    town: str, elsewhere: Env, tmp_path: Path
) -> None:
    file = tmp_path / "town.tar"
    make.backup(file)
    keys_file(file).unlink()
    assert "keys of the backup" in refused(colonnade(elsewhere, "restore", str(file), check=False))
    colonnade(elsewhere, "restore", str(file), "--without-keys")


def _rewritten(
    source: Path,
    target: Path,
    change: Callable[[str, bytes], tuple[str, bytes] | None],
    *more: tuple[str, bytes],
) -> None:
    """A copy of a backup with some members changed, left out (None) or added."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        members = [(member.name, old.extractfile(member).read()) for member in old.getmembers()]  # type: ignore[union-attr]
        for changed in [*(change(*member) for member in members), *more]:
            if changed is not None:
                header = tarfile.TarInfo(changed[0])
                header.size = len(changed[1])
                new.addfile(header, io.BytesIO(changed[1]))
    shutil.copy(keys_file(source), keys_file(target))


def _flip(name: str, body: bytes) -> tuple[str, bytes]:
    if not name.startswith("database/"):
        return name, body
    middle = len(body) // 2
    return name, body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]


def _newer(name: str, body: bytes) -> tuple[str, bytes]:
    if name != "manifest.json":
        return name, body
    read = json.loads(body)
    read["migrations"].append("conversations.9999_from_the_future")
    return name, json.dumps(read).encode()


def _of_another_kind(name: str, body: bytes) -> tuple[str, bytes]:
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    return name, body.replace(
        f'"database": "{connection.vendor}"'.encode(), f'"database": "{other}"'.encode()
    )


def test_a_backup_that_was_damaged_or_is_not_for_here_touches_nothing(
    town: str, tmp_path: Path, home: Path
) -> None:
    good, bad = tmp_path / "town.tar", tmp_path / "bad.tar"
    make.backup(good)
    before = _rows(None)
    faults: list[tuple[str, Callable[[], None]]] = [
        ("its checksum differs", lambda: _rewritten(good, bad, _flip)),
        ("does not hold what", lambda: _rewritten(good, bad, lambda *m: m, ("../../etc/passwd", b"x"))),
        ("does not hold what", lambda: _rewritten(good, bad, lambda *m: None if m[0][:5] == "files" else m)),
        ("no backup of Colonnade", lambda: _rewritten(good, bad, lambda *m: None if m[0][0] == "m" else m)),
        ("newer Colonnade", lambda: _rewritten(good, bad, _newer)),
        ("of the same kind", lambda: _rewritten(good, bad, _of_another_kind)),
        ("was cut off", lambda: _cut_off(good, bad)),
        ("There is no backup", lambda: None),
        ("was cut off", lambda: _write(bad, b"this is no tar at all" * 99)),
    ]
    for said, spoil in faults:
        bad.unlink(missing_ok=True)
        spoil()
        with pytest.raises(Trouble, match=said):
            take.restore(bad, force=True)
    assert _rows(None) == before
    assert files.exists(town)
    assert [path for path in home.iterdir() if path.name.startswith(".restore")] == []


def _write(target: Path, body: bytes) -> None:
    target.write_bytes(body)


def _cut_off(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    shutil.copy(keys_file(source), keys_file(target))


def test_a_program_of_another_major_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 12.4'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Trouble, match=r"PostgreSQL 99.*found: 12.*postgresql-client-99"):
        databases.find_program("pg_dump", 99)
    assert databases.find_program("pg_dump", 12) == str(program)
