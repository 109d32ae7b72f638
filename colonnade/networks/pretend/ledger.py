"""The world's memory: lines appended and synced to disk before anybody is told, shared between processes by a lock."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from colonnade.networks.pretend.lines import Line, decode, encode

_HEAD = 512


class Ledger:
    """Lines in order, in a file or, with `path` None, in this process alone.

    Only the holder of the lock reads or writes. What a kill left half-written at the end was never acknowledged: the
    next holder cuts it off.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._here = threading.RLock()
        self._file: int | None = None
        self._read_to = 0
        self._head = b""

    @contextmanager
    def held(self) -> Iterator[tuple[bool, list[Line]]]:
        """Hold the lock; yields whether the world began anew since we last looked, and the lines we have not seen."""
        with self._here:
            if self.path is None:
                yield False, []
                return
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX)
                yield self._catch_up(self._file)
            finally:
                os.close(self._file)
                self._file = None

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines; they are on the disk when this returns. Only while held."""
        if self.path is None or self._file is None:
            return
        data = b"".join(encode(line) for line in lines)
        _write_all(self._file, data)
        os.fsync(self._file)
        if self._read_to == 0:
            self._head = data[:_HEAD].partition(b"\n")[0]
            _sync_folder(self.path.parent)
        self._read_to += len(data)

    def clear(self) -> None:
        """Forget everything. Only while held."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.fsync(self._file)
        self._read_to, self._head = 0, b""

    def _catch_up(self, file: int) -> tuple[bool, list[Line]]:
        """What others wrote. A file whose first line has changed was begun anew by somebody else."""
        head = os.pread(file, _HEAD, 0).partition(b"\n")[0]
        anew = self._read_to > 0 and head != self._head
        if anew:
            self._read_to = 0
        size = os.fstat(file).st_size
        data = _read_all(file, self._read_to, size - self._read_to)
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.ftruncate(file, self._read_to + whole)
        if whole:
            self._head = head
        self._read_to += whole
        return anew, [decode(line) for line in data[:whole].splitlines()]


def accepted(path: Path) -> list[Line]:
    """The posts in a ledger file that came over the API, in order, repeats included: what a fault test counts."""
    data = path.read_bytes() if path.exists() else b""
    whole = data[: data.rfind(b"\n") + 1]
    lines = [decode(line) for line in whole.splitlines()]
    return [line for line in lines if line.kind in ("post", "again") and line.rules]


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _read_all(file: int, start: int, count: int) -> bytes:
    pieces = []
    while count > 0 and (piece := os.pread(file, min(count, 1 << 24), start)):
        pieces.append(piece)
        start += len(piece)
        count -= len(piece)
    return b"".join(pieces)


def _sync_folder(folder: Path) -> None:
    """Make the new file's name durable too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
