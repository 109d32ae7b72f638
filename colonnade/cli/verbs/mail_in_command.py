"""`colonnade mail-in`: one letter from a mail server's pipe, kept for the letterbox that it is for."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence

from colonnade.cli import ground

HELP = "keep a letter from standard input for the letterbox whose address it is for (a pipe for mail servers)"

# sysexits.h: what Postfix and Exim make of them stands beside each
KEPT, BAD_DATA, NO_USER, TRY_LATER = 0, 65, 67, 75
_IN_ENVIRONMENT = ("ORIGINAL_RECIPIENT", "RECIPIENT")
_IN_LETTER = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_ADDRESS = re.compile(r"[^\s<>,;:\"()@]{1,64}@[^\s<>,;:\"()@]{1,253}")


def arguments(parser: argparse.ArgumentParser) -> None:
    """For whom it is, where the mail server says so."""
    parser.add_argument(
        "--to", action="append", default=[], metavar="ADDRESS", help="for whom it is; may be repeated"
    )


def run(options: argparse.Namespace) -> int:
    """The exit code is what a mail server understands: whatever we could not even try is to be tried again."""
    try:
        return _kept(options.to)
    except Exception as fault:
        return _say(
            TRY_LATER, f"The letter could not be taken now ({type(fault).__name__}): try again later."
        )


def _kept(to: Sequence[str]) -> int:
    ground.set_up()
    from colonnade.conversations import work
    from colonnade.networks.mail.read import MOST_BYTES
    from colonnade.places.queries import letterboxes

    letter = sys.stdin.buffer.read(MOST_BYTES + 1)
    if not letter.strip():
        return _say(BAD_DATA, "There is no letter on standard input.")
    if len(letter) > MOST_BYTES:
        return _say(BAD_DATA, f"The letter is larger than {MOST_BYTES // 1024 // 1024} MB.")
    found = letterboxes(_addresses(to, letter))
    if not found:
        return _say(NO_USER, "Nobody here has that address.")
    for place in found:
        work.push(place, letter)
    return KEPT


def _addresses(to: Sequence[str], letter: bytes) -> list[str]:
    """For whom the letter is: as the mail server says, else as the letter says itself."""
    from colonnade.networks.mail.read import header_of

    told = [*to] or [os.environ[name] for name in _IN_ENVIRONMENT if os.environ.get(name)]
    if told:
        return told
    return [address for name in _IN_LETTER for address in _ADDRESS.findall(header_of(letter, name))]


def _say(code: int, sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return code
