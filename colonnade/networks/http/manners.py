"""Manners towards each server: one that asks for patience gets it, one that is down is left to rest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from email.utils import parsedate_to_datetime

from colonnade.networks.base import TryLater
from colonnade.networks.http.limits import Limits
from colonnade.primitives.clock import monotonic_s, now_s

Origin = tuple[str, str, int]
_MOST_SERVERS = 10_000


class _Server:
    __slots__ = ("asked_until", "failures", "rest_until", "rests", "trying")

    def __init__(self) -> None:
        self.failures = 0
        self.rests = 0
        self.rest_until = 0.0
        self.asked_until = 0.0
        self.trying = False


class Manners:
    """What this process remembers of each server. Safe between threads; bounded, the longest unused go first."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._servers: OrderedDict[Origin, _Server] = OrderedDict()
        self._lock = threading.Lock()

    def before(self, origin: Origin) -> None:
        """May we call now? Raises TryLater with the seconds to wait. After a rest exactly one caller tries first."""
        with self._lock:
            server = self._servers.get(origin)
            if server is None:
                return
            now = monotonic_s()
            if now < server.asked_until:
                raise TryLater(f"{origin[1]} asked us to wait.", server.asked_until - now)
            if server.rests:
                if now < server.rest_until or server.trying:
                    wait = max(server.rest_until - now, 1.0)
                    raise TryLater(f"{origin[1]} did not answer several times; it is left to rest.", wait)
                server.trying = True

    def answered(self, origin: Origin) -> None:
        """It answered, whatever it said: its failures are forgotten."""
        with self._lock:
            server = self._servers.get(origin)
            if server is not None and server.asked_until <= monotonic_s():
                del self._servers[origin]
            elif server is not None:
                server.failures = server.rests = 0
                server.trying = False

    def failed(self, origin: Origin) -> None:
        """No answer. After so many in a row it rests, twice as long each time."""
        with self._lock:
            server = self._server(origin)
            server.failures += 1
            if server.trying or server.failures >= self._limits.failures_to_rest:
                rest = min(self._limits.rest_s * 2**server.rests, self._limits.rest_most_s)
                server.rest_until = monotonic_s() + rest
                server.rests = min(server.rests + 1, 30)
                server.failures = 0
            server.trying = False

    def released(self, origin: Origin) -> None:
        """The call ended without news of the server (our own guard stopped it): somebody else may try."""
        with self._lock:
            if server := self._servers.get(origin):
                server.trying = False

    def asked_to_wait(self, origin: Origin, after_s: float) -> None:
        """It said "not now": nobody of us calls before `after_s` seconds have gone."""
        with self._lock:
            self._server(origin).asked_until = monotonic_s() + after_s

    def _server(self, origin: Origin) -> _Server:
        server = self._servers.setdefault(origin, _Server())
        self._servers.move_to_end(origin)
        while len(self._servers) > _MOST_SERVERS:
            self._servers.popitem(last=False)
        return server


def retry_after_s(header: str, most_s: float) -> float | None:
    """Seconds that a Retry-After header asks for, both forms (RFC 9110 10.2.3), held to 0..`most_s`; None if it says nothing."""
    header = header.strip()
    if header.isascii() and header.isdigit():
        return min(float(header[:12]), most_s)
    try:
        moment = parsedate_to_datetime(header).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return max(0.0, min(moment - now_s(), most_s))
