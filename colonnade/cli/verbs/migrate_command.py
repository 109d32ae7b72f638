"""`colonnade migrate`: bring the database to the present schema."""

from __future__ import annotations

import argparse

from colonnade.cli import ground

HELP = "bring the database to the present schema"


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(options: argparse.Namespace) -> int:
    """Apply all migrations."""
    ground.set_up()
    from django.core.management import call_command

    call_command("migrate", verbosity=1, interactive=False)
    return 0
