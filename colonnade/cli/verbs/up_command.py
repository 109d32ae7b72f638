"""`colonnade up`: serve, all processes, until Ctrl-C."""

from __future__ import annotations

import argparse
import os

from colonnade.cli import ground

HELP = "start the server: pages, push and worker, until Ctrl-C"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, in how many processes, and whether with the demo."""
    parser.add_argument("--host", help="the address to listen on (default: COLONNADE_HOST, or 127.0.0.1)")
    parser.add_argument("--port", help="the port to listen on (default: COLONNADE_PORT, or 8470)")
    parser.add_argument(
        "--split", action="store_true", help="pages on the port, push on the next one, for a reverse proxy"
    )
    parser.add_argument(
        "--demo", action="store_true", help="with Port Alder, a make-believe town to try things in"
    )


def run(options: argparse.Namespace) -> int:
    """Start everything and look after it."""
    for name in ("host", "port"):
        given = getattr(options, name)
        if given is not None:
            os.environ[f"COLONNADE_{name.upper()}"] = given
    settings = ground.read_settings()
    from colonnade.cli.up.supervisor import Supervisor

    with ground.holding(settings.COLONNADE_HOME, "up"):
        return Supervisor(
            settings.COLONNADE_HOME,
            settings.COLONNADE_HOST,
            settings.COLONNADE_PORT,
            split=options.split,
            demo=options.demo,
        ).run()
