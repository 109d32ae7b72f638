"""From `colonnade up` to the first page, with a home that is there and with an empty one; memory at rest, all processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from bench import frame, processes

PROGRAM = "import sys; from colonnade.cli import main; sys.exit(main())"  # what the installed command does


def main(argv: list[str]) -> int:
    made = frame.parser("start", posts=0)
    made.add_argument("--starts", type=int, default=5)
    made.add_argument("--rest", type=float, default=20, help="seconds at rest before memory is read")
    options = made.parse_args(argv)
    if options.database == "postgresql":
        sys.exit("The start is measured on SQLite, which needs no server.")
    return frame.report("start", options, _measure(options), reduced=False)


def _measure(options: Namespace) -> dict[str, Any]:
    home = options.keep or Path(tempfile.mkdtemp(prefix="colonnade-bench-"))
    was_empty = not (home / "colonnade.db").exists()
    try:
        first, _ = _start(home, 0)
        again, memory = [], []
        for number in range(options.starts):
            seconds, held = _start(home, options.rest if number == 0 else 0)
            again.append(seconds)
            memory += [held] if number == 0 else []
        return {
            "goal": {"again_s": 5, "memory_mb": 400},
            "first_start_s" if was_empty else "first_of_these_s": round(first, 2),
            "again_s": frame.percentiles(again),
            "memory_mb": memory[0],
        }
    finally:
        if not options.keep:
            shutil.rmtree(home, ignore_errors=True)


def _start(home: Path, rest_s: float) -> tuple[float, dict[str, float]]:
    """Seconds to the first page, and MB (PSS) by process after some seconds at rest."""
    port = processes.free_port()
    environment = dict(os.environ, COLONNADE_HOME=str(home), COLONNADE_PORT=str(port))
    began = time.monotonic()
    up = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "up"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        processes.wait_until_it_answers(port, "/", up)
        took = time.monotonic() - began
        time.sleep(rest_s)
        return took, _memory(up.pid) if rest_s else {}
    finally:
        up.send_signal(signal.SIGTERM)
        try:
            up.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(up.pid, signal.SIGKILL)
            up.wait()


def _memory(pid: int) -> dict[str, float]:
    held = {}
    for number, one in enumerate(processes.family(pid)):
        words = Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")
        kind = next(
            (w.decode() for w in words if w in (b"live", b"push", b"web", b"worker")), f"process {number}"
        )
        held["supervisor" if number == 0 else kind] = round(processes.memory_kb(one) / 1024, 1)
    return held | {"all": round(sum(held.values()), 1)}
