"""What is usual: a level, the place in the day and the place in the week, learned as the series goes.

Everything is in log(1 + count): counts of posts are heavy-tailed and their patterns multiply. What is learned from a row is
clipped at a few times the usual deviation (Huber 1964), so that a burst moves it hardly more than a loud hour does.
"""

from __future__ import annotations

import math
from typing import Any

from colonnade.listening.bursts.settings import DAY, HOUR, Settings

CLIP = 3.0
LEAST_DEVIATION = 0.05
HOURS_OF_DAY, HOURS_OF_WEEK = 24, 168
THURSDAY = 3 * HOURS_OF_DAY
"""1970 began on a Thursday; weeks are counted from Monday."""
LEVEL_ROWS = 14
"""With long steps the level remembers rows, not days: two weeks of daily rows."""
LOW, HIGH = 0.1, 0.9
"""Four of five rows lie in the band."""


class Usual:
    """Learned from every row; answers what is usual at a moment, before the row of that moment is learned."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.level = 0.0
        self.deviation = 0.5
        self.age = 0.0
        self._low, self._high = -0.5, 0.5
        self._day, self._day_seen = [0.0] * HOURS_OF_DAY, [0.0] * HOURS_OF_DAY
        self._week, self._week_seen = [0.0] * HOURS_OF_WEEK, [0.0] * HOURS_OF_WEEK

    def at(self, middle: float) -> float:
        """Usual log(1 + count) at a moment (seconds, the middle of the row's step): between the two nearest hours."""
        place = middle / HOUR - 0.5
        hour = math.floor(place)
        share = place - hour
        before = self._hour((hour + THURSDAY) % HOURS_OF_WEEK)
        if share == 0.0:
            return self.level + before
        return self.level + (1.0 - share) * before + share * self._hour((hour + 1 + THURSDAY) % HOURS_OF_WEEK)

    def band(self, usual: float) -> tuple[float, float]:
        """The edges between which four of five rows lie, around a usual value; in log(1 + count)."""
        return usual + min(self._low, 0.0), usual + max(self._high, 0.0)

    def learn(self, middle: float, seen: float, usual: float, lasted: float, step: float) -> None:
        """Learn from one row: `seen` is its log(1 + count), `usual` what `at` said, `lasted` the seconds it stands for."""
        if self.age == 0.0:
            self.level = seen
            self.age = lasted or step
            return
        off = seen - usual
        limit = CLIP * max(self.deviation, LEAST_DEVIATION)
        clipped = min(max(off, -limit), limit)
        self.age += lasted
        rate = max(
            1.0 - math.exp(-lasted / max(self._settings.level, LEVEL_ROWS * step)),
            min(0.5, lasted / self.age) if self.age < self._settings.level else 0.0,
        )
        self.level += rate * clipped
        self._learn_hours(middle, clipped, min(1.0, lasted / HOUR))
        self.deviation += 0.7 * rate * (min(abs(off), 2.0 * limit) - self.deviation)
        pace = rate * 4.0 * max(self.deviation, LEAST_DEVIATION)
        self._low += pace * (LOW - (off < self._low))
        self._high += pace * (HIGH - (off < self._high))

    def _hour(self, hour: int) -> float:
        """What an hour of the week adds to the level. Little seen counts for little: it is drawn towards nothing, and the
        week's own part towards what the day says."""
        of_day = hour % HOURS_OF_DAY
        days, weeks = self._day_seen[of_day], self._week_seen[hour]
        return self._day[of_day] * days / (days + 1.0) + self._week[hour] * weeks / (weeks + 2.0)

    def _learn_hours(self, middle: float, clipped: float, share: float) -> None:
        hour = (math.floor(middle / HOUR) + THURSDAY) % HOURS_OF_WEEK
        of_day = hour % HOURS_OF_DAY
        days = min(self._day_seen[of_day] + share, self._settings.day_visits)
        weeks = min(self._week_seen[hour] + share, self._settings.week_visits)
        self._day_seen[of_day], self._week_seen[hour] = round(days, 4), round(weeks, 4)
        self._day[of_day] = round(self._day[of_day] + 0.7 * clipped * share / max(1.0, days), 6)
        self._week[hour] = round(self._week[hour] + 0.7 * clipped * share / max(1.0, weeks), 6)

    def state(self) -> dict[str, Any]:
        """What was learned, as JSON."""
        return {
            "level": self.level,
            "deviation": self.deviation,
            "age": self.age,
            "band": [self._low, self._high],
            "day": self._day,
            "day_seen": self._day_seen,
            "week": self._week,
            "week_seen": self._week_seen,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Put back what `state` gave."""
        self.level, self.deviation, self.age = state["level"], state["deviation"], state["age"]
        self._low, self._high = state["band"]
        self._day, self._day_seen = list(state["day"]), list(state["day_seen"])
        self._week, self._week_seen = list(state["week"]), list(state["week_seen"])

    @property
    def days(self) -> float:
        """How many days it has heard."""
        return self.age / DAY
