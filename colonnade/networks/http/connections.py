"""Connections kept open between calls, each lent to one caller at a time.

httpcore's own pool looks at connections that another thread is using, and now and then closes one under it: a write
would then count as uncertain for no reason. Here a connection is either idle and ours, or lent and nobody else's.
"""

from __future__ import annotations

import os
import ssl
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore

Origin = tuple[str, str, int]


class Connections:
    """At most `most` lent at once, as many idle ones kept for `keep_alive_s` seconds."""

    def __init__(
        self, backend: httpcore.NetworkBackend, ssl_context: ssl.SSLContext, *, most: int, keep_alive_s: float
    ) -> None:
        self._backend = backend
        self._ssl_context = ssl_context
        self._most = most
        self._keep_alive_s = keep_alive_s
        self._free = threading.BoundedSemaphore(most)
        self._idle: OrderedDict[httpcore.HTTPConnection, Origin] = OrderedDict()
        self._lock = threading.Lock()
        self._process = os.getpid()

    @contextmanager
    def lent(self, origin: Origin, wait_s: float) -> Iterator[httpcore.HTTPConnection]:
        """A connection to `origin`, kept or not yet opened. Raises httpcore.PoolTimeout after `wait_s` seconds."""
        if not self._free.acquire(timeout=wait_s):
            raise httpcore.PoolTimeout("Too many calls at once.")
        try:
            connection = self._kept(origin) or self._new(origin)
            try:
                yield connection
            finally:
                self._give_back(connection, origin)
        finally:
            self._free.release()

    def close(self) -> None:
        """Hang up every idle connection."""
        with self._lock:
            idle, self._idle = self._idle, OrderedDict()
        for connection in idle:
            connection.close()

    def _kept(self, origin: Origin) -> httpcore.HTTPConnection | None:
        """The most recently used idle connection that is still alive; those that are not are closed on the way."""
        while True:
            with self._lock:
                self._forget_the_parents()
                found = next((each for each, its in reversed(self._idle.items()) if its == origin), None)
                if found is None:
                    return None
                del self._idle[found]
            if not found.is_closed() and not found.has_expired():
                return found
            found.close()

    def _forget_the_parents(self) -> None:
        """After a fork the kept connections are the parent's: two processes talking on one would mix their answers."""
        if self._process != os.getpid():
            self._idle, self._process = OrderedDict(), os.getpid()

    def _give_back(self, connection: httpcore.HTTPConnection, origin: Origin) -> None:
        too_many = None
        if connection.is_idle() and not connection.is_closed():
            with self._lock:
                self._idle[connection] = origin
                if len(self._idle) > self._most:
                    too_many, _ = self._idle.popitem(last=False)
        else:
            too_many = connection
        if too_many is not None:
            too_many.close()

    def _new(self, origin: Origin) -> httpcore.HTTPConnection:
        scheme, host, port = origin
        return httpcore.HTTPConnection(
            httpcore.Origin(scheme.encode(), host.encode(), port),
            ssl_context=self._ssl_context,
            keepalive_expiry=self._keep_alive_s,
            network_backend=self._backend,
        )
