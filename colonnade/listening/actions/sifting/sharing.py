"""A source whose stream several worker processes share by a broker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec

from colonnade.conversations import actions as conversations
from colonnade.core import stream
from colonnade.core.db import act
from colonnade.core.points import reach
from colonnade.listening.actions.sifting.counting import count_sifted
from colonnade.listening.actions.sifting.parts import parted
from colonnade.listening.actions.sifting.sieve import NOTED_EVERY_S, Sieve
from colonnade.networks import base
from colonnade.places.models import Place
from colonnade.primitives import clock

SHARED = "sift"
IN_A_MESSAGE, BYTES_IN_A_MESSAGE, LARGEST_RAW = 100, 700_000, 100_000


class Parcel(msgspec.Struct, frozen=True):
    """A message on the shared stream: what one source brought. `again`: it was put back once."""

    place: int
    items: tuple[base.Item, ...]
    again: bool = False


class AlreadyTaken(Exception):
    """Messages were taken together of which some had been dealt with: they are given out again, one by one."""


_parcel = msgspec.msgpack.Decoder(Parcel)


def share_out(place: int, items: Sequence[base.Item], *, again: bool = False) -> None:
    """Put what a source brought on the shared stream, at most a hundred to a message. Raises stream.Away."""
    part: list[base.Item] = []
    size = 0
    for item in items:
        small = item if len(item.raw) <= LARGEST_RAW else msgspec.structs.replace(item, raw=b"")
        if part and (len(part) == IN_A_MESSAGE or size + 2 * len(small.raw) > BYTES_IN_A_MESSAGE):
            stream.share(SHARED, msgspec.msgpack.encode(Parcel(place, tuple(part), again)))
            part, size = [], 0
        part.append(small)
        size += 2 * len(small.raw)
    if part:
        stream.share(SHARED, msgspec.msgpack.encode(Parcel(place, tuple(part), again)))


class SharedSieve(Sieve):
    """The same where one process reads the source and passes on what comes, and all take of it."""

    def take(self, batch: base.Batch) -> int:
        """Put a batch on the shared stream, then write down how far the source was read. Raises stream.Away."""
        self.cursor = batch.cursor
        share_out(self.place.pk, batch.items)
        if batch.items or clock.monotonic_s() - self._noted_s >= NOTED_EVERY_S:
            self.note()
        return 0

    def take_shared(self, parcels: Mapping[int, Parcel]) -> None:
        """Keep what is to be kept of what was taken from the shared stream, by its numbers there; each has its effects once.

        A change or deletion of what is not here (yet: another process may have it in hand) is put back once, behind all else.
        """
        posts, others = parted(item for parcel in parcels.values() for item in parcel.items)
        chosen = self._chooser.chosen(posts)
        about = list(self._chooser.about_what_is_here(others, chosen.kept))
        later = [
            item for parcel in parcels.values() if not parcel.again for item in _may_come(parcel.items, about)
        ]
        with act():
            if stream.first_time(SHARED, list(parcels)) != sorted(parcels):
                raise AlreadyTaken("Some of this was dealt with already.")
            conversations.receive(self.place, [*chosen.kept, *about])
            count_sifted(self.place, seen=len(posts), kept=len(chosen.kept))
            self._passing.keep()
            reach("sift.before-commit")
        reach("sift.after-commit")
        # Not before it is certain that this process dealt with them: another one may have counted them.
        self._passing.hear(chosen.passed)
        if later:
            share_out(self.place.pk, later, again=True)


def _may_come(items: Sequence[base.Item], taken: Sequence[base.Item]) -> list[base.Item]:
    known = {id(item) for item in taken}
    return [
        item
        for item in items
        if id(item) not in known and any(isinstance(one, base.Edit | base.Deletion) for one in item.read)
    ]


_sieves: dict[int, SharedSieve] = {}


def take_shared(received: Sequence[stream.Received]) -> None:
    """Deal with messages of the shared stream, those of one source together. Where some were dealt with before, each alone."""
    by_place: dict[int, dict[int, Parcel]] = {}
    for one in received:
        parcel = _parcel.decode(one.messages[0])
        by_place.setdefault(parcel.place, {})[one.offset] = parcel
    for place_id, parcels in by_place.items():
        place = Place.objects.select_related("polling").filter(pk=place_id).first()
        if place is None:
            continue
        sieve = _sieves.setdefault(place_id, SharedSieve(place))
        try:
            sieve.take_shared(parcels)
        except AlreadyTaken:
            for offset, parcel in parcels.items():
                with suppress(AlreadyTaken):
                    sieve.take_shared({offset: parcel})
