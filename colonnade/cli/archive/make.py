"""Making a backup while the server runs."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from colonnade.cli import Trouble
from colonnade.cli.archive import databases
from colonnade.cli.archive.contents import (
    FORMAT,
    KEY_FILES,
    MANIFEST,
    POSTGRES_DUMP,
    SQLITE_FILE,
    Hashing,
    Keys,
    Manifest,
    Piece,
    is_known,
    keys_file,
)
from colonnade.primitives import clock


def backup(target: Path) -> Manifest:
    """Write the backup `target` and its keys beside it; returns what is in it. Raises Trouble, and then leaves neither.

    Content files are linked into a folder of their own before and after the database is copied, so that every file
    that a row of the copy names is there, whatever the running server deletes meanwhile.
    """
    from django.conf import settings

    home: Path = settings.COLONNADE_HOME
    _refuse_unfit(target)
    part = target.with_name(target.name + ".part")
    try:
        with _staging(home) as stage:
            database = stage / (POSTGRES_DUMP if databases.vendor() == "postgresql" else SQLITE_FILE)
            database.parent.mkdir()
            _link_files(home / "files", stage / "files")
            databases.dump(database)
            _link_files(home / "files", stage / "files")
            manifest = _write(part, stage)
        _write_keys(keys_file(target), home)
        os.replace(part, target)
    except OSError as fault:
        keys_file(target).unlink(missing_ok=True)
        raise Trouble(f"The backup could not be written: {fault.strerror or fault}") from fault
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _refuse_unfit(target: Path) -> None:
    for file in (target, keys_file(target)):
        if file.exists():
            raise Trouble(f"{file} exists already: give the backup another name.")
    if not target.parent.is_dir():
        raise Trouble(f"There is no folder {target.parent} for the backup.")
    if databases.vendor() == "sqlite" and databases.is_empty():
        raise Trouble("There is nothing to back up yet: `colonnade up` makes the database.")


@contextmanager
def _staging(home: Path) -> Iterator[Path]:
    """A folder on the same disk as the home folder's files, so that they can be linked; gone afterwards."""
    stage = Path(tempfile.mkdtemp(prefix=".backup-", dir=home))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _link_files(files: Path, into: Path) -> None:
    """Link every content file, so that it stays even if it is deleted here."""
    for folder, _, names in os.walk(files):
        inside = Path(folder).relative_to(files)
        for name in names:
            if not is_known(f"files/{inside.as_posix()}/{name}"):
                continue
            linked = into / inside / name
            linked.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError, FileNotFoundError):
                os.link(Path(folder) / name, linked)


def _write(target: Path, stage: Path) -> Manifest:
    pieces: list[Piece] = []
    with (
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
        tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(path for path in stage.rglob("*") if path.is_file()):
            pieces.append(_add(tar, path, path.relative_to(stage).as_posix()))
        manifest = _manifest(pieces)
        body = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        tar.addfile(_header(MANIFEST, len(body)), io.BytesIO(body))
    with target.open("rb") as written:
        os.fsync(written.fileno())
    return manifest


def _add(tar: tarfile.TarFile, path: Path, name: str) -> Piece:
    with path.open("rb") as source:
        hashing = Hashing(source)
        tar.addfile(_header(name, path.stat().st_size), hashing)
    return Piece(name, hashing.size, hashing.sha256)


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode, header.mtime = size, 0o600, int(clock.now_s())
    return header


def _manifest(pieces: list[Piece]) -> Manifest:
    from importlib.metadata import PackageNotFoundError, version

    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    try:
        release = version("colonnade")
    except PackageNotFoundError:  # a checkout that was never installed
        release = "unreleased"
    applied = MigrationRecorder(connection).applied_migrations()
    return Manifest(
        version=release,
        made_at=clock.now().isoformat(),
        database=databases.vendor(),
        server=databases.server(),
        migrations=sorted(f"{label}.{name}" for label, name in applied),
        pieces=pieces,
    )


def _write_keys(target: Path, home: Path) -> None:
    held = {name: (home / name).read_text() for name in KEY_FILES if (home / name).exists()}
    body = msgspec.json.format(msgspec.json.encode(Keys(FORMAT, held)), indent=1)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
