"""The SpaceSaving summary: the most frequent of endlessly many things, with at most k counters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import nlargest


class SpaceSaving:
    """Counters for at most `size` things. Of N that were counted, each thing's true number lies between `count - error` and
    `count`; `error` is at most N / size, and whatever was counted more often than that is here.

    (Metwally, Agrawal and El Abbadi, "Efficient computation of frequent and top-k elements in data streams", 2005; many at a time
    and put together as in Agarwal et al., "Mergeable summaries", 2012: the counters add up to at most N, so the least of them
    is at most N / size, and nothing that has none was counted more often than that.)

    Beside a count stands by whom: one bit for each of eight groups of people (`voices`), so that what one person says over
    and over can be told from what many say.
    """

    def __init__(self, size: int) -> None:
        self.size, self.total = size, 0
        self._counts: dict[str, int] = {}
        self._errors: dict[str, int] = {}
        self._voices: dict[str, int] = {}

    def add(
        self, counts: Mapping[str, int], voices: Mapping[str, int] | None = None, *, rest: int = 0
    ) -> None:
        """Count things, each so often. Where there is no room the least go, and what comes may have been as often before.
        `rest`: others came so often in all, none of which is here or came as often as the first `size` of these."""
        floor = self.floor
        self.total += sum(counts.values()) + rest
        for thing, times in counts.items():
            before = self._counts.get(thing)
            if before is None:
                before = floor
                if floor:
                    self._errors[thing] = floor
            self._counts[thing] = before + times
        self._keep_the_most_frequent()
        self.note_voices(voices or {})

    def note_voices(self, voices: Mapping[str, int]) -> None:
        """Note by whom things were said that are here."""
        for thing, groups in voices.items():
            if groups and thing in self._counts:
                self._voices[thing] = self.voices(thing) | groups

    def merge(self, other: SpaceSaving) -> None:
        """Count what another one has counted as well."""
        mine, theirs = self.floor, other.floor
        things = dict.fromkeys([*self._counts, *other._counts])
        counts, errors = {}, {}
        for thing in things:
            counts[thing] = self._counts.get(thing, mine) + other._counts.get(thing, theirs)
            error = self._error(thing, mine) + other._error(thing, theirs)
            if error:
                errors[thing] = error
        self._counts, self._errors = counts, errors
        self.total += other.total
        self._keep_the_most_frequent()
        self.note_voices(other._voices)

    def _error(self, thing: str, floor: int) -> int:
        return self._errors.get(thing, 0) if thing in self._counts else floor

    def _keep_the_most_frequent(self) -> None:
        if len(self._counts) > self.size:
            self._counts = dict(nlargest(self.size, self._counts.items(), key=lambda one: (one[1], one[0])))
        self._errors = {thing: error for thing, error in self._errors.items() if thing in self._counts}
        self._voices = {thing: groups for thing, groups in self._voices.items() if thing in self._counts}

    def count(self, thing: str) -> int:
        """At most so often; for what is not here the most that it can have been."""
        return self._counts.get(thing, self.floor)

    def at_least(self, thing: str) -> int:
        """So often for sure."""
        return self._counts.get(thing, 0) - self._errors.get(thing, 0)

    def voices(self, thing: str) -> int:
        """The groups of people who said it, one bit for each; some may be forgotten, none is made up."""
        return self._voices.get(thing, 0)

    @property
    def floor(self) -> int:
        """The most that anything which is not here can have been counted: 0 while there is room."""
        return min(self._counts.values()) if len(self._counts) >= self.size else 0

    def things(self) -> Iterable[str]:
        """What is here."""
        return self._counts.keys()

    def state(self) -> list[object]:
        """All of it as JSON."""
        return [self.size, self.total, self._counts, self._errors, self._voices]

    @classmethod
    def restored(
        cls,
        size: int,
        total: int,
        counts: Mapping[str, int],
        errors: Mapping[str, int],
        voices: Mapping[str, int] | None = None,
    ) -> SpaceSaving:
        """The one that `state` was asked of."""
        made = cls(size)
        made.total, made._counts, made._errors = total, dict(counts), dict(errors)
        made._voices = dict(voices or {})
        return made
