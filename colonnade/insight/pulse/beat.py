"""One watch, step by step."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from colonnade.listening.bursts import Detector, Reading
from colonnade.listening.bursts.detector import VERSION

STEP_S = 300
DAYS_LEARNED = 28
LONGEST_GAP = DAYS_LEARNED * 86_400 // STEP_S
LATE_S = 1_800
"""What arrives later than this after it was published counts nowhere: it is no news."""
NO_BAR, MOST_TRIED = 0, 1 << 20


class Loud(NamedTuple):
    """A step that is worth an alert: which, how many posts in it (so far), what the detector says, and the step in which the
    episode began. `again`: the episode was told before, and this is clearly louder."""

    step: int
    posts: int
    reading: Reading
    since: int
    again: bool


def step_of(ms: int) -> int:
    """The step in which a moment lies (milliseconds since 1970): whole steps since then."""
    return ms // (STEP_S * 1000)


class Beat:
    """What is known of one watch up to the step `upto`, which is the first that was not fed."""

    def __init__(self, version: int, upto: int) -> None:
        self.version, self.upto, self.seen = version, upto, 0
        self.asleep = False
        self._detector = Detector()
        self._late: set[int] = set()
        self._told = self._bar = 0

    # --- kept between two facts ---

    def state(self) -> dict[str, Any]:
        """All of it as JSON; `upto` stands beside it."""
        return {
            "detector": self._detector.state(),
            "version": self.version,
            "seen": self.seen,
            "asleep": self.asleep,
            "late": sorted(self._late),
            "told": self._told,
            "bar": self._bar,
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any], upto: int) -> Beat:
        """The one that `state` was asked of. Raises ValueError for the state of another version of the engine."""
        made = cls(state["version"], upto)
        made._detector = Detector.restored(state["detector"])
        made.seen, made.asleep, made._late = state["seen"], state["asleep"], set(state["late"])
        made._told, made._bar = state["told"], state["bar"]
        return made

    @staticmethod
    def can_read(state: Mapping[str, Any]) -> bool:
        """Whether a state is of this release; else the watch is learned anew."""
        return bool(state["detector"].get("version") == VERSION)

    # --- what is heard ---

    def take_late(self, posts: Iterable[int]) -> bool:
        """Posts (by id) that came for a step which was fed already count in the running one. Whether any was new."""
        before = len(self._late)
        self._late.update(posts)
        return len(self._late) > before

    def feed(self, running: int, counts: Mapping[int, int], seen: int = 0) -> list[Loud]:
        """All steps before the running one are over: feed those that were not fed. `counts` by step; what is missing is 0;
        `seen` is a mark of the caller's, up to where it has counted. Returns those worth an alert in order, with their whole
        count where it was given early."""
        if running <= self.upto:
            return []
        self.upto = max(self.upto, running - LONGEST_GAP)
        found = []
        for step in range(self.upto, running):
            posts = counts.get(step, 0) + (len(self._late) if step == self.upto else 0)
            episode = self.since
            reading = self._detector.feed(step * STEP_S, posts)
            if reading.alert:
                again = episode is not None and step != self._told
                found.append(Loud(step, posts, reading, self._begun(step), again))
        self.upto, self.seen = running, max(self.seen, seen)
        self._late.clear()
        self._bar = self._least_loud()
        return found

    def judge(self, posts: int) -> Loud | None:
        """The running step, with so many posts so far (what came late is added): whether that alone is worth an alert. Each
        step is told once."""
        posts += len(self._late)
        if self._bar == NO_BAR or posts < self._bar or self._told == self.upto:
            return None
        episode = self.since
        ahead = self._copy()
        reading = ahead._detector.feed(self.upto * STEP_S, posts)
        self._told = self.upto
        return Loud(self.upto, posts, reading, ahead._begun(self.upto), episode is not None)

    def would_judge(self, posts: int) -> bool:
        """Whether `judge` could say anything about so many posts: quick, and changes nothing."""
        return self._bar != NO_BAR and posts + len(self._late) >= self._bar and self._told != self.upto

    @property
    def since(self) -> int | None:
        """The step in which the open episode began."""
        began = self._detector.state()["episode"][0]
        return None if began is None else int(began // STEP_S)

    def forget_episode(self) -> None:
        """Nothing was told yet: what is loud from now on is told."""
        self._set_episode(None, 0.0, 0.0)

    def keep_episode(self, since: int, posts: int, expected: float) -> None:
        """An episode that was told goes on; its loudest step had so many posts where `expected` was usual."""
        self._set_episode(
            since * STEP_S, self.upto * STEP_S, math.log1p(posts) - math.log1p(max(0.0, expected))
        )

    def skip_to(self, running: int) -> None:
        """Nothing was listened for until then: no zeros, a gap."""
        self.upto = max(self.upto, running)
        self._late.clear()
        self._bar = self._least_loud()

    def usual(self, step: int) -> tuple[float, float, float]:
        """What is usual in a step, and the edges between which four of five lie."""
        return self._detector.expects(step * STEP_S)

    def alarms_from(self, running: int) -> int:
        """The least count of the running step that would be told if nothing loud had been heard and told just before, which would
        make the next post one of it; NO_BAR where none would."""
        calm, state = self._copy(), self._detector.state()
        usual = state["mean"][1]
        calm._detector = Detector.restored(state | {"mean": [usual, usual], "episode": [None, 0.0, 0.0]})
        calm.skip_to(running)
        return calm._bar

    # --- its parts ---

    def _begun(self, step: int) -> int:
        since = self.since
        return step if since is None else since

    def _copy(self) -> Beat:
        return Beat.restored(self.state(), self.upto)

    def _set_episode(self, since: float | None, heard_at: float, loudest: float) -> None:
        state = self._detector.state()
        self._detector = Detector.restored(state | {"episode": [since, heard_at, loudest]})
        self._bar = self._least_loud()

    def _least_loud(self) -> int:
        """The least count of the running step that would give an alert, by halving; NO_BAR where none would."""
        state = self._detector.state()

        def is_loud(posts: int) -> bool:
            return Detector.restored(state).feed(self.upto * STEP_S, posts).alert

        high = 1
        while not is_loud(high):
            high *= 2
            if high > MOST_TRIED:
                return NO_BAR
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if is_loud(middle) else (middle, high)
        return high
