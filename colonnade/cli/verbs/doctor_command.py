"""`colonnade doctor`: every setting in plain words, and whether all is well."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable

from colonnade.cli import ground

HELP = "print every setting and check that all is well; exit code 1 if something is wrong"


def arguments(parser: argparse.ArgumentParser) -> None:
    """How much to say."""
    parser.add_argument("--wrong-only", action="store_true", help="print nothing but what is wrong")


def run(options: argparse.Namespace) -> int:
    """Look, print, and say by the exit code whether something needs a hand."""
    settings = ground.read_settings()
    ground.set_up()
    if not options.wrong_only:
        _print_settings(settings.COLONNADE_SETTINGS)
    from colonnade.cli.doctor import machine, stores, world
    from colonnade.cli.doctor.finding import WRONG

    home = settings.COLONNADE_HOME
    findings = [
        *machine.python(),
        *machine.documents(),
        *machine.home(home),
        *machine.key_ring(home),
        *machine.disk(home, stores.sqlite_file()),
        *machine.time(),
        *machine.open_files(),
        *stores.database(settings),
        *world.reached(settings),
        *world.private_hosts(settings),
        *world.letters(settings),
    ]
    bad = [finding for finding in findings if finding.state == WRONG]
    for finding in bad if options.wrong_only else findings:
        print(f"{finding.state:<6}{finding.sentence}")
    if not options.wrong_only:
        print()
        print(
            "All is well." if not bad else f"{len(bad)} thing{'s need' if len(bad) > 1 else ' needs'} a hand."
        )
    return 1 if bad else 0


def _print_settings(rows: Iterable[tuple[str, str, str, str]]) -> None:
    for variable, shown, _, sentence in rows:
        given = "  (set)" if os.environ.get(variable) else ""
        print(f"{variable} = {shown or '(empty)'}{given}")
        print(f"    {sentence}")
    print()
