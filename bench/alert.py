"""From a post's arrival to its alert: its row, the notice, and what three pages show painted.

A whole server as `colonnade up` starts it reads a stream over a WebSocket on loopback, in which other things are said all the
time. Each episode is of a watch of its own, of which two posts a day were heard for four weeks. All but a few of the posts
that make it unusual come at once, the rest one by one as people write, so that every page has just looked; the moment of
arrival is that at which the stream sends the post that tips it, as the alert itself counts them.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import chromium, frame, two_browsers

GOAL_MS = 1000
DAYS, A_DAY = 28, 2
BEFORE_THE_LAST, GAP_S, PATIENCE_S = 3, 0.35, 20
REST_MS = 1500
PAGES = {
    "alerts": ("/listen/alerts", ".alert-lines"),
    "today": ("/today", "#unusual"),
    "notices": ("/notices", "li.notice"),
}


def main(argv: list[str]) -> int:
    made = frame.parser("alert", posts=0)
    made.add_argument("--episodes", type=int, default=24)
    made.add_argument("--besides", type=float, default=20, help="other posts a second in the stream")
    options = made.parse_args(argv)
    # Playwright keeps an event loop in this thread; the database is only ever asked between its steps.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    os.environ["COLONNADE_ALLOW_PRIVATE_HOSTS"] = "127.0.0.1"
    with frame.database(options) as home:
        figures = _measure(options, home)
        return frame.report("alert", options, figures, reduced=options.episodes < 20)


def _measure(options: Namespace, home: Path) -> dict[str, Any]:
    from colonnade.places import actions as places
    from tests.world import World

    world = World.make()
    watches = _with_a_past(world, options)
    with _stream(options) as stream:
        places.add_source("jetstream", f"ws://127.0.0.1:{stream.port}/subscribe", name="Harbour")
        with two_browsers.up(home) as port, chromium.opened() as opened:
            pages = _pages(world, f"http://127.0.0.1:{port}", opened)
            stream.read_by_somebody()
            told = [_episode(stream, watch, pages) for watch in watches]
    told = told[1:]  # the first of its kind loads and plans
    return {
        "goal": {"p95_ms": GOAL_MS},
        "episodes": len(told),
        "posts_to_tip": frame.percentiles([one.posts for one in told]),
        "other_posts_a_second": options.besides,
        "to_the_row_ms": frame.percentiles([one.row for one in told]),
        "to_the_notice_ms": frame.percentiles([one.notice for one in told]),
        "to_painted_ms": {
            name: frame.percentiles([at for one in told if (at := one.painted[name]) is not None])
            for name in PAGES
        },
        "not_painted": sum(at is None for one in told for at in one.painted.values()),
    }


# --- before -----------------------------------------------------------------------------------------------------------


def _with_a_past(world: Any, options: Namespace) -> list[Any]:
    """Watches of which something was heard for four weeks, and whose pulse knows it."""
    from colonnade.conversations.actions import receive
    from colonnade.insight.models import Pulse
    from colonnade.listening import actions as listening
    from colonnade.networks import base

    made, now = random.Random(options.seed), datetime.now(UTC)
    watches = [
        listening.add_watch(f"Quay {number}", f"quay{number}", by=world.ana)
        for number in range(options.episodes + 1)
    ]
    for number, _ in enumerate(watches):
        items = []
        for at in range(DAYS * A_DAY):
            back = timedelta(days=(at + made.random()) / A_DAY, hours=1)
            author = base.Author(network="pretend", address=f"walker{made.randrange(40)}")
            said = base.Post(
                uri=f"past:{number}:{at}",
                author=author,
                text=f"Fog at quay{number} again",
                published=now - back,
            )
            items.append(base.Item(raw=b"{}", read=(said,)))
        receive(world.wire, items)
    until = time.monotonic() + 120
    while Pulse.objects.count() < len(watches):
        if time.monotonic() > until:
            raise RuntimeError("The pulses of the watches were not learned.")
        _work_off()
        time.sleep(0.5)  # a pulse is learned a second after it is asked for
    return watches


def _work_off() -> None:
    """What the worker does all the time."""
    from colonnade.core import events
    from colonnade.core.work import run_due

    events.stamp()
    while events.pump() or run_due():
        events.stamp()


def _pages(world: Any, home: str, opened: Any) -> dict[str, Any]:
    """A window of Ana's for each place where an alert shows, in a browser of its own."""
    found = {}
    for name, (address, _) in PAGES.items():
        page = two_browsers.page_of(world.ana, home, opened)
        page.goto(home + address)
        found[name] = page
    return found


