"""A real server on loopback that answers byte by byte what a test wants, and counts who knocked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[["Request", socket.socket], object]


class Request:
    """What came in: method, path, headers (lower-case names) and body; `raw` is all of it."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.raw = raw
        self.method, self.path, _ = (*lines[0].split(" ", 2), "", "")[:3]
        pairs = (line.partition(":") for line in lines[1:])
        self.headers = {name.strip().lower(): value.strip() for name, _, value in pairs}


class Loopback:
    """Answers each request of each connection with `answer(request, socket)` until that hangs up or returns False."""

    def __init__(self, answer: Answer, listener: socket.socket) -> None:
        self.answer = answer
        self.connections = 0
        self.requests: list[Request] = []
        self.port: int = listener.getsockname()[1]
        self._listener = listener
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self, path: str = "/", host: str = "localhost") -> str:
        return f"http://{host}:{self.port}{path}"

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Close every connection that is open now."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            while request := _receive(connection):
                self.requests.append(request)
                if self.answer(request, connection) is False:
                    return
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()


def _receive(connection: socket.socket) -> Request | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        piece = connection.recv(65_536)
        if not piece:
            return None
        raw += piece
    length = int(Request(raw).headers.get("content-length", "0"))
    while len(Request(raw).body) < length:
        raw += connection.recv(65_536)
    return Request(raw)


@contextmanager
def serving(answer: Answer, host: str = "127.0.0.1", port: int = 0) -> Iterator[Loopback]:
    """A server at a free port of `host` for as long as the block lasts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = Loopback(answer, socket.create_server((host, port), family=family, backlog=256))
    try:
        yield server
    finally:
        server.close()


def reply(
    connection: socket.socket, body: bytes = b"", status: int = 200, headers: dict[str, str] | None = None
) -> None:
    """One whole HTTP/1.1 answer."""
    fields = {"content-length": str(len(body)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    connection.sendall(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode("latin-1") + body)


def pages(table: dict[str, tuple[int, dict[str, str], bytes]]) -> Answer:
    """A site: path -> (status, headers, body); 404 for the rest."""

    def answer(request: Request, connection: socket.socket) -> None:
        status, headers, body = table.get(request.path, (404, {}, b""))
        reply(connection, body, status, headers)

    return answer
