"""Where the house listens: a socket that is open before anything else happens, or a sentence that says why not."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass, field

from colonnade.cli import Trouble

ANSWER_S = 10.0
BACKLOG = 4096


@dataclass
class Address:
    """Where something listens."""

    host: str
    port: int
    listener: socket.socket = field(repr=False)

    def __str__(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def answers(self, path: str) -> bool:
        """Whether somebody answers there, whatever the answer."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        try:
            with socket.create_connection((host, self.port), timeout=ANSWER_S) as line:
                line.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
                return line.recv(16).startswith(b"HTTP/1.")
        except OSError:
            return False


def listen(host: str, port: int) -> Address:
    """A listening socket. Raises Trouble with a sentence where there can be none."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        raise Trouble(
            f"{host} is no address of this machine: give another with --host or COLONNADE_HOST."
        ) from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(where)
        listener.listen(BACKLOG)
    except PermissionError:
        listener.close()
        raise Trouble(
            f"Port {port} may be used by root alone: choose another with --port or COLONNADE_PORT."
        ) from None
    except OSError as fault:
        listener.close()
        raise Trouble(_why_not(host, port, fault)) from None
    return Address(host, listener.getsockname()[1], listener)


def _why_not(host: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program: choose another with --port or COLONNADE_PORT."
    return f"{host} is no address of this machine: give another with --host or COLONNADE_HOST."
