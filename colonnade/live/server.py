"""Starting push, alone or with the pages: uvicorn with our protocol, room for many streams, and a quick end."""

from __future__ import annotations

import os
import resource
import socket

import uvicorn

from colonnade.live.app import Live, Pages
from colonnade.live.pace import Pace

_BACKLOG = 4096
_DRAIN_S = 4  # the supervisor gives five
_WANTED_FILES = 262_144
PROXIES = ("127.0.0.1", "::1")
"""A reverse proxy on this machine is believed when it says for whom it asks; nobody else is."""


def run(
    host: str = "127.0.0.1",
    port: int = 8470,
    *,
    pages: bool | Pages = True,
    pace: Pace | None = None,
    listener: socket.socket | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. `listener` is an open socket to use instead of host and port.

    With `pages` the same port serves Django's pages (or the ASGI application given); without, push alone, and then
    Django's apps are not loaded.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colonnade.config.settings")
    raise_file_limit()
    server = _Server(_application(pages, pace), host, port)
    server.run(sockets=[listener] if listener else None)


def raise_file_limit() -> int:
    """Allow this process as many open files as it may have, since a stream is one; returns how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, _WANTED_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def _application(asked: bool | Pages, pace: Pace | None) -> Live:
    if asked is False:
        return Live(pace=pace)
    if asked is not True:
        return Live(pages=asked, pace=pace)
    from colonnade.live import pages  # loads all of Django, which push alone does without

    return Live(pages=pages.load(), pace=pace)


class _Server(uvicorn.Server):
    """Ends the streams first: they would otherwise keep it open for as long as it is allowed to wait."""

    def __init__(self, live: Live, host: str, port: int) -> None:
        self._live = live
        super().__init__(
            uvicorn.Config(
                live,
                host=host,
                port=port,
                http="colonnade.live.wire:LiveProtocol",
                ws="none",
                lifespan="on",
                backlog=_BACKLOG,
                log_config=None,
                access_log=False,
                server_header=False,
                forwarded_allow_ips=list(PROXIES),
                timeout_graceful_shutdown=_DRAIN_S,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._live.stop()
        await super().shutdown(sockets)
