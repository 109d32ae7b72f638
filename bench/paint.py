"""From a post that is taken in to its being painted: ten real browsers, and forty clients that fetch as browsers do.

A client holds a stream and asks at each hint for what has come since, as the column of a page does; it is done when it has
read the answer. A browser is done in the frame after the post stands in its page. What counts is the last of all fifty.
"""

from __future__ import annotations

import os
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

from bench import chromium, frame, processes

BACKEND = "colonnade.web.signing_in.Backend"
GAP_MS = 1500
COLUMN = "/columns/posts?all=1"
WATCH = """() => {
  window.painted = {};
  const note = (id) => requestAnimationFrame(() => requestAnimationFrame(() => {
    window.painted[id] ??= performance.timeOrigin + performance.now();
  }));
  new MutationObserver(() => {
    for (const post of document.querySelectorAll('[data-post]')) note(post.dataset.post);
  }).observe(document.documentElement, { subtree: true, childList: true });
}"""


def main(argv: list[str]) -> int:
    made = frame.parser("paint", posts=0)
    made.add_argument("--publishes", type=int, default=30)
    made.add_argument("--browsers", type=int, default=10, help="real ones")
    made.add_argument("--clients", type=int, default=40, help="that fetch")
    options = made.parse_args(argv)
    # Playwright keeps an event loop in this thread; the database is only ever asked between its steps.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with frame.database(options):
        reduced = options.browsers < 10 or options.clients < 40
        return frame.report("paint", options, _measure(options), reduced=reduced)


def _measure(options: Namespace) -> dict[str, Any]:
    town = _Town(options.browsers + options.clients)
    with processes.live(pages=True) as (port, _):
        cookies = town.cookies(port)
        clients = [_Fetcher(port, cookie) for cookie in cookies[options.browsers :]]
        with _browsers(port, cookies[: options.browsers]) as pages:
            for one in clients:
                one.start()
            pages[0].wait_for_timeout(2 * GAP_MS)
            town.publish()  # the first of its kind loads and plans
            pages[0].wait_for_timeout(GAP_MS)
            rounds = [_round(town, clients, pages) for _ in range(options.publishes)]
        for one in clients:
            one.stop()
    return {
        "goal": {"last_ms": 500},
        "browsers": options.browsers,
        "clients": options.clients,
        "publishes": len(rounds),
        "browsers_painted_ms": frame.percentiles([took for browsers, _ in rounds for took in browsers]),
        "clients_fetched_ms": frame.percentiles([took for _, fetched in rounds for took in fetched]),
        "to_the_last_ms": frame.percentiles([max(browsers + fetched) for browsers, fetched in rounds]),
        "missed": sum(
            options.browsers + options.clients - len(browsers) - len(fetched) for browsers, fetched in rounds
        ),
    }


def _round(town: _Town, clients: list[_Fetcher], pages: list[Any]) -> tuple[list[float], list[float]]:
    """Milliseconds until one post was painted in each browser, and fetched by each client."""
    began = time.time()
    post = str(town.publish())
    pages[0].wait_for_timeout(GAP_MS)
    painted = [page.evaluate("id => window.painted[id] ?? 0", post) for page in pages]
    fetched = [at for one in clients if (at := one.fetched.get(post))]
    return [at - began * 1000 for at in painted if at], [(at - began) * 1000 for at in fetched]


class _Town:
    """People of staff, each with a column of everything, and a place that everybody may read."""

    def __init__(self, readers: int) -> None:
        from colonnade.core.db import act
        from colonnade.people import actions as people
        from colonnade.people.models import Role
        from colonnade.places import actions as places
        from colonnade.workspace import actions as workspace

        with act():
            staff = [people.meet(f"Reader {n}", role=Role.MEMBER) for n in range(readers)]
            self._sign_ins = [
                people.give_sign_in(one, f"reader{n}@portalder.example", "the ferry leaves at nine")
                for n, one in enumerate(staff)
            ]
            self._place = places.open_space("Harbour")
            for one in staff:
                workspace.add_column(one, "all")
        self._said = time.time_ns()

    def cookies(self, port: int) -> list[str]:
        """What the browser of each brings: a session, and the token for the stream that the page came with."""
        from django.test import Client

        told = []
        for one in self._sign_ins:
            client = Client()
            client.force_login(one, backend=BACKEND)
            client.get("/columns", headers={"host": f"127.0.0.1:{port}"})
            told.append("; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()))
        return told

    def publish(self) -> int:
        """One post comes in; its id."""
        from colonnade.conversations.actions import receive
        from colonnade.core import events
        from colonnade.networks import base

        self._said += 1
        author = base.Author(network="pretend", address="river.watch")
        post = base.Post(uri=f"paint:{self._said}", author=author, text="The ferry is late")
        done = receive(self._place, [base.Item(raw=b"{}", read=(post,))])
        events.stamp()  # what the worker does all the time; nothing on SQLite
        return done.posts[0]


class _Fetcher:
    """One client: a stream, and a fetch of the column at each hint."""

    def __init__(self, port: int, cookie: str) -> None:
        self.fetched: dict[str, float] = {}
        self._port, self._headers = port, {"Cookie": cookie}
        self._stream = HTTPConnection("127.0.0.1", port, timeout=120)
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def start(self) -> None:
        self._stream.request("GET", "/live?all=1", headers=self._headers)
        self._answer = self._stream.getresponse()
        if self._answer.status != 200:
            raise RuntimeError(f"/live answered {self._answer.status}")
        self._thread.start()

    def _listen(self) -> None:
        line = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            cursor = self._fetch(line, "")
            while row := self._answer.readline():
                if row.startswith(b"event: hint"):
                    cursor = self._fetch(line, f"&after={quote(cursor)}")
        except (OSError, ValueError, AttributeError):
            return  # the stream was closed at the end of the run

    def _fetch(self, line: HTTPConnection, more: str) -> str:
        """Note the posts of an answer, and give its cursor."""
        line.request("GET", COLUMN + more, headers=self._headers)
        body = line.getresponse().read().decode()
        now = time.time()
        for part in body.split('data-post="')[1:]:
            self.fetched.setdefault(part.partition('"')[0], now)
        return body.partition('data-cursor="')[2].partition('"')[0]

    def stop(self) -> None:
        if self._stream.sock:
            self._stream.sock.close()


@contextmanager
def _browsers(port: int, cookies: list[str]) -> Iterator[list[Any]]:
    """Windows of Debian's chromium, each with a profile of its own, that show the columns."""
    home = f"http://127.0.0.1:{port}"
    with chromium.opened() as browser:
        pages = []
        for cookie in cookies:
            context = browser.new_context()
            pairs = [one.partition("=") for one in cookie.split("; ")]
            context.add_cookies([{"name": name, "value": value, "url": home} for name, _, value in pairs])
            page = context.new_page()
            page.goto(f"{home}/columns")
            page.evaluate(WATCH)
            pages.append(page)
        yield pages
