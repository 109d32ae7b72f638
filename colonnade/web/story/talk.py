"""What is said in the town's own spaces, as written down in `talk.jsonl`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

_FILE = Path(__file__).with_name("talk.jsonl")


class Described(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A space of the town and for whom it is: "web", "signed-in", "partners" or "staff"."""

    name: str
    purpose: str
    expected_result: str
    audience: str


class Asker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody without an account, who asks by the box on the town's page."""

    name: str


class Later(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A post that the town hall has planned for later that day."""

    title: str
    text: str
    goes_at: str


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that happens, `at` seconds of the story (before 0: in the days before)."""

    at: float
    space: str = ""
    by: str = ""
    ask: Asker | None = None
    id: str = ""
    title: str = ""
    text: str = ""
    reply_to: str = ""
    case: bool = False
    promise: str = ""
    note: bool = False
    solved: bool = False
    scheduled: tuple[Later, ...] = ()


class _Spaces(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    spaces: dict[str, Described]


@cache
def spaces() -> dict[str, Described]:
    """The spaces by the short name that the talk uses."""
    return msgspec.json.decode(_lines()[0], type=_Spaces).spaces


@cache
def talk() -> tuple[Said, ...]:
    """All of it, in order of time; what is planned for later is left to `planned`."""
    return tuple(one for one in _all() if not one.scheduled)


@cache
def planned() -> tuple[float, tuple[Later, ...]]:
    """When the story asks whether planned posts should wait, and which."""
    return next(((one.at, one.scheduled) for one in _all() if one.scheduled), (0.0, ()))


def _all() -> list[Said]:
    return sorted((msgspec.json.decode(line, type=Said) for line in _lines()[1:]), key=lambda one: one.at)


def _lines() -> list[bytes]:
    return [line for line in _FILE.read_bytes().splitlines() if line.strip() and not line.startswith(b"#")]
