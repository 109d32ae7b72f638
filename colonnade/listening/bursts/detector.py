"""The detector of one series: what is usual, how rare this is, whether it was said already."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from colonnade.listening.bursts.episodes import Episodes
from colonnade.listening.bursts.rarity import UNKNOWN, Rarity, most
from colonnade.listening.bursts.settings import HOUR, WEEK, Settings
from colonnade.listening.bursts.usual import Usual

VERSION = 1
FIRST_STEP = HOUR
LONGEST_ROW = 2.0
"""A row stands for at most so many steps: the first one after a gap counts hardly more than others."""


class Reading(NamedTuple):
    """What is said of one row. Counts are in the unit of the series; `since` is when the open episode began (seconds)."""

    score: float
    alert: bool
    expected: float
    low: float
    high: float
    since: float | None


class Detector:
    """Feed it the rows of one series, oldest first. Its memory has a bound, whatever the length of the series."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._usual = Usual(self._settings)
        self._row, self._lasting = Rarity(self._settings), Rarity(self._settings)
        self._episodes = Episodes(self._settings)
        self._last: float | None = None
        self._step = FIRST_STEP
        self._rows = 0
        self._mean = self._mean_usual = 0.0
        self._bar = -math.log(self._settings.once_in)

    def feed(self, at: float, value: float) -> Reading:
        """Judge one row, then learn from it. `at` is the beginning of its step in seconds since 1970 (UTC), `value` a count of
        0 or more. Raises ValueError for a moment before the last one, and for a value that is no count."""
        if not 0.0 <= value < math.inf:
            raise ValueError(f"{value} is no count: it must be 0 or more")
        lasted = self._passed(at)
        middle = at + self._step / 2.0
        seen = math.log1p(value)
        usual = self._usual.at(middle) if self._rows else seen
        low, high = self._usual.band(usual)
        expected = max(0.0, math.expm1(usual))
        weight = 1.0 - math.exp(-(lasted or self._step) / self._settings.smooth)
        self._mean = self._mean + weight * (value - self._mean) if self._rows else value
        self._mean_usual = self._mean_usual + weight * (expected - self._mean_usual) if self._rows else value
        lasting = math.log1p(self._mean) - math.log1p(self._mean_usual)
        rarity = self._rarity(value, expected, seen - usual, lasting)
        score, alert = self._episodes.hear(at, rarity, max(seen - usual, lasting))
        self._row.hear(at, seen - usual, self._step)
        self._lasting.hear(at, lasting, self._step)
        self._usual.learn(middle, seen, usual, lasted, self._step)
        self._last, self._rows = at, self._rows + 1
        return Reading(
            score,
            alert,
            expected,
            max(0.0, math.expm1(low)),
            max(0.0, math.expm1(high)),
            self._episodes.since,
        )

    def expects(self, at: float) -> tuple[float, float, float]:
        """What is usual for a row that begins at `at`, and the edges between which four of five rows lie: for charts."""
        usual = self._usual.at(at + self._step / 2.0)
        low, high = self._usual.band(usual)
        return max(0.0, math.expm1(usual)), max(0.0, math.expm1(low)), max(0.0, math.expm1(high))

    def state(self) -> dict[str, Any]:
        """All that it knows, as JSON: a detector restored from it goes on exactly as this one would."""
        return {
            "version": VERSION,
            "last": self._last,
            "step": self._step,
            "rows": self._rows,
            "mean": [self._mean, self._mean_usual],
            "usual": self._usual.state(),
            "row": self._row.state(),
            "lasting": self._lasting.state(),
            "episode": self._episodes.state(),
        }

    @classmethod
    def restored(cls, state: dict[str, Any], settings: Settings | None = None) -> Detector:
        """The detector that `state` was asked of. Raises ValueError for the state of another version."""
        if state.get("version") != VERSION:
            raise ValueError(
                f"a state of version {state.get('version')} cannot be read: feed the series again"
            )
        made = cls(settings)
        made._last, made._step, made._rows = state["last"], state["step"], state["rows"]
        made._mean, made._mean_usual = state["mean"]
        made._usual.restore(state["usual"])
        made._row.restore(state["row"])
        made._lasting.restore(state["lasting"])
        made._episodes.restore(state["episode"])
        return made

    def _passed(self, at: float) -> float:
        """Seconds that the row stands for; learns the step from them."""
        if self._last is None:
            return 0.0
        passed = at - self._last
        if passed < 0.0:
            raise ValueError("rows must come oldest first")
        if self._rows == 1:
            self._step = passed or FIRST_STEP
        elif passed:
            self._step += 0.1 * (min(passed, 4.0 * self._step) - self._step)
        return min(passed, LONGEST_ROW * self._step)

    def _rarity(self, value: float, expected: float, loudness: float, lasting: float) -> float:
        """The rarer of this row and of what has lasted; never rarer than chance and size allow, and unknown while too
        little was heard."""
        if self._usual.age < self._settings.warm:
            return UNKNOWN
        rows = max(1.0, 2.0 * self._settings.smooth / self._step)
        rows_a_week = WEEK / self._step
        rarity = max(
            min(self._row.of(loudness), most(loudness, value, expected, rows_a_week)),
            min(
                self._lasting.of(lasting),
                most(lasting, rows * self._mean, rows * self._mean_usual, rows_a_week / rows),
            ),
        )
        return rarity + self._bar
