"""bin/test: the suite on SQLite and on PostgreSQL side by side, what needs no database once, and the counts compared.

The last line is the sum, "N passed, N failed, N skipped". Ends with 0 only if nothing failed and both databases ran
the same tests.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from house import cluster
from house.cluster import NoCluster, running_cluster

ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = ROOT.parent / "shared" / "data"
EXCEPTIONS = ROOT / "tests" / "architecture" / "one_database.txt"
LONGEST_RUN_S = 2700
NO_TESTS = 5
FOR_WANT_OF_DATA = re.compile(r"shared/data|\bdata\b", re.I)


@dataclass
class Run:
    """One pytest process: what it is given, and what it said."""

    name: str
    marks: str
    environment: dict[str, str]
    nice: int = 0
    code: int = -1
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    nodeids: list[str] = field(default_factory=list)
    counted: bool = False

    @property
    def ran(self) -> set[str]:
        """The tests that were not skipped."""
        return set(self.nodeids) - self.skipped.keys()

    def read_counts(self, path: Path) -> None:
        """Take over what the tests' conftest wrote."""
        if not path.is_file():
            return
        counts = json.loads(path.read_text("utf-8"))
        self.counted = True
        self.passed, self.failed, self.nodeids = counts["passed"], counts["failed"], counts["nodeids"]
        self.skipped = dict(counts["skipped"])


def compared(left: Run, right: Run, exceptions: dict[str, str]) -> list[str]:
    """What only one of two databases ran, in a sentence each; named exceptions apart."""
    told = []
    for here, there in ((left, right), (right, left)):
        missing = sorted(here.ran - there.ran)
        for test in missing:
            if not any(test.startswith(name) for name in exceptions):
                why = there.skipped.get(test, "it did not collect it")
                told.append(f"{test} ran on {here.name} but not on {there.name} ({why}).")
    return told


def skipped_for_want_of_data(runs: list[Run]) -> list[str]:
    """Skips that say they miss data, though the data is there."""
    return [
        f"{test} was skipped on {run.name} for want of data that is there ({why})."
        for run in runs
        for test, why in run.skipped.items()
        if FOR_WANT_OF_DATA.search(why)
    ]


def named_exceptions(path: Path) -> dict[str, str]:
    """The beginnings of test ids that may run on one database only, each with its reason after a #."""
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    pairs = [line.partition("#") for line in lines if line.strip() and not line.startswith("#")]
    return {name.strip(): why.strip() for name, _, why in pairs}


def _with_marks(arguments: list[str], marks: str) -> list[str]:
    """The arguments for pytest, whose own -m, if there is one, is joined to ours."""
    rest, wanted = [], marks
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "-m":
            wanted = f"({next(waiting, '')}) and {marks}"
        else:
            rest.append(argument)
    return ["-m", wanted, *rest]


def _pytest(run: Run, folder: Path, arguments: list[str]) -> subprocess.Popen[str]:
    (folder / "tmp").mkdir(parents=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COLONNADE_")}
    return subprocess.Popen(
        [
            *(["nice", "-n", str(run.nice)] if run.nice else []),
            *(sys.executable, "-m", "pytest", "--durations=10", "--continue-on-collection-errors"),
            *("-o", "faulthandler_timeout=1200", "-o", "tmp_path_retention_policy=failed"),
            *_with_marks(arguments, run.marks),
        ],
        cwd=ROOT,
        env={
            **kept,
            **run.environment,
            "TMPDIR": str(folder / "tmp"),
            "COLONNADE_COUNT_FILE": str(folder / "counts.json"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
            "PYTHONUNBUFFERED": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )


def _follow(run: Run, process: subprocess.Popen[str]) -> None:
    """Print each line of a run behind its name, then note how it ended."""
    started = time.monotonic()
    for line in process.stdout or ():
        print(f"{run.name:<10} | {line}", end="", flush=True)
    run.code = process.wait()
    run.seconds = time.monotonic() - started


def side_by_side(runs: list[Run], arguments: list[str]) -> None:
    """Start all runs at once, follow them to their end, and read what they counted.

    More than a run a core costs little: tests wait for disks, browsers and servers most of their time.
    """
    with tempfile.TemporaryDirectory(prefix="colonnade-suite-", dir=cluster.quick_folder()) as scratch:
        processes: list[subprocess.Popen[str]] = []
        followers: list[threading.Thread] = []
        try:
            for run in runs:
                process = _pytest(run, Path(scratch) / run.name, arguments)
                processes.append(process)
                followers.append(threading.Thread(target=_follow, args=(run, process), daemon=True))
                followers[-1].start()
            until = time.monotonic() + LONGEST_RUN_S
            for follower in followers:
                follower.join(max(0.0, until - time.monotonic()))
        finally:
            _end(processes)
        for run, follower in zip(runs, followers, strict=True):
            follower.join(10)
            run.read_counts(Path(scratch) / run.name / "counts.json")


def _end(processes: list[subprocess.Popen[str]]) -> None:
    """End the runs that still go on: first as Ctrl-C would, so that they clean up behind them."""
    for how, patience in ((signal.SIGINT, 20.0), (signal.SIGKILL, 5.0)):
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, how)
        for process in processes:
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                continue


def _faults(runs: list[Run], databases: list[Run]) -> list[str]:
    """Why the whole did not pass, beside the tests that failed."""
    faults = [
        f"{run.name} ended with {run.code} and counted nothing; its last lines above say why."
        for run in runs
        if not run.counted or run.code not in (0, 1, NO_TESTS)
    ]
    faults += [
        f"{run.name} ended with 1 though no test failed: a file could not be collected."
        for run in runs
        if run.counted and run.code == 1 and not run.failed
    ]
    if len(databases) == 2 and all(run.counted for run in databases):
        faults += compared(databases[0], databases[1], named_exceptions(EXCEPTIONS))
    if SHARED_DATA.is_dir():
        faults += skipped_for_want_of_data(runs)
    if not any(run.nodeids for run in runs):
        faults.append("No test ran: the selection matches none.")
    return faults


def _stop_on_signals() -> None:
    def stop(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def main(arguments: list[str]) -> int:
    """Run everything and print the counts."""
    _stop_on_signals()
    started = time.monotonic()
    try:
        with running_cluster() as address:
            print(f"PostgreSQL, temporary, on a socket{time.monotonic() - started:14.1f} s", flush=True)
            # The two that ask a database take longest: what needs none gives way to them.
            sqlite = Run("sqlite", "not corpora", {})
            postgresql = Run("postgresql", "not corpora", {"COLONNADE_DATABASE_URL": address})
            corpora = Run("corpora", "corpora", {}, nice=13)
            runs = [sqlite, postgresql, corpora]
            side_by_side(runs, arguments)
    except NoCluster as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    faults = _faults(runs, [sqlite, postgresql])
    print()
    for run in runs:
        for test, why in sorted(run.skipped.items()):
            print(f"{run.name:<10} skipped {test}: {why}")
    for fault in faults:
        print(f"FAULT: {fault}")
    for run in runs:
        counts = f"{run.passed:5} passed, {run.failed:3} failed, {len(run.skipped):3} skipped"
        print(f"{run.name:<10} {counts} in {run.seconds:.0f} s")
    failed = sum(run.failed for run in runs)
    # A fault of the whole counts as one that failed, so that the last line never looks better than the exit code.
    print(f"{sum(run.passed for run in runs)} passed, {failed + len(faults)} failed, "
          f"{sum(len(run.skipped) for run in runs)} skipped")  # fmt: skip
    return 1 if failed or faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
