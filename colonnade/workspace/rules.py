"""What a column may show, how columns are ordered. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

MOST_COLUMNS = 20
THEMES = ("", "light", "dark")
CONTRASTS = ("", "normal", "more")


class CannotArrange(ValueError):
    """That cannot be put on the page. `str(error)` is a sentence for the person."""


def moved(order: Sequence[int], column: int, to: int) -> list[int]:
    """The same columns with one of them at place `to` (from 0), held within the row."""
    rest = [one for one in order if one != column]
    at = min(max(to, 0), len(rest))
    return [*rest[:at], column, *rest[at:]]
