"""Plain values of listening."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """What a watch caught after a place in the order of arrival, newest last, of what the viewer may see.

    `more` says that the look stopped early: ask again from `seq`, which must leave the server only encrypted.
    """

    seq: int
    posts: tuple[int, ...]
    more: bool
