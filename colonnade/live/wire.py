"""What ASGI does not let an application see: whether the reader keeps up, and how to hang up on it."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION = "colonnade.wire"
_USER_TIMEOUT_MS = 60_000


class Wire(Protocol):
    """The line to one reader."""

    @property
    def congested(self) -> bool:
        """Whether the reader lags so far behind that the next write would wait for it."""
        ...

    def attend(self, on_pause: Callable[[], None], on_relief: Callable[[], None]) -> None:
        """Call `on_pause` when the reader falls behind, and `on_relief` when it has caught up."""
        ...

    def narrow(self, write_buffer: int, socket_buffer: int) -> None:
        """Keep little for this reader, here and in the kernel (bytes)."""
        ...

    def write(self, body: bytes) -> None:
        """Send a piece of an answer that has begun. Only while not congested: it never waits."""
        ...

    def cut(self) -> None:
        """Hang up at once, dropping what was not read."""
        ...


class LiveProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP/1.1 protocol, which hands itself to the application as a Wire."""

    _on_pause: Callable[[], None] | None = None
    _on_relief: Callable[[], None] | None = None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope: Any = self.scope
        scope["extensions"] = {EXTENSION: self}

    @property
    def congested(self) -> bool:
        return self.flow.write_paused

    def attend(self, on_pause: Callable[[], None], on_relief: Callable[[], None]) -> None:
        self._on_pause, self._on_relief = on_pause, on_relief

    def narrow(self, write_buffer: int, socket_buffer: int) -> None:
        line = self.transport.get_extra_info("socket")
        if line is None or self.transport.is_closing():
            return
        self.transport.set_write_buffer_limits(high=write_buffer)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, socket_buffer)
        if hasattr(socket, "TCP_USER_TIMEOUT") and line.family in (socket.AF_INET, socket.AF_INET6):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MS)

    def write(self, body: bytes) -> None:
        # What uvicorn's own `send` does with a piece of a body, without a coroutine and a dict for each of ten
        # thousand readers: a sixth of the whole cost of a hint.
        cycle = self.cycle
        if not cycle.disconnected and not cycle.response_complete and not self.transport.is_closing():
            self.transport.write(b"%x\r\n%b\r\n" % (len(body), body) if cycle.chunked_encoding else body)

    def cut(self) -> None:
        line = self.transport.get_extra_info("socket")
        if line is not None and not self.transport.is_closing():
            # Without this the kernel would keep what is unsent, and try for minutes to deliver it.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._on_pause is not None:
            self._on_pause()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._on_relief is not None:
            self._on_relief()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._on_pause = self._on_relief = None
