"""The `colonnade` command: everything an operator does, one verb a file.

Owns the verbs and the supervisor (`up/`). Refuses to hold logic that a room should own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

VERBS = ("up", "migrate", "doctor", "owner", "token", "backup", "restore", "keys")


class Trouble(Exception):
    """Something that its reader can mend; the message is one sentence that says what to do. Ends with exit code 1."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code. Expected trouble is one sentence on standard error, never a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="colonnade", description="Social infrastructure for one organisation.")
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    asked = next((word for word in arguments if not word.startswith("-")), "")
    for verb in VERBS:
        module = import_module(f"colonnade.cli.verbs.{verb}_command")
        subparser = subparsers.add_parser(verb, help=module.HELP, description=module.HELP)
        if verb == asked:
            module.arguments(subparser)
    options = parser.parse_args(arguments)
    try:
        code: int = import_module(f"colonnade.cli.verbs.{options.verb}_command").run(options)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code
