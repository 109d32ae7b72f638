"""Restoring a backup."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from colonnade.cli import Trouble
from colonnade.cli.archive import databases
from colonnade.cli.archive.contents import (
    FORMAT,
    KEY_FILES,
    MANIFEST,
    POSTGRES_DUMP,
    SQLITE_FILE,
    Keys,
    Manifest,
    Piece,
    copy,
    is_known,
    keys_file,
)
from colonnade.primitives import clock


def restore(source: Path, *, force: bool = False, without_keys: bool = False) -> tuple[Manifest, Path | None]:
    """Put a backup in place; returns what was in it, and the folder where what was here before is kept, if anything.

    Everything is unpacked and checked before anything is touched. Raises Trouble; a target that holds anything is
    refused unless `force`, and nothing of it is deleted even then.
    """
    from django.conf import settings

    home: Path = settings.COLONNADE_HOME
    stage = Path(tempfile.mkdtemp(prefix=".restore-", dir=home))
    try:
        manifest = _unpack(source, stage)
        keys = None if without_keys else _read_keys(keys_file(source))
        _refuse_unfit(manifest)
        kept = _make_room(home, keys, force=force)
        try:
            _put_in_place(stage, home, manifest, keys)
        except Trouble as trouble:
            where = f" What was here before is kept in {kept}." if kept else ""
            raise Trouble(f"{trouble}{where}") from trouble
    except OSError as fault:
        raise Trouble(f"The backup could not be restored: {fault.strerror or fault}") from fault
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return manifest, kept


# Reading and checking


def _unpack(source: Path, stage: Path) -> Manifest:
    try:
        with tarfile.open(source, "r:") as tar:
            manifest = _read_manifest(tar, source)
            for piece in manifest.pieces:
                _unpack_piece(tar, piece, stage)
    except FileNotFoundError:
        raise Trouble(f"There is no backup {source}.") from None
    except tarfile.TarError as fault:
        raise Trouble(f"{source} is no backup, or was cut off: {fault}.") from fault
    return manifest


def _read_manifest(tar: tarfile.TarFile, source: Path) -> Manifest:
    try:
        body = cast(BinaryIO, tar.extractfile(MANIFEST)).read()
        manifest = msgspec.json.decode(body, type=Manifest)
    except (KeyError, AttributeError, msgspec.DecodeError):
        raise Trouble(f"{source} is no backup of Colonnade, or was cut off.") from None
    if manifest.format != FORMAT:
        raise Trouble(
            f"The backup has format {manifest.format}, and this release reads {FORMAT}: use a newer one."
        )
    named = [piece.path for piece in manifest.pieces]
    if sorted([*named, MANIFEST]) != sorted(tar.getnames()) or not all(map(is_known, named)):
        raise Trouble(f"{source} does not hold what its manifest names: it was changed.")
    return manifest


def _unpack_piece(tar: tarfile.TarFile, piece: Piece, stage: Path) -> None:
    target = stage / piece.path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    packed = tar.extractfile(piece.path)
    if packed is None:
        raise Trouble(f"{piece.path} in the backup is no file: it was changed.")
    with packed, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        size, sha256 = copy(cast(BinaryIO, packed), file)
        file.flush()
        os.fsync(file.fileno())
    by_name = piece.path.rpartition("/")[2] if piece.path.startswith("files/") else sha256
    if (size, sha256) != (piece.size, piece.sha256) or sha256 != by_name:
        raise Trouble(f"{piece.path} in the backup is damaged: its checksum differs.")


def _read_keys(file: Path) -> Keys:
    try:
        keys = msgspec.json.decode(file.read_bytes(), type=Keys)
    except FileNotFoundError:
        raise Trouble(
            f"The keys of the backup, {file}, are missing: put them beside it, or say --without-keys "
            "(stored credentials can then not be opened, and everybody signs in anew)."
        ) from None
    except msgspec.DecodeError:
        raise Trouble(f"{file} is no file of keys.") from None
    if keys.format != FORMAT or not set(keys.files) <= set(KEY_FILES):
        raise Trouble(f"{file} is no file of keys that this release reads.")
    return keys


def _refuse_unfit(manifest: Manifest) -> None:
    from django.db.migrations.loader import MigrationLoader

    here = databases.vendor()
    if manifest.database != here:
        raise Trouble(
            f"The backup is of {_spoken(manifest.database)}, and COLONNADE_DATABASE_URL names {_spoken(here)}: "
            "restore it to a database of the same kind."
        )
    if here == "postgresql" and int(manifest.server) > int(databases.server()):
        raise Trouble(
            f"The backup is of PostgreSQL {manifest.server}, and this server is the older {databases.server()}."
        )
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    known = {f"{label}.{name}" for label, name in {*loader.disk_migrations, *replaced}}
    unknown = sorted(set(manifest.migrations) - known)
    if unknown:
        raise Trouble(f"The backup was made by a newer Colonnade ({manifest.version}): install that release.")
    if others := databases.others_connected():
        raise Trouble(
            f"{others} other connections to the database are open: stop every Colonnade that uses it."
        )


def _spoken(vendor: str) -> str:
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(vendor, vendor)


# Putting in place


def _put_in_place(stage: Path, home: Path, manifest: Manifest, keys: Keys | None) -> None:
    databases.load(stage / (POSTGRES_DUMP if manifest.database == "postgresql" else SQLITE_FILE))
    if (stage / "files").exists():
        shutil.rmtree(home / "files", ignore_errors=True)  # empty folders alone
        os.replace(stage / "files", home / "files")
    if keys is not None:
        _write_keys(keys, home)


def _make_room(home: Path, keys: Keys | None, *, force: bool) -> Path | None:
    """Set aside whatever the restore would replace; where, if there was anything. Raises Trouble without `force`."""
    holds = not databases.is_empty() or _has_files(home / "files")
    if holds and not force:
        raise Trouble(
            "There is something here already: restore into an empty home folder and database, or say --force "
            "(what is here is then kept in a folder under backups/)."
        )
    differing = _differing(home, keys)
    # A secret key is made wherever settings are read. Alone it has signed nothing; a key ring may have opened much.
    if not holds and "keys.json" not in differing:
        return None
    folder = home / "backups" / f"before-restore-{clock.now():%Y%m%dT%H%M%SZ}"
    folder.mkdir(mode=0o700, parents=True)
    databases.set_aside(folder)
    for name in [*differing, *(["files"] if (home / "files").exists() else [])]:
        shutil.move(home / name, folder / name)
    return folder


def _differing(home: Path, keys: Keys | None) -> list[str]:
    """The key files here that are not those of the backup."""
    if keys is None:
        return []
    return [
        name
        for name, text in keys.files.items()
        if (home / name).exists() and (home / name).read_text() != text
    ]


def _has_files(folder: Path) -> bool:
    return any(path.is_file() for path in folder.rglob("*")) if folder.exists() else False


def _write_keys(keys: Keys, home: Path) -> None:
    for name, text in keys.files.items():
        draft = home / f".{name}.restored"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, home / name)
