"""A PostgreSQL of our own for the time of the tests: a temporary folder, a Unix socket, a user that is not root."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

OLDEST = 15
PLENTY = 8 * 1024**3  # bytes; what the whole suite leaves is a quarter of it
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
}


class NoCluster(RuntimeError):
    """PostgreSQL is missing or did not start; the text is one sentence or the server's own last words."""


@contextmanager
def running_cluster() -> Iterator[str]:
    """Start a cluster, yield the address of its database `colonnade`, stop the cluster and remove it again.

    Raises NoCluster when there is no PostgreSQL 15 or newer, or it does not start.
    """
    programs = _programs()
    # Directly there, since the path of a Unix socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="colonnade-pg-", dir=quick_folder()))
    identity = _other_than_root()
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    server: subprocess.Popen[bytes] | None = None
    try:
        _run([programs / "initdb", "--pgdata", folder / "data", "--username", "colonnade", "--auth", "trust",
              "--encoding", "UTF8", "--locale", "C.UTF-8"], identity)  # fmt: skip
        given = [f"--{name}={value}" for name, value in SETTINGS.items()]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", "-k", folder, *given],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
                preexec_fn=_end_with_parent(),
                **identity,
            )
        _wait_until_ready(programs, folder, server)
        _run([programs / "createdb", "-h", folder, "-U", "colonnade", "colonnade"], identity)
        yield f"postgresql:///colonnade?host={quote(str(folder))}&user=colonnade"
    finally:
        if server:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def quick_folder() -> Path:
    """Where what lives as long as the tests is kept: in memory where there is plenty, as no test takes the power away.

    To wait for a disk at each commit is most of what a database does while tests run, and they kill processes only.
    """
    memory = Path("/dev/shm")
    if not memory.is_dir() or not os.access(memory, os.W_OK):
        return Path("/tmp")
    told = os.statvfs(memory)
    return memory if _available() >= PLENTY <= told.f_bavail * told.f_frsize else Path("/tmp")


def _available() -> int:
    """Bytes of memory that programs may still take; 0 where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)


def _programs() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    found = sorted(
        (int(path.parts[4]), path.parent)
        for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")
        if path.parts[4].isdigit()
    )
    if found and found[-1][0] >= OLDEST:
        return found[-1][1]
    on_path = shutil.which("initdb")
    if on_path and not found:
        return Path(on_path).resolve().parent
    raise NoCluster(f"PostgreSQL {OLDEST} or newer is needed: apt-get install postgresql")


def _other_than_root() -> dict[str, Any]:
    """How to start a process as a user that PostgreSQL accepts; {} for ourselves."""
    if os.getuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _end_with_parent() -> Callable[[], None]:
    """What the server does before it starts: ask the kernel for SIGINT (stop quickly) should we be killed."""
    library = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        library.prctl(1, signal.SIGINT)

    return ask


def _run(command: list[Any], identity: dict[str, Any]) -> None:
    ran = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **identity)
    if ran.returncode:
        raise NoCluster(f"{Path(command[0]).name} failed: {(ran.stderr or ran.stdout).strip()}")


def _wait_until_ready(programs: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        asked = subprocess.run([programs / "pg_isready", "-q", "-h", folder, "-U", "colonnade"], check=False)
        if asked.returncode == 0:
            return
        time.sleep(0.1)
    raise NoCluster(f"PostgreSQL did not start: {(folder / 'log').read_text('utf-8', 'replace')[-2000:]}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(how)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            continue
