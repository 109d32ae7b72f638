"""Processes with the whole program loaded already, forked where a test would otherwise start Python anew.

A nursery loads every room once for each environment, with no connection, thread or loop yet. What it forks is a process
of its own in every other respect: it opens its own connections, has its own descriptors, and dies by real signals. To
start Python and load the rooms takes more than a second of a processor; to fork takes milliseconds. How the program
itself starts is tested where it is started whole (test_cli_up.py, test_main_job.py).
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import types
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 1 << 17
MOST_DESCRIPTORS = 8
_PR_SET_PDEATHSIG = 1
# What differs between two tests and is nothing to a server.
_PASSING = ("PYTEST_CURRENT_TEST", "DJANGO_ALLOW_ASYNC_UNSAFE")

_nurseries: dict[tuple[tuple[str, str], ...], Nursery] = {}


def nursery_for(environment: Mapping[str, str]) -> Nursery:
    """The nursery of this environment, which lives as long as this process."""
    kept = {name: value for name, value in environment.items() if name not in _PASSING}
    key = tuple(sorted(kept.items()))
    if key not in _nurseries:
        _nurseries[key] = Nursery(kept)
        atexit.register(_nurseries[key].close)
    return _nurseries[key]


class Nursery:
    """The process that forks. `start` is to a forked process what `subprocess.Popen` is to a started one."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forked", str(theirs.fileno())],
                cwd=ROOT,
                env=dict(environment),
                pass_fds=[theirs.fileno()],
            )
        self.pid = self._process.pid

    def start(
        self, source: str, *arguments: str, passes: Sequence[int] = (), output: int | None = None
    ) -> Process:
        """A process that runs `source` as `python -c` would, with the descriptors `passes` under the same numbers.

        It says what it has to say where this process says it, or to the descriptor `output`.
        """
        says = (1, 2) if output is None else (output, output)
        told = {"run": source, "arguments": arguments, "passes": list(passes)}
        return Process(self, int(self.ask(told, [*says, *passes])))

    def ask(self, told: Mapping[str, Any], descriptors: Sequence[int] = ()) -> Any:
        """One question and its answer."""
        socket.send_fds(self._line, [json.dumps(told).encode()], list(descriptors))
        answer = self._line.recv(MOST_BYTES)
        if not answer:
            raise RuntimeError("The nursery has ended.")
        return json.loads(answer)

    def close(self) -> None:
        """Let it end, and with it whatever it forked that still lives."""
        self._line.close()
        self._process.wait(30)


class Process:
    """What was forked, with as much of `subprocess.Popen` as tests use."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery = nursery
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, minus the signal where one ended it; None while it lives."""
        return self._ended_within(0.0)

    def wait(self, timeout: float = 60.0) -> int:
        """The exit code once it has ended."""
        code = self._ended_within(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("a forked process", timeout)
        return code

    def send_signal(self, number: int) -> None:
        """Nothing happens to one that has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _ended_within(self, seconds: float) -> int | None:
        if self.returncode is None:
            self.returncode = self._nursery.ask({"wait": self.pid, "seconds": seconds})
        return self.returncode


# --- the nursery itself -------------------------------------------------------------------------------------------------


def main() -> None:
    """Load everything, then fork what is asked for until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    line = socket.socket(fileno=int(sys.argv[1]))
    from colonnade.cli.up import child

    with child.loading():  # what is loaded stays shared with the children
        _load()
    _refuse_to_be_used()
    while True:
        data, descriptors, *_ = socket.recv_fds(line, MOST_BYTES, MOST_DESCRIPTORS)
        if not data:
            return
        told = json.loads(data)
        if "wait" in told:
            answer = _wait(told["wait"], told["seconds"])
        else:
            answer = _fork(told, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        line.send(json.dumps(answer).encode())


def _load() -> None:
    import django

    django.setup()
    from django.urls import get_resolver

    from colonnade.core import events, work, worker  # noqa: F401
    from colonnade.live import pages, server  # noqa: F401
    from colonnade.networks.http import Client

    get_resolver().url_patterns  # noqa: B018  (imports them)
    events.subscribers()
    work.discover()
    Client()  # reads the certificates
    _compile_templates()


def _compile_templates() -> None:
    """Each page's, as the first visitor would have it done."""
    from django.template.loader import get_template

    for path in sorted((ROOT / "colonnade" / "web").rglob("*.html")):
        get_template(str(path.relative_to(ROOT / "colonnade" / "web")))


def _refuse_to_be_used() -> None:
    """What is forked must not share a connection or a lock with anybody."""
    from django.db import connection

    if connection.connection is not None or threading.active_count() != 1:
        raise RuntimeError("The nursery has a connection or a thread already.")


def _wait(pid: int, seconds: float) -> int | None:
    until = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= until:
            return None
        time.sleep(0.002)


def _fork(told: Mapping[str, Any], descriptors: Sequence[int]) -> int:
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        _die_with(parent)
        _take(descriptors, [1, 2, *told["passes"]])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv = ["-c", *told["arguments"]]
        module = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(told["run"], "<forked>", "exec"), vars(module))
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _die_with(parent: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _take(descriptors: Sequence[int], numbers: Sequence[int]) -> None:
    """Put each descriptor under its number; none is in the way of another, nor of what stays open here."""
    beyond = max(*numbers, *descriptors) + 1
    apart = [os.dup2(descriptor, beyond + place) for place, descriptor in enumerate(descriptors)]
    for descriptor in apart:
        os.set_inheritable(descriptor, False)
    for descriptor, number in zip(apart, numbers, strict=True):
        os.dup2(descriptor, number)
        os.close(descriptor)


if __name__ == "__main__":
    main()
