"""The one outbound HTTP client of the whole program."""

from __future__ import annotations

import re
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import cache
from types import MappingProxyType
from typing import Any

import certifi
import httpcore
import msgspec

from colonnade.networks.base import NetworkError, Refused, TryLater, Uncertain, Unreachable
from colonnade.networks.http import bodies, urls
from colonnade.networks.http.connections import Connections
from colonnade.networks.http.errors import BadResponse, Blocked, TooLarge, TooManyRedirects
from colonnade.networks.http.faults import in_our_words
from colonnade.networks.http.limits import Limits
from colonnade.networks.http.manners import Manners, retry_after_s
from colonnade.networks.http.urls import Url
from colonnade.networks.http.wire import GuardedBackend, Resolver, Spent, resolve_by_system, spent, trust
from colonnade.primitives.json import BadJson, loads

USER_AGENT = "Colonnade/0.1 (+https://colonnade.example)"
_METHOD = re.compile(r"[A-Z]{1,20}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PERMANENT = (301, 308)
_REPEATS_BODY = (307, 308)
_REDIRECTS = (301, 302, 303, 307, 308)
_SECRET_HEADERS = frozenset(
    (
        "authorization",
        "cookie",
        "proxy-authorization",
        "signature",
        "signature-input",
        "x-api-key",
        "x-auth-token",
    )
)
_NO_BODY = (204, 205, 304)


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """What came back. Header names are lower-case, repeated ones joined by ", ". `url` is where we ended up.

    `moved_to` is the address's new name when it has moved for good (every hop up to there said so), else "".
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    moved_to: str = ""

    def json(self) -> Any:
        """The body read as JSON, bounded in size and depth. Raises BadResponse."""
        try:
            return loads(self.body)
        except BadJson as error:
            raise BadResponse(f"{self.url} did not answer with readable JSON: {error}") from None


class Client:
    """Fetches from the open web and from nowhere else. Safe between threads; keeps connections open between calls.

    `allowed_private_hosts` names hosts ("host" or "host:port", exactly as in the URL) that may lie in a private
    network. `resolver(host, port)` gives addresses; tests hand in their own. Proxy settings of the environment are
    ignored: a proxy would resolve names again, behind the guard.
    """

    def __init__(
        self,
        *,
        allowed_private_hosts: Collection[str] = (),
        user_agent: str = USER_AGENT,
        limits: Limits = Limits(),  # noqa: B008  (frozen)
        resolver: Resolver = resolve_by_system,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._user_agent = user_agent
        self._trusted = trust(allowed_private_hosts)
        self._named = frozenset(name.lower() for name in allowed_private_hosts)
        self._manners = Manners(limits)
        self._backend = GuardedBackend(resolver)
        self._certificates = ssl_context or _web_certificates()
        self._connections = Connections(
            self._backend,
            self._certificates,
            most=limits.connections,
            keep_alive_s=limits.keep_alive_s,
        )

    def get(self, url: str, **options: Any) -> Response:
        """`request` with GET."""
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> Response:
        """`request` with POST."""
        return self.request("POST", url, **options)

    def close(self) -> None:
        """Hang up all connections that are not in use."""
        self._connections.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        max_bytes: int | None = None,
        timeout_s: float | None = None,
        follow: bool = True,
    ) -> Response:
        """One call, with its redirects. `max_bytes` and `timeout_s` replace the client's `body` and `total_s` limits.

        Any status is an answer, except 429 and 503: those raise TryLater. GET and HEAD follow every redirect, other
        methods only 307 and 308 (elsewhere the first server has already taken what was sent).
        Raises Blocked (our guard), Refused (not a sendable request), Unreachable (nothing was sent), Uncertain
        (broke after we began to send), TryLater, TooLarge, TooManyRedirects, BadResponse: all of them NetworkError.
        """
        if not _METHOD.fullmatch(method):
            raise Refused(f"There is no HTTP method {method!r}.")
        at = urls.parse(url)
        sent = _checked_headers(headers or {})
        now = Spent(self._limits, self._limits.total_s if timeout_s is None else timeout_s, self._trusted)
        most = self._limits.body if max_bytes is None else max_bytes
        moved_to, for_good = "", True
        token = spent.set(now)
        try:
            for _ in range(self._limits.redirects + 1):
                response = self._call(method, at, sent, body, most, now)
                location = _as_sent(response.headers.get("location", ""))
                if not (follow and location and response.status in _follows(method)):
                    return msgspec.structs.replace(response, moved_to=moved_to)
                there = urls.join(at, location)
                for_good = for_good and response.status in _PERMANENT and there.scheme >= at.scheme
                moved_to = str(there) if for_good else moved_to
                if there.origin != at.origin:
                    sent = {name: value for name, value in sent.items() if name not in _SECRET_HEADERS}
                at = there
            raise TooManyRedirects(f"{url} redirects more than {self._limits.redirects} times.")
        finally:
            spent.reset(token)

    def line(self, url: str) -> tuple[Url, httpcore.NetworkStream]:
        """A connection of one's own to the server of an http(s) address, through the same guard, for what goes on beyond
        one answer (`websocket.py`). Whoever takes it reads with time limits of its own and closes it.

        Raises Blocked, Unreachable, TryLater.
        """
        at = urls.parse(url)
        self._check_port(at)
        self._manners.before(at.origin)
        now = Spent(self._limits, 2 * self._limits.connect_s, self._trusted)
        token = spent.set(now)
        try:
            with in_our_words(at, now):
                stream = self._backend.connect_tcp(at.host, at.port)
                if at.scheme == "https":
                    stream = stream.start_tls(self._certificates, at.host)
        except NetworkError:
            self._manners.failed(at.origin)
            raise
        finally:
            spent.reset(token)
        self._manners.answered(at.origin)
        return at, stream.uncounted()

    def _call(
        self, method: str, at: Url, headers: Mapping[str, str], body: bytes, most: int, now: Spent
    ) -> Response:
        """One hop. A kept connection that turns out dead is replaced once where repeating does no harm."""
        self._check_port(at)
        self._manners.before(at.origin)
        try:
            try:
                response = self._exchange(method, at, headers, body, most, now)
            except Uncertain:
                if method not in ("GET", "HEAD") or now.connected:
                    raise
                response = self._exchange(method, at, headers, body, most, now)
        except (Unreachable, Uncertain):
            self._manners.failed(at.origin)
            raise
        except BaseException:
            self._manners.released(at.origin)
            raise
        self._manners.answered(at.origin)
        if response.status in (429, 503):
            after = retry_after_s(response.headers.get("retry-after", ""), self._limits.retry_after_most_s)
            if after is not None:
                self._manners.asked_to_wait(at.origin, after)
            raise TryLater(f"{at.host} answered {response.status}: not now.", after)
        return response

    def _exchange(
        self, method: str, at: Url, headers: Mapping[str, str], body: bytes, most: int, now: Spent
    ) -> Response:
        now.connected = now.sent = False
        now.received, now.most = 0, self._limits.head
        request = httpcore.Request(
            method,
            httpcore.URL(scheme=at.scheme, host=at.host, port=at.port, target=at.target),
            headers=self._full_headers(method, at, headers, body),
            content=body,
        )
        with in_our_words(at, now), self._connections.lent(at.origin, now.left_s()) as connection:
            answer = connection.handle_request(request)
            try:
                return self._read(method, at, answer, most, now)
            finally:
                with suppress(httpcore.NetworkError, httpcore.ProtocolError):
                    answer.close()

    def _read(self, method: str, at: Url, answer: httpcore.Response, most: int, now: Spent) -> Response:
        headers: dict[str, str] = {}
        for raw_name, raw_value in answer.headers:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        now.most = self._limits.head + max(self._limits.wire, most)
        body = b""
        if method != "HEAD" and answer.status not in _NO_BODY:
            encoding = headers.get("content-encoding", "")
            _check_length(headers.get("content-length", ""), most if not encoding else now.most)
            chunks: Iterator[bytes] = answer.iter_stream()
            body = bodies.read_bounded(chunks, encoding, most)
        return Response(status=answer.status, headers=MappingProxyType(headers), body=body, url=str(at))

    def _full_headers(
        self, method: str, at: Url, headers: Mapping[str, str], body: bytes
    ) -> list[tuple[str, str]]:
        full = {"host": at.netloc, "user-agent": self._user_agent, "accept": "*/*"}
        full |= {"accept-encoding": bodies.ACCEPTED, **headers}
        if body or method in ("POST", "PUT", "PATCH"):
            full["content-length"] = str(len(body))
        return list(full.items())

    def _check_port(self, at: Url) -> None:
        allowed = self._limits.ports
        fine = urls.port_is_for_the_web(at.port) if allowed is None else at.port in allowed
        if not fine and at.host_port not in self._named:
            raise Blocked(f"Port {at.port} is not one of the web's.")


def _follows(method: str) -> tuple[int, ...]:
    return _REDIRECTS if method in ("GET", "HEAD") else _REPEATS_BODY


def _as_sent(location: str) -> str:
    """Headers are read as Latin-1; servers that put letters beyond ASCII into an address mean UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location


def _check_length(declared: str, most: int) -> None:
    """What announces that it is too large need not be read to find out."""
    if declared.isascii() and declared.isdigit() and len(declared) < 19 and int(declared) > most:
        raise TooLarge(f"The answer is larger than {most} bytes.")


def _checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Lower-case names; nothing that would break out of its line or speak about the connection itself."""
    checked = {}
    for name, value in headers.items():
        plain = name.lower()
        sound = _HEADER_NAME.fullmatch(name) and value.isprintable() and value.isascii()
        if not sound or plain in ("content-length", "transfer-encoding", "connection", "host"):
            raise Refused(f"The header {name!r} cannot be sent.")
        checked[plain] = value
    return checked


@cache
def _web_certificates() -> ssl.SSLContext:
    """The system's certificate authorities and those of certifi: a bare container has only the second."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
