"""The wire itself: names are resolved here, addresses checked here, and every byte and second counted here.

The address that was checked is the address that is connected to; nothing resolves the name a second time, so a name
that changes its answer in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from contextvars import ContextVar
from typing import Any

import httpcore

from colonnade.networks.http.addresses import why_refused
from colonnade.networks.http.errors import Blocked, TooLarge
from colonnade.networks.http.limits import Limits
from colonnade.primitives.clock import monotonic_s

Resolver = Callable[[str, int], Sequence[str]]
_PIECE = 16 * 1024
_MOST_ADDRESSES = 6


class Spent:
    """What one call has used so far: of its time, of its bytes; whether it connected anew and began to send."""

    def __init__(self, limits: Limits, total_s: float, trusted: Callable[[str, int], bool]) -> None:
        self.limits = limits
        self.trusted = trusted
        self.until = monotonic_s() + total_s
        self.received = 0
        self.most = limits.head
        self.connected = False
        self.sent = False

    def left_s(self) -> float:
        """Seconds left, at least a hair, or ReadTimeout when they are used up."""
        left = self.until - monotonic_s()
        if left <= 0:
            raise httpcore.ReadTimeout("The call took too long.")
        return left

    def receive(self, count: int) -> None:
        """Count bytes that came in. Raises TooLarge."""
        self.received += count
        if self.received > self.most:
            raise TooLarge(f"The answer is larger than {self.most} bytes.")


spent: ContextVar[Spent] = ContextVar("spent")


def resolve_by_system(host: str, port: int) -> list[str]:
    """The addresses of `host` as the system's resolver gives them, in its order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedBackend(httpcore.NetworkBackend):
    """httpcore's way to the network, through the guard."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> CountedStream:
        """A connection to the first checked address that answers. Raises Blocked, httpcore.ConnectError/Timeout."""
        now = spent.get()
        now.connected = True
        addresses = self._checked(host, port, now)
        for left in range(len(addresses), 0, -1):
            within = min(now.limits.connect_s, now.left_s())
            try:
                stream = self._sockets.connect_tcp(addresses[-left], port, timeout=within)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if left == 1:
                    raise
            else:
                return CountedStream(stream)
        raise httpcore.ConnectError("The name has no address.")

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        """Refused: no web address leads to a Unix socket."""
        raise Blocked("Only web addresses can be fetched.")

    def _checked(self, host: str, port: int, now: Spent) -> list[str]:
        within_s = min(now.limits.connect_s, now.left_s())
        addresses = _in_time(self._resolver, host, port, within_s)
        allowed = (
            addresses if now.trusted(host, port) else [each for each in addresses if not why_refused(each)]
        )
        if addresses and not allowed:
            raise Blocked(f"{host} lies in a private or special network; nothing is fetched from there.")
        return allowed[:_MOST_ADDRESSES]


def _in_time(resolver: Resolver, host: str, port: int, within_s: float) -> list[str]:
    """Ask the resolver, but wait no longer than `within_s`: the system's own can take half a minute."""
    answer: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(list(resolver(host, port)))
        except Exception as error:
            answer.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answer.get(timeout=within_s)
    except queue.Empty:
        raise httpcore.ConnectTimeout("The name could not be resolved in time.") from None
    if isinstance(found, OSError | UnicodeError):
        raise httpcore.ConnectError("The name could not be resolved.") from found
    if isinstance(found, Exception):
        raise found
    return found


class CountedStream(httpcore.NetworkStream):
    """A connection that lets nobody wait or read beyond what the present call may spend."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What comes, at most `max_bytes`. Raises httpcore.ReadTimeout/ReadError, TooLarge."""
        now = spent.get()
        data = self._stream.read(max_bytes, timeout=min(now.limits.read_s, now.left_s()))
        now.receive(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`. Raises httpcore.WriteTimeout/WriteError."""
        now = spent.get()
        for start in range(0, len(buffer), _PIECE):
            within = min(now.limits.read_s, now.left_s())
            now.sent = True
            self._stream.write(buffer[start : start + _PIECE], timeout=within)

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> CountedStream:
        """The same connection under TLS, certificate checked. Raises httpcore.ConnectError/Timeout."""
        now = spent.get()
        within = min(now.limits.connect_s, now.left_s())
        return CountedStream(self._stream.start_tls(ssl_context, server_hostname, within))

    def uncounted(self) -> httpcore.NetworkStream:
        """The connection itself, for who keeps it longer than a call and counts for itself."""
        return self._stream

    def get_extra_info(self, info: str) -> Any:
        """As httpcore asks: whether it is readable, its socket."""
        return self._stream.get_extra_info(info)


def trust(named: Collection[str]) -> Callable[[str, int], bool]:
    """A predicate: whether `named` holds exactly this host, or host:port (IPv6 with or without brackets)."""
    names = frozenset(name.lower() for name in named)

    def trusted(host: str, port: int) -> bool:
        written = f"[{host}]" if ":" in host else host
        return host in names or written in names or f"{written}:{port}" in names

    return trusted
