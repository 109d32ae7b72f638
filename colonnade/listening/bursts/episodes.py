"""Repeats of one alert are suppressed: an alert opens an episode, and another comes only when that has ended or when it is
clearly louder than anything in it so far."""

from __future__ import annotations

import math
from typing import Any

from colonnade.listening.bursts.settings import Settings


class Episodes:
    """At most one episode is open. `since` is when its first alert was given, None while there is none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.since: float | None = None
        self._heard_at, self._loudest = 0.0, 0.0

    def hear(self, at: float, rarity: float, loudness: float) -> tuple[float, bool]:
        """Score (0 to 1) and alert for a row: its rarity, 0 at the bar above which a row is worth an alert, and its loudness in
        log(1 + count), by which "louder" is meant: rarity changes while an episode teaches what is usual."""
        score = 1.0 / (1.0 + math.exp(-min(max(rarity, -30.0), 30.0)))
        if self.since is not None and at - self._heard_at > self._settings.quiet:
            self.since = None
        if self.since is not None:
            louder = loudness > self._loudest + self._settings.louder
            self._loudest = max(self._loudest, loudness)
            if rarity > 0.0:
                self._heard_at = at
            return (score, True) if louder and rarity > 0.0 else (score * self._settings.hushed, False)
        if rarity <= 0.0:
            return score, False
        self.since, self._heard_at, self._loudest = at, at, loudness
        return score, True

    def state(self) -> list[Any]:
        """What is open, as JSON."""
        return [self.since, self._heard_at, self._loudest]

    def restore(self, state: list[Any]) -> None:
        """Put back what `state` gave."""
        self.since, self._heard_at, self._loudest = state
