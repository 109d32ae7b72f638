"""What a column may show, how columns are ordered. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

Quiet = tuple[time, time] | None
"""Between which times of day nothing rings."""

MOST_COLUMNS, LONGEST_SEARCH = 20, 200
LISTS = {
    "cases": ("all", "mine", "nobody", "waiting", "solved"),
    "outgoing": ("open", "check", "done"),
    "drafts": ("plan", "approval", "drafts", "out"),
    "notices": ("",),
}
"""Lists of other pages that stand as a column, and the parts of each, the first where none is said."""
OF_ONE_OWNER = ("all", "waiting", "solved")
"""The parts of the cases that may be those of one colleague."""
THEMES = ("", "light", "dark")
DIGESTS = ("off", "hourly", "daily")
CONTRASTS = ("", "normal", "more")


class CannotArrange(ValueError):
    """That cannot be put on the page. `str(error)` is a sentence for the person."""


def moved(order: Sequence[int], column: int, to: int) -> list[int]:
    """The same columns with one of them at place `to` (from 0), held within the row."""
    rest = [one for one in order if one != column]
    at = min(max(to, 0), len(rest))
    return [*rest[:at], column, *rest[at:]]


def level_of(*choices: str) -> str:
    """What somebody wants to be told, the nearest choice first: conversation, membership, default. "" and "normal" leave
    it to the next; at last "mentions"."""
    return next((one for one in choices if one not in ("", "normal")), "mentions")


def is_wanted(level: str, *, meant: bool) -> bool:
    """Whether something is told at this level; `meant`: it names its reader, or answers them."""
    return level == "all" or (level == "mentions" and meant)


def is_quiet(quiet: Quiet, at: time) -> bool:
    """Whether a time of day lies in the quiet hours; they may span midnight."""
    if quiet is None or quiet[0] == quiet[1]:
        return False
    begins, ends = quiet
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def period_of(digest: str, daily_at: time, quiet: Quiet, local: datetime) -> str:
    """The period whose letter is due at this local time: an hour, or a day from its time on; "" while none is."""
    if digest == "hourly" and not is_quiet(quiet, local.time()):
        return f"{local:%Y-%m-%dT%H%z}"
    if digest == "daily" and local.time() >= daily_at:
        return f"{local:%Y-%m-%d}"
    return ""
