"""The supervisor: starts the processes, starts again what dies, and ends them all.

It holds the listening socket, so that a busy port is told before anything else happens, and nobody who connects while
a process starts anew is refused. It loads no room; idle it costs what a bare Python costs.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colonnade.cli import Trouble
from colonnade.cli.up.address import listen
from colonnade.primitives import clock

DRAIN_S = 5.0
START_S = 60.0
STEADY_S = 60.0  # whoever has lived this long starts again without a pause
PAUSES_S = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)


@dataclass
class Child:
    """One process: what it runs, and how it fares."""

    name: str
    arguments: tuple[str, ...]
    passes: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    failures: int = 0
    due: float | None = None  # when it starts again
    ready: Any = None

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Everything that `colonnade up` runs."""

    def __init__(self, home: Path, host: str, port: int, *, split: bool = False, demo: bool = False) -> None:
        self._home = home
        self._demo = demo
        self._split = split
        self._address = listen(host, port)
        self._push = self._address
        if split:
            self._push = listen(host, port + 1 if port else 0)
        self._children = self._planned()
        self._signals, self._rings = socket.socketpair()
        self._stops = 0
        self._hard = False

    def _planned(self) -> list[Child]:
        worker = Child("worker", ("worker",))
        if not self._split:
            number = self._address.listener.fileno()
            return [Child("web", ("live", "--listener", str(number)), (number,)), worker]
        number = self._push.listener.fileno()
        web = ("web", "--host", self._address.host, "--port", str(self._address.port))
        return [Child("live", ("push", "--listener", str(number)), (number,)), Child("web", web), worker]

    # The life

    def run(self) -> int:
        """Prepare, start, look after, end; the exit code. Raises Trouble for what its reader can mend."""
        self._prepare()
        if self._split:
            self._address.listener.close()  # granian opens its own
        self._mind_signals()
        try:
            self._start_all()
            self._look_after()
        finally:
            self._end()
        return 1 if self._hard else 0

    def _prepare(self) -> None:
        """Run the preparation and pass on what it says."""
        arguments = ("prepare", "--demo") if self._demo else ("prepare",)
        process = subprocess.Popen(
            _command(arguments), env=_environment(), stdout=subprocess.PIPE, start_new_session=True
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                told = json.loads(line)
                if "trouble" in told:
                    raise Trouble(told["trouble"])
                if "say" in told:
                    say(told["say"])
                if "step" in told:
                    say_step(told["step"], told["seconds"])
            if process.wait() != 0:
                raise Trouble("The database could not be prepared; the lines above say why.")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def _start_all(self) -> None:
        began = clock.monotonic_s()
        for child in self._children:
            self._start(child)
        self._wait_until(lambda: self._push.answers("/healthz"), "live")
        # Asked through Django, so that its pages are loaded before anybody waits for the first.
        self._wait_until(lambda: self._address.answers("/readyz"), "web")
        say_step("Pages and push", clock.monotonic_s() - began)
        worker = self._children[-1]
        self._wait_until(lambda: bool(select.select([worker.ready], [], [], 0.05)[0]), "worker")
        say_step("Worker", clock.monotonic_s() - began)
        if self._stops:
            return
        where = f"Colonnade is at {self._address}"
        if self._split:
            where += f", push at {self._push}/live"
        say(f"{where}  (Ctrl-C stops it)")

    def _wait_until(self, there: Any, name: str) -> None:
        """Wait for something while looking after signals. Raises Trouble if a child dies or time is over."""
        until = clock.monotonic_s() + START_S
        while not self._stops and not there():
            dead = [child for child in self._children if not child.lives]
            if dead:
                raise Trouble(f"The {dead[0].name} process ended while it started; the lines above say why.")
            if clock.monotonic_s() > until:
                raise Trouble(f"The {name} process did not start within {START_S:.0f} seconds.")
            self._hear(0.02)

    def _look_after(self) -> None:
        while not self._stops:
            now = clock.monotonic_s()
            for child in self._children:
                if child.due is not None and child.due <= now:
                    self._start(child)
                elif child.due is None and not child.lives:
                    self._set_back(child, now)
            waits = [child.due - now for child in self._children if child.due is not None]
            self._hear(max(0.0, min(waits)) if waits else None)

    def _start(self, child: Child) -> None:
        child.due = None
        child.began = clock.monotonic_s()
        arguments, passes = list(child.arguments), list(child.passes)
        told = None
        if child.name == "worker":
            child.ready, told = os.pipe()
            arguments += ["--ready", str(told)]
            passes.append(told)
        child.process = subprocess.Popen(
            _command(arguments),
            env=_environment(),
            pass_fds=passes,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, and ends the others in order
        )
        if told is not None:
            os.close(told)

    def _set_back(self, child: Child, now: float) -> None:
        """A child has died: it starts again, after longer and longer pauses while it keeps dying young."""
        if now - child.began >= STEADY_S:
            child.failures = 0
        pause = PAUSES_S[min(child.failures, len(PAUSES_S) - 1)]
        child.failures += 1
        child.due = now + pause
        assert child.process is not None
        complain(
            f"The {child.name} process ended ({_how(child.process.returncode)}); it starts again in {pause:g} s."
        )

    # Signals

    def _mind_signals(self) -> None:
        self._rings.setblocking(False)
        signal.set_wakeup_fd(self._rings.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._told_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _told_to_stop(self, *_: object) -> None:
        self._stops += 1

    def _hear(self, timeout_s: float | None) -> None:
        """Wait for a signal: to stop, or that a child has died."""
        if select.select([self._signals], [], [], timeout_s)[0]:
            self._signals.recv(4096)

    # The end

    def _end(self) -> None:
        """Ask all to end what they do, then end them: after five seconds, or at once when told a second time."""
        for child in self._children:
            if child.lives and child.process is not None:
                child.process.terminate()
        until = clock.monotonic_s() + DRAIN_S
        while any(child.lives for child in self._children):
            left = until - clock.monotonic_s()
            if left <= 0 or self._stops > 1:
                self._hard = True
                break
            self._hear(min(left, 0.2))
        for child in self._children:
            if child.process is not None:
                if child.lives:
                    child.process.kill()
                child.process.wait()


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "colonnade.cli.up.child", *arguments, "--parent", str(os.getpid())]


def _environment() -> dict[str, str]:
    # glibc keeps an arena of memory for every thread unless told otherwise.
    return {"MALLOC_ARENA_MAX": "2", **os.environ}


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def say(line: str) -> None:
    """A line for whoever started it."""
    print(line, flush=True)


def say_step(name: str, seconds: float) -> None:
    """One step and how long it took, in columns as bin/dev prints them."""
    say(f"{name:<42} {seconds:5.1f} s")


def complain(line: str) -> None:
    """A line about what went wrong."""
    print(line, file=sys.stderr, flush=True)
