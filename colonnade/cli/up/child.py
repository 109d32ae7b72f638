"""What the supervisor's children run: `python -m colonnade.cli.up.child KIND …`.

A child never outlives its supervisor: the kernel kills it when that process ends, however it ends.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PR_SET_PDEATHSIG = 1
_LOOK_S = 1.0
_RUBBISH = (10_000, 20, 50)


def main() -> int:
    """Run one child until it is told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("live", "push", "web", "worker", "prepare"))
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--listener", type=int, default=-1)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ready", type=int, default=-1)
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args()
    die_with(options.parent)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colonnade.config.settings")
    if options.kind == "prepare":
        from colonnade.cli.up import preparing

        return preparing.report(demo=options.demo)
    if options.kind == "worker":
        return _work(options.ready)
    if options.kind == "web":
        from colonnade.cli.up import pages

        return pages.serve(options.host, options.port)
    return _serve(options.listener, with_pages=options.kind == "live")


def die_with(parent: int) -> None:
    """Be killed when the process `parent` ends; at once, if it has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _watch(parent: int) -> None:
    """Where the kernel does not tell: look once a second."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGKILL)


def say_ready(descriptor: int) -> None:
    """Tell the supervisor, which waits at the other end of a pipe."""
    if descriptor >= 0:
        os.write(descriptor, b"ready\n")
        os.close(descriptor)


@contextmanager
def loading() -> Iterator[None]:
    """Around the loading of rooms, all of which stay: to look through them for rubbish costs a seventh of a start.

    Afterwards it is looked for less often than Python does by itself: a page, or a batch of posts, makes thousands of
    things that all go when it is done.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*_RUBBISH)
        gc.enable()


def _serve(listener: int, *, with_pages: bool) -> int:
    with loading():
        from colonnade.live import server

        if with_pages:
            _load_pages()
    server.run(pages=with_pages, listener=socket.socket(fileno=listener))
    return 0


def _load_pages() -> None:
    """Every address of both doors, before anybody asks for one."""
    import django
    from django.urls import get_resolver

    django.setup()
    get_resolver().url_patterns  # noqa: B018  (imports them)


def _work(ready: int) -> int:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    import django

    with loading():
        django.setup()
        from colonnade.core import worker

    say_ready(ready)
    worker.run(stop, f"{socket.gethostname()} worker")
    return 0


if __name__ == "__main__":
    sys.exit(main())
