"""What every benchmark does: a database of its own, the machine's size, percentiles, one JSON object at the end."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FULL_SIZE = 1_000_000


def parser(name: str, *, posts: int = FULL_SIZE) -> argparse.ArgumentParser:
    """The options that every benchmark has."""
    made = argparse.ArgumentParser(prog=f"bin/bench {name}")
    made.add_argument("--posts", type=int, default=posts, help="posts in the database (full size: 1,000,000)")
    made.add_argument("--seed", type=int, default=7)
    made.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    made.add_argument("--keep", type=Path, help="a folder in which the database is made once and kept")
    return made


@contextmanager
def database(options: argparse.Namespace) -> Iterator[Path]:
    """A database and home folder for one benchmark, with Django set up and all migrations applied."""
    home = options.keep or Path(tempfile.mkdtemp(prefix="colonnade-bench-"))
    home.mkdir(parents=True, exist_ok=True)
    os.environ["COLONNADE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "colonnade.config.settings"
    cluster = _cluster(home) if options.database == "postgresql" else None
    try:
        _set_up()
        yield home
    finally:
        if cluster:
            cluster()
        if not options.keep:
            shutil.rmtree(home, ignore_errors=True)


def _set_up() -> None:
    import django
    from django.core.management import call_command

    from colonnade.cli.up.child import loading

    with loading():  # as the program's own processes do it
        django.setup()
    call_command("migrate", verbosity=0)


def _cluster(home: Path) -> Callable[[], None]:
    """A PostgreSQL cluster of its own on a Unix socket; returns what stops it."""
    folder = home / "cluster"
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        sys.exit("PostgreSQL is not installed: apt-get install postgresql")
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    fresh = not folder.exists()
    if fresh:
        folder.mkdir()
        if as_user:
            home.chmod(0o755)
            shutil.chown(folder, "postgres", "postgres")
        _quietly(
            [
                *as_user,
                str(binaries[-1] / "initdb"),
                "-D",
                str(folder / "data"),
                "-U",
                "colonnade",
                "-A",
                "trust",
            ]
        )
    flags = f"-c listen_addresses='' -c shared_buffers=1GB -c max_wal_size=4GB -k {folder}"
    control = [*as_user, str(binaries[-1] / "pg_ctl"), "-D", str(folder / "data"), "-w"]
    _quietly([*control, "-o", flags, "-l", str(folder / "log"), "start"])
    if fresh:
        _quietly(["createdb", "-h", str(folder), "-U", "colonnade", "colonnade"])
    os.environ["COLONNADE_DATABASE_URL"] = f"postgresql:///colonnade?host={folder}&user=colonnade"
    return lambda: _quietly([*control, "-m", "fast", "stop"])


def _quietly(command: Sequence[str]) -> None:
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and the greatest of some figures, in their own unit."""
    ordered = sorted(values)
    if not ordered:
        return {}

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return {"p50": round(at(0.5), 3), "p95": round(at(0.95), 3), "max": round(ordered[-1], 3)}


def timed_ms(call: Callable[[], Any], times: int) -> list[float]:
    """How many milliseconds each of some calls took."""
    return [wall for wall, _ in _timings(call, times)]


def timings(call: Callable[[], Any], times: int) -> dict[str, float]:
    """`percentiles` of some calls in milliseconds, and `cpu`, the median of this thread's own work alone.

    Where others use the same cores the two are far apart, and `cpu` is the figure that can be compared.
    """
    took = _timings(call, times)
    return percentiles([wall for wall, _ in took]) | {"cpu": percentiles([cpu for _, cpu in took])["p50"]}


def _timings(call: Callable[[], Any], times: int) -> list[tuple[float, float]]:
    took = []
    for _ in range(times):
        began, worked = time.perf_counter(), time.thread_time()
        call()
        took.append(((time.perf_counter() - began) * 1000, (time.thread_time() - worked) * 1000))
    return took


def size_of(home: Path) -> int:
    """Bytes of the database."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    return sum(f.stat().st_size for f in home.glob("colonnade.db*"))


def report(
    name: str, options: argparse.Namespace, figures: dict[str, Any], *, reduced: bool | None = None
) -> int:
    """Print what was measured. Below full size (a million posts, or what `reduced` says) it names itself reduced."""
    print(
        json.dumps(
            {
                "bench": name,
                "reduced": options.posts < FULL_SIZE if reduced is None else reduced,
                "posts": options.posts,
                "seed": options.seed,
                "database": options.database,
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "machine": {
                    "cores": os.cpu_count(),
                    "memory_mb": _memory_mb(),
                    "python": platform.python_version(),
                    "load_at_end": round(os.getloadavg()[0], 1),
                },
                **figures,
            },
            indent=1,
        )
    )
    return 0


def _memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
