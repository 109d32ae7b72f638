"""How rare a loudness is: how often in a week the series itself is as loud as that.

Peaks over a threshold (Pickands 1975; for streams, Siffer et al., KDD 2017), on the loudest row of each block, so that one event
counts once. Above the threshold the excess in log(1 + count) falls off exponentially, which is the power law of heavy-tailed counts.
How steeply is not known but learned from few peaks, so the *predictive* distribution is used (exponential with a gamma prior:
Lomax): a short past makes it cautious by itself.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from colonnade.listening.bursts.settings import WEEK, Settings

FEWEST_BLOCKS = 8
PRIOR_EXCESS = 0.5
"""One peak's worth of belief beforehand: a peak above the threshold is louder than it by a factor of e to the 0.5."""
UNKNOWN = -9.0
WEEKS_OF_CHANCE = 52.0
LEAST_LOUD, WORTH = math.log(1.5), 6.0
"""Half as much again as usual is the least that can be rare, and twice as much can be rare indeed."""


class Rarity:
    """The peaks of one channel and the tail that they make."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._peaks: deque[float] = deque(maxlen=settings.peaks)
        self._block, self._loudest = -1, 0.0
        self._upper, self._over, self._excess, self._often = 0, 0.0, PRIOR_EXCESS, 0.0

    def of(self, loudness: float) -> float:
        """Minus the natural logarithm of how often in a week something as loud is to be expected: 0 is once a week."""
        if not self._upper:
            return UNKNOWN
        beyond = loudness - self._over
        if beyond <= 0.0:
            return self._often + beyond / self._excess
        return self._often + (self._upper + 1) * math.log1p(beyond / self._excess)

    def hear(self, at: float, loudness: float, step: float) -> None:
        """Take one row into its block; a block that has ended becomes a peak."""
        block = math.floor(at / max(self._settings.block, step))
        if block == self._block:
            self._loudest = max(self._loudest, loudness)
            return
        if self._block >= 0:
            self._peaks.append(round(self._loudest, 5))
            self._learn(step)
        self._block, self._loudest = block, loudness

    def _learn(self, step: float) -> None:
        if len(self._peaks) < FEWEST_BLOCKS:
            return
        ordered = sorted(self._peaks)
        self._upper = max(2, int(len(ordered) * self._settings.upper))
        top = ordered[-self._upper :]
        self._over = ordered[-self._upper - 1]
        self._excess = sum(top) - self._upper * self._over + PRIOR_EXCESS
        weeks = len(ordered) * max(self._settings.block, step) / WEEK
        self._often = -math.log(self._upper / weeks)

    def state(self) -> dict[str, Any]:
        """What was learned, as JSON."""
        return {
            "peaks": list(self._peaks),
            "block": self._block,
            "loudest": self._loudest,
            "tail": [self._upper, self._over, self._excess, self._often],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Put back what `state` gave."""
        self._peaks = deque(state["peaks"], maxlen=self._settings.peaks)
        self._block, self._loudest = state["block"], state["loudest"]
        self._upper, self._over, self._excess, self._often = state["tail"]


def most(loudness: float, count: float, usual: float, rows_a_week: float) -> float:
    """The most that the rarity of a row may be, on the scale of `Rarity.of`: what chance alone does seldom is no news, and neither
    is what is hardly more than usual, however smooth the series was until then.

    Chance is a Poisson count around the usual one, by Anscombe's square roots (1948) and the tail of the normal distribution:
    once in a year of it is worth 0.
    """
    away = 2.0 * (math.sqrt(count + 0.375) - math.sqrt(usual + 0.375))
    if away <= 0.0 or loudness <= 0.0:
        return UNKNOWN
    chance = away * away / 2.0 + math.log1p(2.5 * away) - math.log(rows_a_week * WEEKS_OF_CHANCE)
    return min(chance, WORTH * (loudness - LEAST_LOUD))
