"""The `colonnade` command: everything an operator does, one verb a file.

Owns the verbs and the supervisor (`up/`). Refuses to hold logic that a room should own.
"""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 14)

VERBS = (
    "up",
    "migrate",
    "doctor",
    "owner",
    "token",
    "stream",
    "backup",
    "restore",
    "keys",
    "match",
    "mood",
    "forecast",
    "bursts",
    "mail-in",
)


class Trouble(Exception):
    """Something that its reader can mend; the message is one sentence that says what to do. Ends with exit code 1."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code. Expected trouble is one sentence on standard error, never a traceback."""
    if not OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        print(
            f"Colonnade needs Python {_dotted(OLDEST_PYTHON)} to {_dotted(NEWEST_PYTHON)}, and this is "
            f"{_dotted(sys.version_info[:2])}: run it with another Python.",
            file=sys.stderr,
        )
        return 1
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="colonnade", description="Social infrastructure for one organisation."
    )
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    asked = next((word for word in arguments if not word.startswith("-")), "")
    for verb in VERBS:
        module = _module_of(verb)
        subparser = subparsers.add_parser(verb, help=module.HELP.replace("%", "%%"), description=module.HELP)
        if verb == asked:
            module.arguments(subparser)
    options = parser.parse_args(arguments)
    try:
        code: int = _module_of(options.verb).run(options)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stdout = None  # whoever read our output has gone; there is nobody to tell
        return 141
    except Exception as fault:
        from colonnade.cli import ground

        sentence = _no_room(fault) or ground.told(fault)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 1
    return code


def _no_room(fault: Exception) -> str:
    """One sentence where the disk is full; "" for anything else."""
    if not isinstance(fault, OSError) or fault.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return ""
    where = f" to {fault.filename}" if fault.filename else ""
    return f"Nothing more can be written{where}: {fault.strerror}. Make room and run this again."


def _module_of(verb: str) -> ModuleType:
    return import_module(f"colonnade.cli.verbs.{verb.replace('-', '_')}_command")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
