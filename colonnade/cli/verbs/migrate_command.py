"""`colonnade migrate`: bring the database to the present schema, as `up` does before it starts."""

from __future__ import annotations

import argparse
from typing import Any

from colonnade.cli import ground

HELP = "bring the database to the present schema, after a backup"


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(options: argparse.Namespace) -> int:
    """Back up where there is anything, apply all migrations, and name each step with its seconds."""
    settings = ground.read_settings()
    from colonnade.cli.up import preparing
    from colonnade.cli.up.supervisor import say, say_step

    def tell(line: dict[str, Any]) -> None:
        if "say" in line:
            say(line["say"])
        else:
            say_step(line["step"], line["seconds"])

    with ground.holding(settings.COLONNADE_HOME, "migrate"):
        preparing.prepare(tell)
    return 0
