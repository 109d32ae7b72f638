"""Many readers of streams in one process: raw sockets on one event loop. Started by `push`, one process a core or two.

Standard input: one line of JSON {"host", "port", "requests": [...], "mark", "slow"}, later "stop". Standard output:
"open" once every stream has said something, at the end one line of JSON with, for each event, how many readers had it
and when the last of them did (seconds of the monotonic clock, which all processes of a machine share).
"""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import sys
import time
from typing import Any

AT_ONCE = 200


class Reader(asyncio.Protocol):
    """One stream. `seen` counts its events; the times are kept together for all."""

    def __init__(self, request: bytes, mark: bytes, tally: Tally) -> None:
        self._request, self._mark, self._tally = request, mark, tally
        self._seen = 0
        self._rest = b""
        self._greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        data = self._rest + data
        if not self._greeted and b"\r\n\r\n" in data:
            self._greeted = True
            self._tally.open(data.startswith(b"HTTP/1.1 200"))
        for _ in range(data.count(self._mark)):
            self._tally.note(self._seen, at)
            self._seen += 1
        self._rest = data[data.rfind(b"\n") + 1 :]

    def connection_lost(self, exc: Exception | None) -> None:
        self._tally.lost += 1


class Tally:
    """What all readers of this process have had."""

    def __init__(self, expected: int) -> None:
        self.counts: list[int] = []
        self.last: list[float] = []
        self.first: list[float] = []
        self.lost = self.refused = 0
        self._expected = expected
        self.all_open = asyncio.Event()

    def open(self, accepted: bool) -> None:
        self.refused += not accepted
        self._expected -= 1
        if self._expected == 0:
            self.all_open.set()

    def note(self, number: int, at: float) -> None:
        if number == len(self.counts):
            self.counts.append(0)
            self.first.append(at)
            self.last.append(at)
        self.counts[number] += 1
        self.last[number] = at


async def _run(asked: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    requests = [request.encode("latin-1") for request in asked["requests"]]
    tally = Tally(len(requests))
    mark = asked["mark"].encode()
    began = time.monotonic()
    for at in range(0, len(requests), AT_ONCE):
        await asyncio.gather(
            *(
                loop.create_connection(
                    lambda request=request: Reader(request, mark, tally),  # type: ignore[misc]
                    asked["host"],
                    asked["port"],
                )
                for request in requests[at : at + AT_ONCE]
            )
        )
    await asyncio.wait_for(tally.all_open.wait(), 120)
    slow = [_slow(asked, requests[0]) for _ in range(asked.get("slow", 0))]
    opened_s = time.monotonic() - began
    sys.stdout.write("open\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.readline)
    lost = tally.lost
    return {
        "counts": tally.counts,
        "last": tally.last,
        "first": tally.first,
        "lost": lost,
        "refused": tally.refused,
        "opened_s": opened_s,
        "slow_cut": sum(_was_cut(one) for one in slow),
    }


def _slow(asked: dict[str, Any], request: bytes) -> socket.socket:
    """A reader that never reads."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    line.connect((asked["host"], asked["port"]))
    line.sendall(request)
    return line


def _was_cut(line: socket.socket) -> bool:
    """Whether the other side hung up, after all that had come is read away."""
    line.settimeout(0.2)
    try:
        while line.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def main() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asked = json.loads(sys.stdin.readline())
    sys.stdout.write(json.dumps(asyncio.run(_run(asked))) + "\n")


if __name__ == "__main__":
    main()
