"""`colonnade keys rotate`: a new key for everything that is stored encrypted."""

from __future__ import annotations

import argparse

from colonnade.cli import ground

HELP = "rotate the key that encrypts secrets at rest"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with the keys."""
    parser.add_argument("what", choices=("rotate",))


def run(options: argparse.Namespace) -> int:
    """Add a key; the worker writes old ciphertexts anew with it."""
    ground.set_up()
    from colonnade.core import chores

    print(
        f"Key {chores.rotate_keys()} is in use. The worker now writes everything anew with it; keep the old keys."
    )
    return 0
