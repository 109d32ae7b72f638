"""Queries that a room above keeps for people, such as their saved searches, rest on lists as watches do.

That room registers with `kept_by` when the program starts; whoever would change, rename or take away a list asks
`kept_queries`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Kept(NamedTuple):
    """A query that names a list perhaps, and the id of the person who alone may read it."""

    person: int
    query: str


_told: list[Callable[[], Iterable[Kept]]] = []


def kept_by(told: Callable[[], Iterable[Kept]]) -> None:
    """Have this asked for kept queries in which `list:` stands, of those to whom there are lists. Called at start, by one
    room; whoever keeps one holds the lists (`actions.locked_texts`) until it is written."""
    _told[:] = [told]


def kept_queries() -> list[Kept]:
    """Every such query that is kept at this moment."""
    return [one for told in _told for one in told()]
