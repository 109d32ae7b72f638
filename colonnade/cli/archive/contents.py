"""What a backup consists of: a tar of known layout whose last member names and checks all the others.

    database/colonnade.db       an SQLite file, or
    database/colonnade.dump     PostgreSQL's custom format
    files/ab/cd/abcd…           content files, under the SHA-256 of their bytes
    manifest.json               last, so that a backup which was cut off has none

Beside it lies FILE.keys, for its owner alone: the key ring and the secret key, without which the first is of no use
to a thief, nor its stored credentials to anybody.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import BinaryIO

import msgspec

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE_FILE, POSTGRES_DUMP = "database/colonnade.db", "database/colonnade.dump"
KEY_FILES = ("keys.json", "secret_key")
_KNOWN = re.compile(r"database/colonnade\.(?:db|dump)|files/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})\Z")
_PIECE = 1024 * 1024


class Piece(msgspec.Struct, frozen=True):
    """One file of a backup; `size` in bytes."""

    path: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds and where it comes from. `migrations` are written `label.name`."""

    format: int = FORMAT
    version: str
    made_at: str
    database: str
    server: str
    migrations: list[str]
    pieces: list[Piece]


class Keys(msgspec.Struct, frozen=True):
    """The second file: the text of each key file by its name."""

    format: int
    files: dict[str, str]


def keys_file(backup: Path) -> Path:
    """Where the keys of a backup lie."""
    return backup.with_name(backup.name + ".keys")


def is_known(path: str) -> bool:
    """Whether a file of this name may be in a backup; nothing else is ever taken out of one."""
    return _KNOWN.match(path) is not None


class Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._hash = hashlib.sha256()
        self.size = 0

    def read(self, most: int = _PIECE) -> bytes:
        piece = self._source.read(most)
        self._hash.update(piece)
        self.size += len(piece)
        return piece

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def copy(source: BinaryIO, target: BinaryIO) -> tuple[int, str]:
    """Copy to the end; returns bytes and SHA-256."""
    hashing = Hashing(source)
    while piece := hashing.read():
        target.write(piece)
    return hashing.size, hashing.sha256
