"""A WebSocket (RFC 6455) to a server on the open web: the same guard, with bounds on every message and every silence.

The protocol is that of the library `websockets`, which here touches no network: bytes go through a line of the one
client. Compression (RFC 7692) is offered and unpacked within the same bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpcore
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidStatus, PayloadTooBig
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from colonnade.networks.base import NetworkError, Refused, SignInNeeded, TryLater
from colonnade.networks.http.client import USER_AGENT, Client
from colonnade.networks.http.errors import BadResponse, Blocked, HungUp, TooLarge
from colonnade.networks.http.manners import retry_after_s
from colonnade.primitives.clock import monotonic_s

LARGEST_MESSAGE = 1024 * 1024
PING_S, SILENT_S = 20.0, 60.0
HANDSHAKE_S = 10.0
_LONGEST_WAIT_S = 86_400.0
_AT_ONCE = 32 * 1024
_WEB = {"ws": "http", "wss": "https"}
_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
_NOT_NOW = (408, 421, 425, 429)


class WebSocket:
    """An open connection. Not safe between threads; close it, or use it as a context manager.

    `url` begins with ws: or wss:. No message above `largest` bytes (unpacked) is taken, and none that is not understood.
    Raises Blocked, Unreachable, TryLater, SignInNeeded (401, 403), Refused (another answer than "yes"), BadResponse.
    """

    def __init__(
        self,
        client: Client,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        largest: int = LARGEST_MESSAGE,
    ) -> None:
        scheme, colon, rest = url.partition(":")
        if not colon or scheme not in _WEB:
            raise Blocked("A stream's address begins with wss: (or ws:).")
        at, self._stream = client.line(f"{_WEB[scheme]}:{rest}")
        try:
            self._protocol = ClientProtocol(
                parse_uri(f"{scheme}://{at.netloc}{at.target}"),
                extensions=[ClientPerMessageDeflateFactory(client_max_window_bits=True)],
                max_size=largest,
            )
            self.host = at.host
            self._heard = self._asked = monotonic_s()
            self._parts: list[bytes] = []
            self._shake_hands(dict(headers or {}))
        except BaseException:
            self._stream.close()
            raise

    def receive(self, wait_s: float) -> list[bytes]:
        """The messages that have come, oldest first, waiting at most `wait_s` seconds where there are none; [] then.

        Raises HungUp (also after a minute without a sign of life), TooLarge, BadResponse; what came whole before the end
        is given first.
        """
        messages = list(self._whole(self._protocol.events_received()))
        if messages:
            return messages
        self._ask_for_a_sign()
        self._end_if_over()
        data = self._read(wait_s)
        if data is None:
            return []
        self._heard = monotonic_s()
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        self._send()
        messages = list(self._whole(self._protocol.events_received()))
        if not messages:
            self._end_if_over()
        return messages

    def close(self) -> None:
        """Say goodbye, without waiting for the answer, and hang up."""
        with suppress(Exception):
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(1000)
                self._send()
        self._stream.close()

    def __enter__(self) -> WebSocket:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- the handshake -----------------------------------------------------------------------------------------------

    def _shake_hands(self, headers: Mapping[str, str]) -> None:
        request = self._protocol.connect()
        for name, value in {"User-Agent": USER_AGENT, **headers}.items():
            if not (value.isprintable() and value.isascii() and name.isascii()):
                raise Refused(f"The header {name!r} cannot be sent.")
            request.headers[name] = value
        self._protocol.send_request(request)
        self._send()
        until = monotonic_s() + HANDSHAKE_S
        while self._protocol.state is State.CONNECTING:
            data = self._read(max(0.0, until - monotonic_s()))
            if data is None:
                raise HungUp(f"{self.host} did not answer in time.")
            if data:
                self._protocol.receive_data(data)
            else:
                self._protocol.receive_eof()
            if (problem := self._protocol.handshake_exc) is not None:
                raise _why_not(self.host, problem)
            if not data:
                raise HungUp(f"{self.host} hung up before it answered.")

    # --- bytes -------------------------------------------------------------------------------------------------------

    def _read(self, wait_s: float) -> bytes | None:
        """What came, b"" for the end, None where nothing came in time."""
        try:
            return self._stream.read(_AT_ONCE, timeout=max(wait_s, 0.001))
        except httpcore.ReadTimeout:
            return None
        except (httpcore.NetworkError, OSError):
            return b""

    def _send(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                try:
                    self._stream.write(data, timeout=HANDSHAKE_S)
                except (httpcore.NetworkError, httpcore.TimeoutException, OSError) as error:
                    raise HungUp(f"The connection to {self.host} broke.") from error

    def _ask_for_a_sign(self) -> None:
        now = monotonic_s()
        if now - self._heard > SILENT_S:
            raise HungUp(f"{self.host} has not been heard of for {SILENT_S:.0f} seconds.")
        if now - self._heard > PING_S and now - self._asked > PING_S:
            self._asked = now
            self._protocol.send_ping(b"")
            self._send()

    # --- messages ----------------------------------------------------------------------------------------------------

    def _whole(self, events: list[Any]) -> Iterator[bytes]:
        """The payloads of whole messages; what is left of one that has only begun waits."""
        for event in events:
            if not isinstance(event, Frame) or event.opcode not in _DATA:
                continue
            if event.fin and not self._parts:
                yield bytes(event.data)
                continue
            self._parts.append(bytes(event.data))
            if event.fin:
                whole, self._parts = b"".join(self._parts), []
                yield whole

    def _end_if_over(self) -> None:
        if self._protocol.state is State.OPEN:
            return
        problem = self._protocol.parser_exc
        if isinstance(problem, PayloadTooBig):
            raise TooLarge(f"A message of {self.host} is larger than allowed.") from problem
        if problem is not None and not isinstance(problem, EOFError):
            raise BadResponse(f"{self.host} does not keep to the protocol: {problem}") from problem
        raise HungUp(f"{self.host} ended the connection.")


def _why_not(host: str, problem: Exception) -> NetworkError:
    """A handshake that failed, in the words of the contract."""
    if not isinstance(problem, InvalidStatus):
        if isinstance(problem, InvalidHandshake) and not isinstance(problem.__cause__, EOFError):
            return BadResponse(f"{host} does not open a WebSocket: {problem}")
        return HungUp(f"{host} hung up before it answered.")
    response: Response = problem.response
    status = response.status_code
    if status in (401, 403):
        return SignInNeeded(f"{host} asks for a sign-in ({status}).")
    if status in _NOT_NOW or status >= 500:
        after = retry_after_s(response.headers.get("Retry-After") or "", _LONGEST_WAIT_S)
        return TryLater(f"{host} answered {status}: not now.", after)
    return Refused(f"{host} answered {status} instead of opening a stream.")


def is_stream_address(address: str) -> bool:
    """Whether this looks like the address of a WebSocket."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in _WEB and bool(parts.hostname)
