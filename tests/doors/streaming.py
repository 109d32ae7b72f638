"""Reading server-sent events as a browser does, and the push door as a process of its own."""

from __future__ import annotations

import http.client
import json
import signal
import socket
from dataclasses import dataclass, field
from typing import Any

from tests.forked import nursery_for

_START = """
import json, socket, sys
from colonnade.live.pace import Pace
from colonnade.live.server import run
pace = Pace(**json.loads(sys.argv[2]))
run(pages=sys.argv[3] == "pages", pace=pace, listener=socket.socket(fileno=int(sys.argv[1])))
"""


@dataclass
class Said:
    """One event of a stream."""

    kind: str
    data: str
    id: str

    @property
    def hints(self) -> list[dict[str, str | None]]:
        read: dict[str, Any] = json.loads(self.data)
        parts: list[dict[str, str | None]] = read.get("parts", [read])
        return parts


@dataclass
class Parser:
    """The event stream interpretation of the HTML standard: an event counts once its empty line has come."""

    last_id: str = ""
    events: list[Said] = field(default_factory=list)
    _rest: bytes = b""
    _kind: str = ""
    _data: list[str] = field(default_factory=list)
    _id: str = ""

    def feed(self, data: bytes) -> list[Said]:
        """The events completed by these bytes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        before = len(self.events)
        for line in lines:
            self._line(line.decode())
        return self.events[before:]

    def __post_init__(self) -> None:
        self._id = self.last_id  # it stays until the server names another

    def _line(self, line: str) -> None:
        if not line:
            self.last_id = self._id
            if self._data:
                self.events.append(Said(self._kind or "message", "\n".join(self._data), self.last_id))
            self._kind, self._data = "", []
            return
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._kind = value
        elif name == "data":
            self._data.append(value)
        elif name == "id":
            self._id = value


class Stream:
    """One open stream over a real socket."""

    def __init__(
        self,
        port: int,
        query: str,
        token: str = "",
        last_id: str = "",
        timeout: float = 10,
        window: int = 0,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        if window:
            self.connection.sock = socket.socket()
            self.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
            self.connection.sock.settimeout(timeout)
            self.connection.sock.connect(("127.0.0.1", port))
        headers = dict(headers or {})
        if token:
            headers["Cookie"] = f"theme=dark; colonnade_channels={token}"
        if last_id:
            headers["Last-Event-ID"] = last_id
        self.connection.request("GET", f"/live?{query}", headers=headers)
        self.line: socket.socket = (
            self.connection.sock
        )  # http.client forgets it, since a stream says it will close
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.parser = Parser(last_id=last_id)

    def read(self, most: int = 65536) -> list[Said]:
        """The events that the next bytes complete; an empty list at the end too."""
        data = self.answer.read1(most)
        self.ended = not data
        return self.parser.feed(data)

    def next(self, *kinds: str) -> Said:
        """The next event of one of these kinds (any, where none is named)."""
        seen = 0
        while True:
            for event in self.parser.events[seen:]:
                seen += 1
                if not kinds or event.kind in kinds:
                    del self.parser.events[:seen]
                    return event
            self.read()
            if self.ended:
                raise EOFError(f"the stream ended before {kinds}")

    def greeted(self) -> Stream:
        """This stream, once the server has said where it begins: it is subscribed by then."""
        assert self.status == 200, self.answer.read()
        while not self.parser.last_id:
            self.read()
            assert not self.ended, "the stream ended before it began"
        return self

    def until_the_end(self) -> list[Said]:
        """All that is still said before the server ends the stream."""
        self.ended = False
        while not self.ended:
            self.read()
        return self.parser.events

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


class Door:
    """The push door in a process of its own. The listening socket is ours, so it may die and come back."""

    def __init__(
        self, environment: dict[str, str], *, pages: bool = False, script: str = _START, **pace: float
    ) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._environment = environment
        self._pages = "pages" if pages else ""
        self._script = script
        self._pace = json.dumps({"epoch_s": 0.2, "tick_s": 0.05, "poll_s": 0.05, "flush_gap_s": 0.02, **pace})
        self.start()

    def start(self) -> None:
        number = self._listener.fileno()
        self.process = nursery_for(self._environment).start(
            self._script, str(number), self._pace, self._pages, passes=[number]
        )

    def kill(self) -> None:
        """As the kernel does it when memory is short."""
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(10) == -signal.SIGKILL

    def leave(self) -> None:
        """Killed, and its port as well: whoever knocks is refused."""
        self.kill()
        self._listener.close()

    def come_back(self) -> None:
        """On the port that it left."""
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        self.start()

    def stop(self) -> int:
        """As the supervisor does it; returns the exit status."""
        self.process.terminate()
        return self.process.wait(15)

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        self._listener.close()

    def open(self, query: str, token: str = "", last_id: str = "", **options: Any) -> Stream:
        """A stream; asked again while the door has not found its database yet."""
        while True:
            stream = Stream(self.port, query, token, last_id, **options)
            if stream.status != 503:
                return stream
            stream.close()

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found