# --- an episode -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """How many posts tipped it, and how many milliseconds later it stood where."""

    posts: int
    row: float
    notice: float
    painted: dict[str, float | None]


def _episode(stream: _Stream, watch: Any, pages: dict[str, Any]) -> _Told:
    from colonnade.core.db import act
    from colonnade.insight.models import Alert, Pulse
    from colonnade.workspace.models import Notice

    words = watch.query
    for name, page in pages.items():
        page.evaluate("([where, words]) => watchFor(where, words)", [PAGES[name][1], watch.name])
        page.wait_for_timeout(REST_MS / len(pages))
    bar = Pulse.objects.get(watch=watch).state["bar"]
    sent = [stream.say(f"Flood at {words}!") for _ in range(max(1, bar - BEFORE_THE_LAST))]
    until, next_at = time.time() + PATIENCE_S, time.time() + 3 * GAP_S
    while (alert := Alert.objects.filter(watch=watch).first()) is None:
        if time.time() > until:
            raise RuntimeError(f"{watch.name}: no alert after {len(sent)} posts.")
        if time.time() >= next_at:
            sent.append(stream.say(f"Flood at {words}!"))
            next_at = time.time() + GAP_S
        time.sleep(0.005)
    row = time.time()
    while not Notice.objects.filter(alert=alert).exists():
        time.sleep(0.005)
    notice = time.time()
    arrived = sent[alert.posts - 1]
    painted = {name: _painted(page, arrived) for name, page in pages.items()}
    with act():
        Alert.objects.filter(pk=alert.pk).update(state="over", over_at=datetime.now(UTC))
    return _Told(alert.posts, (row - arrived) * 1000, (notice - arrived) * 1000, painted)


def _painted(page: Any, arrived: float) -> float | None:
    """Milliseconds from a moment to the second frame that holds the words; None where they do not come."""
    until = time.time() + PATIENCE_S + 10
    while time.time() < until:
        if seen := page.evaluate("window.seenAt > 0 && window.seenAt"):
            return float(seen) - arrived * 1000
        page.wait_for_timeout(20)
    return None


# --- the stream -------------------------------------------------------------------------------------------------------


@dataclass
class _Stream:
    """A Jetstream server of one reader, who hears what is said."""

    port: int = 0
    lines: list[Any] = field(default_factory=list)
    _said: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _there: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def serve(self, line: Any) -> None:
        """One connection, until all is over."""
        with self._turn:
            self.lines[:] = [line]
        self._there.set()
        self.over.wait()

    def read_by_somebody(self) -> None:
        """Wait until the worker has come."""
        if not self._there.wait(60):
            raise RuntimeError("Nobody reads the stream.")

    def say(self, text: str) -> float:
        """Say something; the moment at which it was sent (s since 1970)."""
        with self._turn:
            self._said += 1
            now = time.time()
            record = {
                "$type": "app.bsky.feed.post",
                "text": text,
                "createdAt": datetime.fromtimestamp(now, UTC).isoformat(),
                "langs": ["en"],
            }
            commit = {
                "rev": f"rev{self._said}",
                "operation": "create",
                "collection": "app.bsky.feed.post",
                "rkey": f"3m{self._said:011d}",
                "record": record,
                "cid": "bafyreih22okgdungwln2lwqt2kd4dd2ynzx3fyy3yefh5koocpizlngqfq",
            }
            event = {
                "did": f"did:plc:{self._said % 50:024d}",
                "time_us": int(now * 1e6),
                "kind": "commit",
                "commit": commit,
            }
            for line in self.lines:
                line.send(json.dumps(event))
            return now


@contextmanager
def _stream(options: Namespace) -> Iterator[_Stream]:
    """A stream on loopback in which somebody always says something."""
    from websockets.sync.server import serve

    stream = _Stream()
    with serve(stream.serve, "127.0.0.1", 0) as server:
        stream.port = server.socket.getsockname()[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        threading.Thread(target=_besides, args=(stream, options), daemon=True).start()
        try:
            yield stream
        finally:
            stream.over.set()
            server.shutdown()


def _besides(stream: _Stream, options: Namespace) -> None:
    """What nobody asked for."""
    from websockets.exceptions import ConnectionClosed

    made = random.Random(options.seed)
    while options.besides and not stream.over.wait(made.expovariate(options.besides)):
        with suppress(ConnectionClosed):  # the worker has ended
            stream.say(f"Good morning to you {made.randrange(10_000)}")
