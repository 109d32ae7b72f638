"""Starting the real processes on loopback, and how much memory they hold."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

LIVE = "from colonnade.live import server; server.run(port={port}, pages={pages}, pace={pace})"


def free_port() -> int:
    """A port on loopback where nobody listens."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
    return port


@contextmanager
def running(command: Sequence[str], port: int, path: str = "/healthz") -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, from when it answers on its port until the block ends."""
    # What it says goes where progress goes: standard output is for figures alone.
    process = subprocess.Popen(command, env=dict(os.environ), stdin=subprocess.DEVNULL, stdout=sys.stderr)
    try:
        wait_until_it_answers(port, path, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def live(*, pages: bool, pace: str = "None") -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The live process on a free port. `pace` is an expression for other intervals than the usual ones."""
    port = free_port()
    code = LIVE.format(port=port, pages=pages, pace=pace)
    if pace != "None":
        code = "from colonnade.live.pace import Pace; " + code
    with running([sys.executable, "-c", code], port) as process:
        yield port, process


def wait_until_it_answers(
    port: int, path: str = "/", process: subprocess.Popen[bytes] | None = None, patience_s: float = 60
) -> float:
    """Seconds until the path was answered with anything but a fault of the server. Raises TimeoutError."""
    began = time.monotonic()
    while time.monotonic() - began < patience_s:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"The process ended with {process.returncode} before it answered.")
        try:
            line = HTTPConnection("127.0.0.1", port, timeout=patience_s)
            line.request("GET", path)
            if line.getresponse().status < 500:
                return time.monotonic() - began
        except OSError:
            pass
        time.sleep(0.01)
    raise TimeoutError(f"Nothing answered on port {port} for {patience_s:.0f} seconds.")


def memory_kb(pid: int) -> int:
    """PSS of one process in kB: its own pages, and its share of those that it has in common with others."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [pid]
    for child in children.read_text("ascii").split() if children.exists() else ():
        found += family(int(child))
    return found
