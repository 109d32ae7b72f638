"""A process with the whole program loaded and no connection, thread or loop yet: it forks the children that are killed.

Run as `python -m tests.faults.zygote` for episodes; others `serve` what they run. Each line of standard input is a list of specifications; it forks a child for
each, all at once, waits for them, and answers with one line: how each ended (a signal, or the exit code).
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import django

LONGEST_S = 120.0


def main() -> None:
    """Answer with episodes until standard input ends."""
    if "faketime" in os.environ.get("LD_PRELOAD", ""):
        # Debian's libfaketime 0.9.10 answers Python's way of sleeping (clock_nanosleep until a moment) with EINVAL.
        time.sleep = lambda seconds: (select.select([], [], [], float(seconds)), None)[1]
    django.setup()
    from colonnade.core import events, work
    from colonnade.networks import registry
    from colonnade.networks.http import Client
    from tests.faults import episode

    events.subscribers()
    work.discover()
    registry.capabilities_of("pretend")
    Client()  # reads the certificates
    serve(episode.run)


def serve(run: Callable[[dict[str, Any]], None]) -> None:
    """Run each specification of each line in a child of its own, until standard input ends."""
    _refuse_to_be_used()
    gc.collect()
    gc.freeze()  # what is loaded stays shared with the children
    for line in sys.stdin:
        children = [_fork(run, spec) for spec in json.loads(line)]
        print(json.dumps([_wait_for(child) for child in children]), flush=True)


def _refuse_to_be_used() -> None:
    """What is forked must not share a connection or a lock with anybody."""
    from django.db import connection

    if connection.connection is not None or threading.active_count() != 1:
        raise RuntimeError("The zygote has a connection or a thread already.")


def _fork(run: Callable[[dict[str, Any]], None], spec: dict[str, Any]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setsid()
        _write_output_to(spec["trace"])
        run(spec)
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _write_output_to(path: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)


def _wait_for(child: int) -> dict[str, int]:
    until = time.monotonic() + LONGEST_S
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            break
        if time.monotonic() > until:
            os.kill(child, signal.SIGTERM)
            _, status = os.waitpid(child, 0)
            break
        time.sleep(0.002)
    if os.WIFSIGNALED(status):
        return {"pid": child, "signal": os.WTERMSIG(status), "code": 0}
    return {"pid": child, "signal": 0, "code": os.WEXITSTATUS(status)}


if __name__ == "__main__":
    main()
