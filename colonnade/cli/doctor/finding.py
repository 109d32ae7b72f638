"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass

WELL, NOTE, WRONG = "ok", "note", "wrong"


@dataclass(frozen=True)
class Finding:
    """`state` is WELL, NOTE (worth knowing) or WRONG (needs a hand); `sentence` says what, and what to do."""

    state: str
    sentence: str


def well(sentence: str) -> Finding:
    return Finding(WELL, sentence)


def note(sentence: str) -> Finding:
    return Finding(NOTE, sentence)


def wrong(sentence: str) -> Finding:
    return Finding(WRONG, sentence)
