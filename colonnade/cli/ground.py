"""What a verb stands on: Django set up, with bad settings told in a sentence; one server a home folder."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def set_up() -> None:
    """Load the settings and the rooms. Raises Trouble for a setting or a home folder that cannot be used."""
    read_settings()
    import django

    django.setup()


def read_settings() -> Any:
    """The settings alone, without any room: quick, and small in memory. Raises Trouble as `set_up`."""
    from colonnade.cli import Trouble

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colonnade.config.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        settings.COLONNADE_HOME  # noqa: B018  (reads them)
    except (ImproperlyConfigured, ValueError, OSError) as fault:
        raise Trouble(str(fault)) from fault
    return settings


def told(fault: Exception) -> str | None:
    """One sentence about a fault of the database, which any verb may meet; None for anything else."""
    from django.db import DatabaseError, ProgrammingError

    if not isinstance(fault, DatabaseError):
        return None
    said = " ".join(str(fault).split())
    if isinstance(fault, ProgrammingError) or said.startswith("no such table"):
        return "The database lacks a table: run `colonnade migrate`, or start the server once with `colonnade up`."
    return f"The database does not answer: {said}"


def _lock_file(home: Path) -> Path:
    """With PostgreSQL the machines of one installation may share a home folder: then it is one server a machine."""
    if read_settings().DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return home / f"running-{socket.gethostname()}.lock"
    return home / "running.lock"


@contextmanager
def holding(home: Path, doing: str) -> Iterator[None]:
    """Be the only one who serves or restores this home folder. Raises Trouble that names who does.

    The lock belongs to the process and ends with it, however it ends.
    """
    from colonnade.cli import Trouble

    with _lock_file(home).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise Trouble(f"The home folder {home} is in use by {holder}: stop that first.") from None
        file.truncate(0)
        file.write(f"`colonnade {doing}` (process {os.getpid()})")
        file.flush()
        yield


def is_held(home: Path) -> bool:
    """Whether a server runs, or a restore, on this home folder."""
    try:
        with _lock_file(home).open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
