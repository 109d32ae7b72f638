"""What goes through one source that streams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from colonnade.conversations import actions as conversations
from colonnade.conversations.actions.receive import Polled
from colonnade.core.db import act
from colonnade.core.points import reach
from colonnade.listening import passing
from colonnade.listening.actions.sifting.choosing import Chooser
from colonnade.listening.actions.sifting.counting import count_sifted
from colonnade.listening.actions.sifting.parts import of_everything, parted, posts_in
from colonnade.networks import base
from colonnade.places.models import Place
from colonnade.primitives import clock

NOTED_EVERY_S = 5.0
HELD_S = 0.25
LASTS_S = 90.0
IN_ONE_WRITE = 200


class Sieve:
    """What goes through one source that streams. `take` batch after batch, and `note` at the end.

    What is kept is written with the cursor behind it in one transaction; where nothing is kept, the cursor and the counts
    are written every five seconds. While more waits behind a batch, what is kept of it is held for up to a quarter of a
    second and written with what follows, since each writing has its price, whatever it holds. So whatever ends the process,
    nothing is lost, and what is read again is known by its name and counted once.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cursor: Mapping[str, Any] = dict(place.polling.cursor)
        self._seen = self._kept = 0
        self._noted_s = clock.monotonic_s()
        self._held: list[base.Item] = []
        self._held_s = 0.0
        self._chooser = Chooser(place)
        self._passing = passing.listener_for(place)

    def take(self, batch: base.Batch) -> int:
        """Keep what is to be kept of a batch; returns how many posts that were."""
        posts, others = parted(batch.items)
        if self._are_held_by_one_of(others):
            self.note()
        chosen = self._chooser.chosen(posts)
        self._seen += len(posts)
        self._kept += len(chosen.kept)
        self._passing.hear(chosen.passed)
        self._hold([*chosen.kept, *self._chooser.about_what_is_here(others, [*self._held, *chosen.kept])])
        self.cursor = batch.cursor
        if self._is_time(waits=batch.more):
            self.note()
        return len(chosen.kept)

    def note(self, *, again_in_s: float = LASTS_S) -> None:
        """Write down what is kept, how far the stream was read and how much was seen."""
        first, last = self._held[:-IN_ONE_WRITE], self._held[-IN_ONE_WRITE:]
        if first:
            conversations.receive(self.place, first)
        polled = Polled(cursor=self.cursor, again_in_s=again_in_s)
        with act():
            conversations.receive(self.place, last, polled=polled)
            count_sifted(self.place, seen=self._seen, kept=self._kept)
            self._passing.keep(last=again_in_s != LASTS_S)
            reach("sift.before-commit")
        reach("sift.after-commit")
        self._held = []
        self._seen = self._kept = 0
        self._noted_s = clock.monotonic_s()

    def _hold(self, items: Sequence[base.Item]) -> None:
        if items and not self._held:
            self._held_s = clock.monotonic_s()
        self._held += items

    def _is_time(self, *, waits: bool) -> bool:
        """Whether to write: where something is kept as soon as nothing waits behind it, or it has been held for long."""
        now = clock.monotonic_s()
        if not self._held:
            return now - self._noted_s >= NOTED_EVERY_S
        return not waits or len(self._held) >= IN_ONE_WRITE or now - self._held_s >= HELD_S

    def _are_held_by_one_of(self, others: Sequence[tuple[base.Item, Any]]) -> bool:
        """Whether somebody is gone or called otherwise of whom something is held: that is looked up by what is written."""
        if not self._held:
            return False
        who = {thing.author.address for _, thing in others if isinstance(thing, base.Profile)}
        gone = (thing for _, thing in others if isinstance(thing, base.Deletion) and of_everything(thing))
        who |= {one.by.address for one in gone if one.by is not None}
        return any(post.author.address in who for item in self._held for post in posts_in(item))
