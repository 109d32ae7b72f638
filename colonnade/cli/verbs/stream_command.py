"""`colonnade stream`: listen to a whole network, keeping only what somebody asked for."""

from __future__ import annotations

import argparse

from colonnade.cli import Trouble, ground

HELP = "read a public stream, and keep only what a watch catches or what concerns us"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which stream, under which name, for whom."""
    parser.add_argument(
        "stream",
        help="bluesky, the address of a Jetstream server (wss://…), or public@server, local@server, #tag@server",
    )
    parser.add_argument("--name", default="", help="what it is called in lists")
    parser.add_argument(
        "--open", action="store_true", help="everybody on the web may read what is kept (else staff alone)"
    )


def run(options: argparse.Namespace) -> int:
    """Add the source; the worker begins to read it within seconds."""
    ground.set_up()
    from colonnade.networks import streams
    from colonnade.places import actions as places
    from colonnade.places.rules import ON_THE_WEB, STAFF_ONLY

    found = streams.named(options.stream)
    if found is None:
        raise Trouble(
            "That is no stream: write `bluesky`, an address that begins with wss:, or public@server, local@server, #tag@server."
        )
    place = places.add_source(
        found.connector,
        found.address,
        name=options.name or found.name,
        audience=ON_THE_WEB if options.open else STAFF_ONLY,
    )
    print(f"{place.name} ({found.address}) is read from now on, wherever a worker runs.")
    return 0
