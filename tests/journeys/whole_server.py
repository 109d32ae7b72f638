"""A whole Colonnade as an operator runs it, and the loopback world around it: a feed, a database, a program."""

from __future__ import annotations

import http.client
import http.server
import json
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.doors.commands import Server, colonnade, environment, is_alive
from tests.rooms.feed_town import item, rss

T = TypeVar("T")
PATIENCE_S = 120.0


def until(look: Callable[[], T], what: str) -> T:
    """What `look` gives once it is something; long waits fail with `what` did not come. It measures nothing."""
    last = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < last, f"{what} did not come: {found!r}"
        time.sleep(0.1)
    return found


@contextmanager
def fresh_database() -> Iterator[dict[str, str]]:
    """The setting for an empty database on the same engine as this test run's, dropped afterwards."""
    address = os.environ.get("COLONNADE_DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield {}  # a file in the home folder
        return
    import psycopg

    name = f"journey_{secrets.token_hex(6)}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            # Not `_replace(…).geturl()`, which loses the slashes of an address without a host.
            head, _, query = address.partition("?")
            head = head[: head.index("://") + 3] + urlsplit(head).netloc + f"/{name}"
            yield {"COLONNADE_DATABASE_URL": f"{head}?{query}" if query else head}
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def feed_of(*titles: str) -> Iterator[str]:
    """The address of a feed with an entry for each title."""
    today = formatdate(usegmt=True)
    entries = [item(f"harbour-{n}", title=title, pubDate=today) for n, title in enumerate(titles)]
    document = rss(*entries)

    class Harbour(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Harbour) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/harbour.rss"
        finally:
            server.shutdown()


class Program:
    """A program outside, with a token, that speaks real HTTP to the API."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token

    def get(self, path: str) -> Any:
        """Read something."""
        return self._ask("GET", path)

    def post(self, path: str, **body: Any) -> Any:
        """Do something."""
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_S)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            connection.request(
                method, f"/rest{path}", None if body is None else json.dumps(body), headers=headers
            )
            answer = connection.getresponse()
            said = answer.read()
            assert 200 <= answer.status < 300, f"{method} {path}: {answer.status} {said!r}"
            return json.loads(said) if said else None
        finally:
            connection.close()


class Whole:
    """`colonnade up`, its verbs and its processes."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self._server = Server(env, "--port", "0")

    def up(self) -> Whole:
        """This server, once it has said where it is."""
        self._server.up()
        return self

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def make_owner(self, email: str, password: str, name: str) -> None:
        """By the command, as an operator does."""
        arguments = ("owner", "--email", email, "--name", name, "--password-stdin")
        colonnade(self._env, *arguments, stdin=f"{password}\n")

    def program_of(self, email: str, *permissions: str) -> Program:
        """A program with a token that the command made."""
        wanted = [word for one in permissions for word in ("--permission", one)]
        made = colonnade(self._env, "token", "--email", email, *wanted)
        return Program(self._server.port, made.stdout.strip())

    def cut_worker(self) -> None:
        """kill -9 of the worker; returns when it is gone and the supervisor has started another one."""
        before = self._server.child("worker")
        os.kill(before, signal.SIGKILL)
        until(lambda: not is_alive(before), "the end of the worker")
        until(lambda: self._worker() not in (None, before), "another worker")

    def _worker(self) -> int | None:
        try:
            return self._server.child("worker")
        except (StopIteration, FileNotFoundError, ProcessLookupError):
            return None  # none at this moment, or one that ended while it was looked at

    def stop(self) -> int:
        """The exit code after Ctrl-C."""
        return self._server.stop()

    def close(self) -> str:
        """End it if it still runs; what its processes complained about."""
        process = self._server.process
        complaints = ""
        if process.poll() is None:
            below = self._server.children
            process.kill()
            process.wait(10)
            until(lambda: not any(map(is_alive, below)), "the end of all processes")
        if process.stderr is not None and not process.stderr.closed:
            complaints = process.stderr.read()
        self._server.close()
        return complaints


@contextmanager
def whole_server(home: Path, *allowed: str) -> Iterator[Whole]:
    """`colonnade up` on a new home and a new database, which may fetch from the loopback hosts `allowed`."""
    with fresh_database() as database:
        env = environment(home, COLONNADE_ALLOW_PRIVATE_HOSTS=",".join(allowed), **database)
        server = Whole(env)
        try:
            yield server.up()
        except BaseException as fault:
            fault.add_note(f"The server said:\n{server.close()[-8000:]}")
            raise
        finally:
            server.close()
