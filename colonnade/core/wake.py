"""Waking other processes: a hint that something may have happened, whose loss is harmless.

Whoever waits looks at the database after every wake and, without one, four times a second. On SQLite a hint is an
empty datagram to one socket per process under `HOME/wake/`; on PostgreSQL it is NOTIFY, sent by the sequencer alone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import socket
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

CHANNEL = "colonnade"
POLL_S = 0.25
_LONGEST_PATH = 100


def _folder() -> Path:
    folder: Path = settings.COLONNADE_HOME / "wake"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextlib.contextmanager
def _reachable(path: Path) -> Any:
    """A name for a socket that fits the 108 bytes which the kernel allows, however deep the home folder lies."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def after_commit() -> None:
    """Wake the others once the current transaction is committed; once, however often it is asked for."""
    if connection.vendor == "postgresql":
        # The sequencer looks for unstamped rows by itself and alone sends NOTIFY: a writer never waits for it.
        return
    if not connection.in_atomic_block:
        notify()
        return
    here = set(connection.savepoint_ids)
    if not any(entry[1] is notify and entry[0] <= here for entry in connection.run_on_commit):
        transaction.on_commit(notify, robust=True)


def notify() -> None:
    """Wake every process that waits. Never raises for a process that is gone or too busy to listen."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for path in _folder().iterdir():
            try:
                with _reachable(path) as name:
                    sender.sendto(b"", name)
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)  # its process has ended without tidying up
            except OSError:
                continue  # gone meanwhile, or its queue is full: then it is awake anyway


class Waiter:
    """Waits to be woken. One per process (or thread); `close()` it, or use it as a context manager."""

    def __init__(self) -> None:
        self._postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
        self._connection: Any = None
        self._socket: socket.socket | None = None
        self._path: Path | None = None
        if self._postgres:
            self._listen()
        else:
            self._bind()

    def _bind(self) -> None:
        self._path = _folder() / f"{os.getpid()}-{secrets.token_hex(4)}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        with _reachable(self._path) as name:
            self._socket.bind(name)

    def _listen(self) -> None:
        # A connection of its own: it outlives the requests of a thread and is always idle, hence always listening.
        import psycopg

        parameters = connection.get_connection_params()
        wanted = {
            key: parameters[key]
            for key in parameters
            if key not in ("context", "cursor_factory", "prepare_threshold")
        }
        with contextlib.suppress(psycopg.OperationalError):
            self._connection = psycopg.connect(**wanted, autocommit=True)
            self._connection.execute(f"LISTEN {CHANNEL}")

    def fileno(self) -> int:
        """A descriptor that becomes readable with a wake, for an event loop; -1 while the database is away."""
        if self._socket is not None:
            return self._socket.fileno()
        return -1 if self._connection is None else int(self._connection.fileno())

    def wait(self, timeout_s: float) -> bool:
        """Wait until woken (True) or at most `timeout_s` seconds, and never longer than 250 ms, so that a lost hint
        costs no more than that. Whatever it returns: look."""
        timeout_s = max(0.0, min(timeout_s, POLL_S))
        if self._socket is not None:
            ready, _, _ = select.select([self._socket], [], [], timeout_s)
            return bool(ready) and self.clear()
        return self._wait_for_notify(timeout_s)

    def clear(self) -> bool:
        """Take what has arrived, without waiting; whether there was anything."""
        if self._socket is None:
            return self._wait_for_notify(0.0)
        woken = False
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(16)
                woken = True
        return woken

    def _wait_for_notify(self, timeout_s: float) -> bool:
        import psycopg

        if self._connection is None:
            time.sleep(timeout_s)
            self._listen()
            return False
        try:
            return bool(list(self._connection.notifies(timeout=timeout_s, stop_after=1)))
        except psycopg.Error:
            self._connection.close()
            self._connection = None
            time.sleep(timeout_s)
            return False

    def close(self) -> None:
        """Stop listening; the socket's file goes with it."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Waiter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
