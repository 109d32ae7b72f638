"""Plain values of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in a list that an admin hands in: on which line, how they are called, and under which (network, address) one
    would find them again. `reason` says, in a sentence, why the row cannot be taken; "" where it can."""

    line: int
    name: str
    faces: tuple[tuple[str, str], ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a list: people who are new, and people who were known already."""

    new: int
    known: int


@dataclass(frozen=True, slots=True)
class Connection:
    """How two people are connected: `kind` from the first to the second ("works for"), `reverse` the other way round
    ("employs"); where that is known from, since which day it holds, and how sure it is (0 to 1)."""

    kind: str
    reverse: str = ""
    known_from: str = ""
    since: date | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Hidden:
    """Whom a viewer does not want to hear, or who does not want to be heard by them: identity ids and domains."""

    identities: frozenset[int] = frozenset()
    domains: frozenset[str] = frozenset()
