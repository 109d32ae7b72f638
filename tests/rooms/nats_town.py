"""Debian's nats-server on a free port of loopback, with a folder of its own, for as long as a test lasts."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def nats_server(folder: Path) -> Iterator[str]:
    """Its address; skips the test where the program is not installed."""
    program = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("nats-server is not installed: apt-get install nats-server")
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = line.getsockname()[1]
    command = [program, "-js", "-sd", str(folder), "-a", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        assert server.stderr is not None
        for line_said in server.stderr:
            if b"Server is ready" in line_said:
                break
        yield f"nats://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=20)
