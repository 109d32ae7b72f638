"""What the cursor of a watched page remembers between visits: plain JSON, bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from colonnade.primitives.clock import now_s

FLIPS_LAST_S = 2 * 86_400.0
_MOST_FLIPS = 2000
_MOST_CHANGES = 20


class Memory(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`lines`: what could be read last time; `watched`: whether there was a first time. `moved`: the mark of each line that
    came or went in the last two days, with the second in which it did. `changes`: the seconds of the last differences
    told, `told` how many there were in all."""

    etag: str = ""
    modified: str = ""
    body: str = ""
    title: str = ""
    lang: str = ""
    watched: bool = False
    lines: list[str] = []
    moved: dict[str, int] = {}
    changes: list[int] = []
    told: int = 0

    def flips(self) -> frozenset[str]:
        """The lines that came or went lately."""
        since = now_s() - FLIPS_LAST_S
        return frozenset(mark for mark, moved in self.moved.items() if moved > since)

    def note_moved(self, marks: Iterable[str]) -> None:
        """These lines came or went now."""
        fresh = self.flips()
        kept = {mark: moved for mark, moved in self.moved.items() if mark in fresh}
        for mark in marks:
            kept.pop(mark, None)
            kept[mark] = int(now_s())
        self.moved = dict(list(kept.items())[-_MOST_FLIPS:])

    def note_told(self) -> None:
        """A difference was told now."""
        self.told += 1
        self.changes = [*self.changes, int(now_s())][-_MOST_CHANGES:]

    def as_cursor(self) -> dict[str, Any]:
        """Plain JSON."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def recall(cursor: Mapping[str, Any]) -> Memory:
    """The memory in a cursor; one that cannot be read (older, damaged) counts as none."""
    try:
        return msgspec.convert(dict(cursor), Memory)
    except msgspec.ValidationError:
        return Memory()
