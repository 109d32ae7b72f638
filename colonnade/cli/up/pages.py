"""Pages and API on a port of their own (`up --split`): granian, one worker with a few threads."""

from __future__ import annotations

import os

from colonnade.cli.up import child
from colonnade.live.server import PROXIES

THREADS = 4


def serve(host: str, port: int) -> int:
    """Serve until SIGTERM."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "colonnade.cli.up.pages:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_access=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=4,
        respawn_failed_workers=True,
    ).serve()
    return 0


def __getattr__(name: str) -> object:
    """`application`, loaded in granian's worker alone."""
    if name != "application":
        raise AttributeError(name)
    child.die_with(os.getppid())  # a grandchild: it watches granian as granian watches the supervisor
    from django.core.wsgi import get_wsgi_application
    from granian.utils.proxies import wrap_wsgi_with_proxy_headers

    return wrap_wsgi_with_proxy_headers(get_wsgi_application(), trusted_hosts=list(PROXIES))
