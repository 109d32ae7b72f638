"""Running the `colonnade` command as a process, as an operator does."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
MAIN = "import sys; from colonnade.cli import main; sys.exit(main())"


def environment(home: Path, **more: str) -> dict[str, str]:
    """A clean environment on a home folder: SQLite, and nothing of what this test run is set to."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COLONNADE_")}
    path = os.pathsep.join(filter(None, [str(CHECKOUT), kept.get("PYTHONPATH", "")]))
    return {**kept, "PYTHONPATH": path, "COLONNADE_HOME": str(home), **more}


def colonnade(
    env: dict[str, str], *arguments: str, stdin: str = "", check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run one verb to its end."""
    ran = subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        env=env,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if check:
        assert ran.returncode == 0, ran.stderr
    return ran


def refused(ran: subprocess.CompletedProcess[str]) -> str:
    """The one sentence with which a verb refused."""
    assert ran.returncode not in (0, None), ran.stdout
    assert "Traceback" not in ran.stderr, ran.stderr
    lines = ran.stderr.strip().splitlines()
    assert len(lines) == 1, ran.stderr
    return lines[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`colonnade up` as a process."""

    def __init__(self, env: dict[str, str], *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", MAIN, "up", *arguments],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self.port = 0

    def up(self) -> Server:
        """This server, once it has said where it is."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if line.startswith("Colonnade is at "):
                self.port = int(line.split()[3].rstrip(",").rpartition(":")[2])
                return self
        assert self.process.stderr is not None
        raise AssertionError(self.process.stderr.read())

    @property
    def children(self) -> list[int]:
        """The processes below it, theirs included."""
        found = [self.process.pid]
        for pid in found:
            listing = Path(f"/proc/{pid}/task/{pid}/children")
            if listing.exists():
                found += map(int, listing.read_text().split())
        return found[1:]

    def child(self, kind: str, *, other_than: int = 0) -> int:
        """The process of one kind (`live`, `worker`, `web`, `push`), waited for while it starts again."""
        while True:
            for pid in self.children:
                if pid != other_than and f"\0{kind}\0" in Path(f"/proc/{pid}/cmdline").read_text():
                    return pid
            time.sleep(0.01)

    def get(self, path: str, port: int = 0) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGINT) -> int:
        """Its exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def close(self) -> None:
        if self.process.poll() is None:
            below = self.children
            self.process.kill()
            self.process.wait(10)
            for pid in below:
                wait_until_gone(pid)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def is_alive(pid: int) -> bool:
    """Whether a process runs (one that ended and was not yet buried does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process, whatever time this machine takes; the runner's own limit ends a hang."""
    while is_alive(pid):
        time.sleep(0.01)
