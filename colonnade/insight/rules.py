"""What numbers mean. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from difflib import SequenceMatcher
from itertools import accumulate, islice, pairwise, repeat
from operator import add
from statistics import median

from colonnade.insight.models import Scenario, Step
from colonnade.insight.types import Body
from colonnade.listening.types import Run
from colonnade.primitives import ids

# --- hours --------------------------------------------------------------------------------------------------------

HOUR_MS = 3_600_000
HOUR = timedelta(hours=1)
IDS_IN_AN_HOUR = ids.first_of(HOUR_MS)


def hour_of(post: int) -> int:
    """The hour in which a post was published: whole hours since 1970, of UTC."""
    return post // IDS_IN_AN_HOUR


def hour_of_ms(ms: int) -> int:
    """The same of a moment in milliseconds since 1970."""
    return ms // 3_600_000


def ids_of_hour(hour: int) -> tuple[int, int]:
    """The first id of an hour, and the first one after it."""
    return hour * IDS_IN_AN_HOUR, (hour + 1) * IDS_IN_AN_HOUR


def hour_at(moment: datetime) -> int:
    """The first hour that begins at a moment or after it: whole hours since 1970, of UTC."""
    return -int(-moment.timestamp() // 3600)


def end_of_hour(moment: datetime) -> datetime:
    """When the hour of UTC ends that runs at a moment."""
    return datetime.fromtimestamp((int(moment.timestamp()) // 3600 + 1) * 3600, UTC)


def starts(since: datetime, before: datetime, by: str, zone: tzinfo) -> list[datetime]:
    """When each "hour" (of UTC) or "day" (midnight in `zone`) between two moments begins, oldest first."""
    if by == "hour":
        first_hour = datetime.fromtimestamp(hour_at(since) * 3600, UTC)
        each = accumulate(repeat(HOUR), add, initial=first_hour)  # five times as quick as hour * HOUR
        return list(islice(each, max(0, hour_at(before) - hour_at(since))))
    first, found = since.astimezone(zone).date(), []
    while (start := datetime(first.year, first.month, first.day, tzinfo=zone)) < before:
        found.append(start)
        first += timedelta(days=1)
    return found


def places_of(starts: Sequence[datetime], before: datetime) -> dict[int, int]:
    """In which of these stretches of time each hour begins."""
    first, end = hour_at(starts[0]), hour_at(before)
    if end - first == len(starts):  # hours, then
        return {first + at: at for at in range(len(starts))}
    edges = [*(hour_at(start) for start in starts), end]
    return {hour: at for at, (begin, end) in enumerate(pairwise(edges)) for hour in range(begin, end)}


# --- walls --------------------------------------------------------------------------------------------------------

# What a wall may show, in the order in which it turns.
PANELS = ("glance", "volume", "mood", "share", "posts", "clocks", "networks")
SECONDS = (10, 20, 30, 60, 120)
USUAL_SECONDS = 20
LOOKS = ("light", "dark")
FEWEST_STRETCHES = 3


def share(part: int, whole: int) -> int:
    """A part of a whole, in hundredths; 0 of nothing."""
    return round(part / whole * 100) if whole else 0


def usual_total(counts: Sequence[int], length: int) -> int | None:
    """What is usual for the last `length` of these counts together: the middle of the same stretches before, one after the
    other, as far back as anything was counted. None where those are fewer than three."""
    first = next((at for at, count in enumerate(counts) if count), len(counts))
    ends = range(len(counts) - length, first + length - 1, -length)
    before = [sum(counts[end - length : end]) for end in ends]
    return round(median(before)) if length and len(before) >= FEWEST_STRETCHES else None


# --- briefings ----------------------------------------------------------------------------------------------------

Period = tuple[str, datetime, datetime]
"""The name of a period ("2026-11-22", or "2026-W47"), and from when to when it is."""


def period_at(every: str, weekday: int, at: time, local: datetime) -> Period:
    """The period that was over last at a local time: a day, or seven days, up to the time of day (and the weekday, 0
    Monday) at which a briefing is wanted."""
    over = datetime.combine(local.date(), at, tzinfo=local.tzinfo)
    if every == "week":
        over -= timedelta(days=(local.weekday() - weekday) % 7)
    if over > local:
        over -= timedelta(days=7 if every == "week" else 1)
    if every == "week":
        year, week, _ = over.isocalendar()
        return f"{year}-W{week:02}", over - timedelta(days=7), over
    return f"{over:%Y-%m-%d}", over - timedelta(days=1), over


# --- scenarios ----------------------------------------------------------------------------------------------------

STEP_KINDS = ("call", "pause", "statement", "do")
MOST_LINES = 100


def written(scenario: Scenario, steps: Sequence[Step]) -> Body:
    """A scenario as a version keeps it."""
    return {
        "name": scenario.name,
        "about": scenario.about,
        "script": scenario.script,
        "watch": scenario.watch_id,
        "owner": scenario.owner_id,
        "steps": [[one.kind, one.text, one.within, one.person_id, one.draft_id] for one in steps],
    }


def changed(before: Sequence[str], after: Sequence[str]) -> list[Run]:
    """The lines that went, and those that came."""
    found = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            found += [Run("gone", line) for line in before[a:b]] + [Run("new", line) for line in after[c:d]]
    return found


def step_kind(kind: str) -> str:
    """A kind of step; what is none is something to do."""
    return kind if kind in STEP_KINDS else "do"


def script_lines(script: str) -> list[tuple[str, str]]:
    """Who says what in a drill, from lines "Who: words"; a line without a name is said by a passer-by."""
    found = []
    for line in script.splitlines():
        who, colon, words = line.strip().partition(": ")
        if colon and words.strip():
            found.append((who.strip()[:60], words.strip()))
        elif line.strip():
            found.append(("Passer-by", line.strip()))
    return found[:MOST_LINES]


ALARMED_BY = 3


def alarming(lines: int, earnest: int) -> int:
    """How many lines of a drill a watch must have caught to alarm anybody: as many as alarm in earnest, where the drill has so
    many and that is known; else three, or all. A rehearsal without its alarm would rehearse nothing."""
    return earnest if 0 < earnest <= lines else max(1, min(ALARMED_BY, lines))


def handle(name: str) -> str:
    """A name as an address on the make-believe network: letters and digits alone."""
    return "".join(letter for letter in name.lower() if letter.isalnum())[:40] or "somebody"
