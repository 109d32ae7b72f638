"""`colonnade backup FILE`: everything in one file, while the server runs; the keys in a second."""

from __future__ import annotations

import argparse
from pathlib import Path

from colonnade.cli import ground

HELP = "write everything to one file, while the server runs; keys go to FILE.keys"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the file to write; it must not exist")


def run(options: argparse.Namespace) -> int:
    """Make the backup and say what is in it."""
    ground.set_up()
    from colonnade.cli.archive import make
    from colonnade.cli.archive.contents import keys_file

    target: Path = options.file.absolute()
    manifest = make.backup(target)
    size = sum(piece.size for piece in manifest.pieces)
    print(f"{target}: the database and {len(manifest.pieces) - 1} files, {size / 1e6:.1f} MB.")
    print(
        f"{keys_file(target)}: the keys. Keep it apart from the first, and safe: without it secrets stay shut."
    )
    return 0
