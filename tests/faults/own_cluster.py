"""A PostgreSQL of a test's own, that can be knocked down and started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class NotInstalled(RuntimeError):
    """There is no PostgreSQL on this machine."""


@dataclass
class Cluster:
    """Its folder, its programs, and the user under which it runs."""

    folder: Path
    programs: Path
    identity: dict[str, Any]

    def new_database(self, name: str) -> str:
        """The address of a new, empty database."""
        self.run("createdb", "-h", str(self.folder), "-U", "colonnade", name)
        return f"postgresql:///{name}?host={self.folder}&user=colonnade"

    def control(self, *command: str) -> None:
        """pg_ctl."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", *command)

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-c listen_addresses='' -c max_connections=60 -k {self.folder}"
        self.control("-o", options, "-l", str(self.folder / "log"), "start")

    def knock_down(self) -> None:
        """Stop it at once, as if the machine had lost its power: no goodbye, recovery at the next start."""
        self.control("-m", "immediate", "stop")

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL's programs, as its user."""
        nothing = subprocess.DEVNULL
        command = [str(self.programs / program), *arguments]
        subprocess.run(
            command, check=True, cwd="/", stdin=nothing, stdout=nothing, stderr=nothing, **self.identity
        )


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A running cluster, removed in the end. Raises NotInstalled."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise NotInstalled("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="colonnade-own-pg-", dir="/tmp"))
    identity: dict[str, Any] = {}
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        identity = {"user": "postgres", "group": "postgres", "extra_groups": []}
    cluster = Cluster(folder, found[-1], identity)
    try:
        cluster.run(
            "initdb",
            "-D",
            str(folder / "data"),
            "-U",
            "colonnade",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        cluster.start()
        yield cluster
        cluster.knock_down()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
