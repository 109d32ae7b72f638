"""The few numbers that the burst engine has, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

HOUR, DAY, WEEK = 3_600.0, 86_400.0, 604_800.0


@dataclass(frozen=True, slots=True)
class Settings:
    """All times in seconds. They were chosen once for round values on broad plateaus, not tuned one by one."""

    level: float = WEEK
    """How long the level remembers: a week, so that no weekend pulls it down."""
    day_visits: float = 10.0
    """How many days an hour's place in the day is learned from."""
    week_visits: float = 5.0
    """How many weeks an hour's place in the week is learned from."""
    block: float = 6 * HOUR
    """The loudest row of each such stretch is a *peak*; rows side by side are one event, and a night is not a day."""
    peaks: int = 112
    """How many peaks are remembered: four weeks of blocks."""
    upper: float = 0.25
    """The part of the peaks that the tail is learned from: of four weeks the 28 loudest."""
    smooth: float = 3 * HOUR
    """What lasts is listened for beside single rows: a running mean over so long, half a block."""
    warm: float = 2 * DAY
    """It says nothing before it has heard so much, and eight blocks."""
    once_in: float = 2.0
    """An alert, and a score of one half: as loud as is to be expected once in so many weeks. Half an alarm a week is what people
    put up with."""
    quiet: float = 12 * HOUR
    """An episode has ended when nothing was as loud as that for so long: a night without it."""
    louder: float = 1.1
    """Within an episode only what is louder than all of it by this power of e (three times) is told again."""
    hushed: float = 0.25
    """What a repeat keeps of its score."""
