"""Ten thousand open streams: from a post being taken in to the last reader's bytes; memory; slow readers cut.

The publisher is another process and takes a post in as it always is; the live process hears of it from the database.
Beside it, in the same run and with the same readers, an ASGI application that does nothing but write.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

from bench import frame, processes

STREAMS_EACH = 20
GAP_S = 0.6  # more than the least time between two hints to one stream
QUICK_PACE = (
    "Pace(flush_gap_s=0.005, stuck_s=1.0, grace_s=0.5, write_buffer_bytes=2048, socket_buffer_bytes=2048)"
)


def main(argv: list[str]) -> int:
    made = frame.parser("push", posts=0)
    made.add_argument("--streams", type=int, default=10_000)
    made.add_argument("--publishes", type=int, default=50)
    made.add_argument("--clients", type=int, default=4, help="processes that read")
    options = made.parse_args(argv)
    with frame.database(options):
        return frame.report("push", options, _measure(options), reduced=options.streams < 10_000)


def _measure(options: Namespace) -> dict[str, Any]:
    town = _Town(options.streams)
    with processes.live(pages=True) as (port, process):
        ours = _run(options, port, process.pid, town.requests(), b"event: hint", town.publish)
    port = processes.free_port()
    with processes.running([sys.executable, "-m", "bench.bare", str(port)], port) as process:
        plain = [b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n"] * options.streams
        bare = _run(options, port, process.pid, plain, b"event: hint", _Poster(port).publish)
    with processes.live(pages=False, pace=QUICK_PACE) as (port, _):
        slow = _slow(port, town)
    return {
        "goal": {"p50_ms": 150, "p95_ms": 250},
        "streams": options.streams,
        "publishes": options.publishes,
        "product": ours,
        "bare_asgi": bare,
        "ratio_of_p50": round(bare["to_the_last_ms"]["p50"] / ours["to_the_last_ms"]["p50"], 3),
        "slow_readers": slow,
    }


class _Town:
    """Those who read, and a place that everybody may."""

    def __init__(self, streams: int) -> None:
        from colonnade.core.db import act
        from colonnade.people import actions as people
        from colonnade.people.models import Role
        from colonnade.places import actions as places

        self._streams = streams
        with act():
            count = -(-streams // STREAMS_EACH)
            self._people = [people.meet(f"Reader {n}", role=Role.MEMBER) for n in range(count)]
            self._place = places.open_space("Harbour")
        self._said = time.time_ns()

    def requests(self) -> list[bytes]:
        """A request for each stream, with a token sealed at this moment (it lives for five minutes)."""
        from colonnade.core.push import tokens
        from colonnade.people.queries import viewer_for

        asked = []
        for person in self._people:
            viewer = viewer_for(person)
            cookie = tokens.seal(viewer.principal, viewer.epoch, viewer.audiences, f"s{person.pk}")
            told = f"GET /live?all=1 HTTP/1.1\r\nHost: x\r\nCookie: {tokens.COOKIE}={cookie}\r\n\r\n"
            asked += [told.encode()] * STREAMS_EACH
        return asked[: self._streams]

    def publish(self) -> None:
        """One post comes in."""
        from colonnade.conversations.actions import receive
        from colonnade.core import events
        from colonnade.networks import base

        self._said += 1
        author = base.Author(network="pretend", address="river.watch")
        post = base.Post(uri=f"push:{self._said}", author=author, text="The ferry is late")
        receive(self._place, [base.Item(raw=b"{}", read=(post,))])
        events.stamp()  # what the worker does all the time; nothing on SQLite


class _Poster:
    def __init__(self, port: int) -> None:
        self._port = port

    def publish(self) -> None:
        """The same number of bytes to each stream."""
        line = HTTPConnection("127.0.0.1", self._port, timeout=60)
        line.request("POST", "/", body=b"id: " + b"x" * 60 + b"\nevent: hint\ndata: " + b"y" * 60 + b"\n\n")
        line.getresponse().read()
        line.close()


def _run(
    options: Namespace,
    port: int,
    pid: int,
    requests: Sequence[bytes],
    mark: bytes,
    publish: Callable[[], None],
) -> dict[str, Any]:
    before = processes.memory_kb(pid)
    with _readers(port, requests, mark, options.clients) as (told, _):
        with_streams = processes.memory_kb(pid)
        began = []
        publish()  # the first of its kind loads and plans
        time.sleep(2 * GAP_S)
        for _ in range(options.publishes):
            began.append(time.monotonic())
            publish()
            time.sleep(GAP_S)
        time.sleep(2)
        after = processes.memory_kb(pid)
    return _figures(told, began, len(requests)) | {
        "kb_a_stream": round((with_streams - before) / len(requests), 1),
        "kb_a_stream_after": round((after - before) / len(requests), 1),
    }


def _figures(told: list[dict[str, Any]], began: list[float], streams: int) -> dict[str, Any]:
    counts = [sum(one["counts"][n] for one in told) for n in range(min(len(one["counts"]) for one in told))]
    to_last = [
        (max(one["last"][n + 1] for one in told) - start) * 1000
        for n, start in enumerate(began)
        if n + 1 < len(counts)
    ]
    to_first = [
        (min(one["first"][n + 1] for one in told) - start) * 1000
        for n, start in enumerate(began)
        if n + 1 < len(counts)
    ]
    return {
        "to_the_last_ms": frame.percentiles(to_last),
        "to_the_first_ms": frame.percentiles(to_first),
        "heard_by_all": sum(count == streams for count in counts[1:]),
        "opening_s": round(max(one["opened_s"] for one in told), 2),
        "lost": sum(one["lost"] for one in told),
        "refused": sum(one["refused"] for one in told),
    }


def _slow(port: int, town: _Town) -> dict[str, Any]:
    """Twenty that never read among four hundred that do, with small buffers and no rest between hints."""
    streams, slow = 400, 20
    began: list[float] = []
    with _readers(port, town.requests()[:streams], b"event: hint", 1, slow=slow) as (told, _):
        until = time.monotonic() + 30
        while time.monotonic() < until and len(began) < 600:
            began.append(time.monotonic())
            town.publish()
            time.sleep(0.02)
        time.sleep(3)
    return {
        "readers": streams,
        "slow": slow,
        "slow_cut": told[0]["slow_cut"],
        "others_lost": told[0]["lost"],
        "publishes": len(began),
    }


@contextmanager
def _readers(
    port: int, requests: Sequence[bytes], mark: bytes, count: int, slow: int = 0
) -> Iterator[tuple[list[dict[str, Any]], list[subprocess.Popen[str]]]]:
    """Processes that read all these streams; what they saw is in the list once the block has ended."""
    told: list[dict[str, Any]] = []
    children = []
    for number in range(count):
        child = subprocess.Popen(
            [sys.executable, "-m", "bench.listeners"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        mine = [request.decode("latin-1") for request in requests[number::count]]
        asked = {"host": "127.0.0.1", "port": port, "requests": mine, "mark": mark.decode(), "slow": slow}
        assert child.stdin is not None
        child.stdin.write(json.dumps(asked) + "\n")
        child.stdin.flush()
        children.append(child)
    try:
        for child in children:
            assert child.stdout is not None
            if child.stdout.readline() != "open\n":
                raise RuntimeError("A process of readers did not open its streams.")
        yield told, children
        told += [json.loads(child.communicate("stop\n", timeout=60)[0]) for child in children]
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
                child.wait()
