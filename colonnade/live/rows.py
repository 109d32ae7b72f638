"""An outbox row as the push path sees it: its place in the order, and whom it concerns."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

Heard: TypeAlias = tuple[int, int | None, int | None, int | None]
"""Audience, place, conversation, watch."""


class Row(NamedTuple):
    """One stamped fact; its kind and subject stay behind."""

    seq: int
    hints: tuple[Heard, ...]
