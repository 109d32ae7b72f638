"""`colonnade restore FILE`: put a backup in place of an empty server."""

from __future__ import annotations

import argparse
from pathlib import Path

from colonnade.cli import ground

HELP = "put a backup in place; refuses where there is something already"


def arguments(parser: argparse.ArgumentParser) -> None:
    """From where, and whether over something."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="the backup; its keys lie beside it in FILE.keys"
    )
    parser.add_argument(
        "--force", action="store_true", help="replace what is here (it is kept under backups/)"
    )
    parser.add_argument(
        "--without-keys",
        action="store_true",
        help="without FILE.keys: stored credentials can then not be opened",
    )


def run(options: argparse.Namespace) -> int:
    """Restore, and say what to do next."""
    settings = ground.read_settings()
    with ground.holding(settings.COLONNADE_HOME, "restore"):
        ground.set_up()
        from colonnade.cli.archive import take

        manifest, kept = take.restore(
            options.file.absolute(), force=options.force, without_keys=options.without_keys
        )
    if kept is not None:
        print(f"What was here before is in {kept}.")
    print(f"Restored the backup of {manifest.made_at}. Start with `colonnade up`.")
    return 0
