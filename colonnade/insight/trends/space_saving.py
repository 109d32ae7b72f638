"""The SpaceSaving summary: the most frequent of endlessly many things, with at most k counters."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping


class SpaceSaving:
    """Counters for at most `size` things. Of N that were counted, each thing's true number lies between `count - error` and
    `count`; `error` is at most N / size, and whatever was counted more often than that is here.

    (Metwally, Agrawal and El Abbadi, "Efficient computation of frequent and top-k elements in data streams", 2005.)
    """

    def __init__(self, size: int) -> None:
        self.size, self.total = size, 0
        self._counts: dict[str, int] = {}
        self._errors: dict[str, int] = {}
        self._least: list[tuple[int, str]] = []  # by count; entries that are no longer true are passed over

    def add(self, thing: str, times: int = 1) -> None:
        """Count a thing. Where there is no room it takes the place, and the count, of the least."""
        self.total += times
        error = 0
        if thing not in self._counts and len(self._counts) >= self.size:
            error, gone = self._take_least()
            del self._counts[gone]
            self._errors.pop(gone, None)
        before = self._counts.get(thing, error)
        self._counts[thing] = before + times
        if error:
            self._errors[thing] = error
        heapq.heappush(self._least, (before + times, thing))
        if len(self._least) > 8 * self.size:
            self._least = [(count, one) for one, count in self._counts.items()]
            heapq.heapify(self._least)

    def _take_least(self) -> tuple[int, str]:
        while True:
            count, thing = heapq.heappop(self._least)
            if self._counts.get(thing) == count:
                return count, thing

    def count(self, thing: str) -> int:
        """At most so often; for what is not here the most that it can have been."""
        return self._counts.get(thing, self.floor)

    def at_least(self, thing: str) -> int:
        """So often for sure."""
        return self._counts.get(thing, 0) - self._errors.get(thing, 0)

    @property
    def floor(self) -> int:
        """The most that anything which is not here can have been counted: 0 while there is room."""
        return min(self._counts.values()) if len(self._counts) >= self.size else 0

    def things(self) -> Iterable[str]:
        """What is here."""
        return self._counts.keys()

    def state(self) -> list[object]:
        """All of it as JSON."""
        return [self.size, self.total, self._counts, self._errors]

    @classmethod
    def restored(
        cls, size: int, total: int, counts: Mapping[str, int], errors: Mapping[str, int]
    ) -> SpaceSaving:
        """The one that `state` was asked of."""
        made = cls(size)
        made.total, made._counts, made._errors = total, dict(counts), dict(errors)
        made._least = [(count, thing) for thing, count in made._counts.items()]
        heapq.heapify(made._least)
        return made
