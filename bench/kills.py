"""`bin/bench kills --n 3000 --seed 1`: how often the program was killed, and what was lost or doubled by it.

Not a time but a count: kills over named points and every delivery class, in worlds of some hundred kills each, on both
databases. With `--state FILE` a run that was interrupted goes on where it ended.
"""

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
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.faults.kills import ROOT, Tally, kill_many
from tests.faults.own_cluster import Cluster, own_cluster

DATABASES = ("sqlite", "postgresql")


def main(argv: Sequence[str]) -> int:
    """Run what is left to do and print the sum; 1 if anything was lost, doubled or hidden."""
    options = _options(argv)
    done: dict[str, dict[str, Any]] = _read(options.state)
    wanted = DATABASES if options.database == "both" else (options.database,)
    began = time.monotonic()
    for database in wanted:
        with ExitStack() as open_:
            cluster: Cluster | None = None
            for number, kills in enumerate(_batches(options.n, options.batch)):
                name = f"{database} {options.seed} {number} {kills}"
                if name in done:
                    continue
                if database == "postgresql" and cluster is None:
                    cluster = open_.enter_context(own_cluster())
                done[name] = _batch(cluster, kills, options.seed * 10_000 + number)
                _write(options.state, done)
                sys.stderr.write(f"{name}: {done[name]['kills']} kills, {len(done[name]['faults'])} faults\n")
    mine = {
        name: row
        for name, row in done.items()
        if name.split()[0] in wanted and name.split()[1] == str(options.seed)
    }
    report = _report(options, mine, wanted, time.monotonic() - began)
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    return 1 if report["faults"] else 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench kills")
    parser.add_argument("--n", type=int, default=3000, help="kills on each database")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=250, help="kills in one world, before it is judged")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--state", type=Path, help="a file in which finished worlds are kept, to go on from")
    return parser.parse_args(argv)


def _batches(total: int, size: int) -> Iterator[int]:
    while total > 0:
        yield min(size, total)
        total -= size


def _batch(cluster: Cluster | None, kills: int, seed: int) -> dict[str, Any]:
    """One world, made, killed in, judged and thrown away; kept where something was wrong."""
    folder = Path(tempfile.mkdtemp(prefix="colonnade-kills-"))
    environment = {
        **os.environ,
        "COLONNADE_HOME": str(folder),
        "DJANGO_SETTINGS_MODULE": "colonnade.config.settings",
    }
    if cluster is not None:
        environment["COLONNADE_DATABASE_URL"] = cluster.new_database(f"kills{seed}")
    else:
        environment.pop("COLONNADE_DATABASE_URL", None)
    database = "sqlite" if cluster is None else "postgresql"
    migrate = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, env=environment, cwd=ROOT, check=True)
    began = time.monotonic()
    tally = kill_many(folder / "kills", environment, kills=kills, seed=seed, database=database)
    if not tally.faults:
        shutil.rmtree(folder, ignore_errors=True)
    return {**tally.plain(), "seconds": round(time.monotonic() - began, 1)}


def _read(path: Path | None) -> dict[str, Any]:
    return json.loads(path.read_text()) if path and path.exists() else {}


def _write(path: Path | None, done: Mapping[str, Any]) -> None:
    if path:
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(done, indent=1))
        draft.replace(path)


def _report(
    options: argparse.Namespace, done: Mapping[str, Any], wanted: Sequence[str], seconds: float
) -> dict[str, Any]:
    return {
        "bench": "kills",
        "reduced": options.n < 3000 or len(wanted) < 2,
        "seed": options.seed,
        "goal": {"lost": 0, "doubled": 0, "uncertain_in_a_and_b": "<= 1 %"},
        **{name: _sum([row for key, row in done.items() if key.startswith(name)]) for name in wanted},
        "faults": [fault for row in done.values() for fault in row["faults"]],
        "seconds_now": round(seconds, 1),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
    }


def _sum(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rows of one database together. Zero faults in N trials mean less than 3/N at 95 % (rule of three)."""
    counted: dict[str, Counter[str]] = {name: Counter() for name in ("by_point", "by_class", "uncertain")}
    for row in rows:
        for name, counter in counted.items():
            counter.update(row[name])
    plain = Tally(0, "").plain()
    numbers = [name for name, value in plain.items() if isinstance(value, int) and name != "seed"]
    summed = {name: sum(row[name] for row in rows) for name in numbers}
    kills, faults = summed["kills"], sum(len(row["faults"]) for row in rows)
    return {
        **summed,
        "points": len(counted["by_point"]),
        **{name: dict(sorted(counter.items())) for name, counter in counted.items()},
        "faults": faults,
        "less_than_at_95": None if faults or not kills else round(3 / kills, 5),
        "seconds": round(sum(row["seconds"] for row in rows), 1),
    }
