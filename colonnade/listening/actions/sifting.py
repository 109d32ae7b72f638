"""Keeping what somebody listens for out of a stream, and dropping the rest: a firehose is not a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from django.db import connection

from colonnade.conversations import actions as conversations
from colonnade.conversations import intake
from colonnade.conversations.actions.receive import Polled
from colonnade.conversations.queries import outside
from colonnade.core import stream
from colonnade.core.db import act, action
from colonnade.core.points import reach
from colonnade.listening import queries, sifting
from colonnade.listening.models import Sifted
from colonnade.networks import base
from colonnade.people import queries as people
from colonnade.places import queries as places
from colonnade.places.models import Place
from colonnade.primitives import clock

NOTED_EVERY_S = 5.0
LASTS_S = 90.0
IN_ONE_WRITE = 200
UNREADABLE_A_MINUTE = 20
DAYS_KEPT = 90
MINUTE_MS = 60_000
SHARED = "sift"
IN_A_MESSAGE, BYTES_IN_A_MESSAGE, LARGEST_RAW = 100, 700_000, 100_000


class Sieve:
    """What goes through one source that streams. `take` batch after batch, and `note` at the end.

    What is kept is written with the cursor behind it in one transaction; where nothing is kept, the cursor and the counts
    are written every five seconds. So whatever ends the process, nothing is lost, and what is read again is known by its
    name and counted once.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cursor: Mapping[str, Any] = dict(place.polling.cursor)
        self._seen = self._kept = self._unreadable = 0
        self._minute = -1
        self._noted_s = clock.monotonic_s()
        self._ours: frozenset[sifting.Address] = frozenset()
        self._looked_s = float("-inf")

    def take(self, batch: base.Batch) -> int:
        """Keep what is to be kept of a batch; returns how many posts that were."""
        posts, others = _parted(batch.items)
        kept = self._chosen(posts)
        self._seen += len(posts)
        self._kept += len(kept)
        self.cursor = batch.cursor
        items = [*kept, *self._about_what_is_here(others, kept)]
        if items or clock.monotonic_s() - self._noted_s >= NOTED_EVERY_S:
            self.note(items)
        return len(kept)

    def note(self, items: Sequence[base.Item] = (), *, again_in_s: float = LASTS_S) -> None:
        """Write down what is kept, how far the stream was read and how much was seen."""
        first, last = items[:-IN_ONE_WRITE], items[-IN_ONE_WRITE:]
        if first:
            conversations.receive(self.place, first)
        polled = Polled(cursor=self.cursor, again_in_s=again_in_s)
        with act():
            conversations.receive(self.place, last, polled=polled)
            count_sifted(self.place, seen=self._seen, kept=self._kept)
            reach("sift.before-commit")
        reach("sift.after-commit")
        self._seen = self._kept = 0
        self._noted_s = clock.monotonic_s()

    # --- by several processes -----------------------------------------------------------------------------------------

    def pass_on(self, batch: base.Batch) -> None:
        """Put a batch on the shared stream, then write down how far the source was read. Raises stream.Away."""
        self.cursor = batch.cursor
        share_out(self.place.pk, batch.items)
        if batch.items or clock.monotonic_s() - self._noted_s >= NOTED_EVERY_S:
            self.note()

    def take_shared(self, parcels: Mapping[int, Parcel]) -> None:
        """Keep what is to be kept of what was taken from the shared stream, by its numbers there; each has its effects once.

        A change or deletion of what is not here (yet: another process may have it in hand) is put back once, behind all else.
        """
        posts, others = _parted(item for parcel in parcels.values() for item in parcel.items)
        kept = self._chosen(posts)
        about = list(self._about_what_is_here(others, kept))
        later = [
            item
            for parcel in parcels.values()
            if not parcel.again
            for item in self._may_come(parcel.items, about)
        ]
        with act():
            if stream.first_time(SHARED, list(parcels)) != sorted(parcels):
                raise AlreadyTaken("Some of this was dealt with already.")
            conversations.receive(self.place, [*kept, *about])
            count_sifted(self.place, seen=len(posts), kept=len(kept))
            reach("sift.before-commit")
        reach("sift.after-commit")
        if later:
            share_out(self.place.pk, later, again=True)

    def _may_come(self, items: Sequence[base.Item], taken: Sequence[base.Item]) -> list[base.Item]:
        known = {id(item) for item in taken}
        return [
            item
            for item in items
            if id(item) not in known and any(isinstance(one, base.Edit | base.Deletion) for one in item.read)
        ]

    # --- choosing ----------------------------------------------------------------------------------------------------

    def _chosen(self, posts: Sequence[tuple[base.Item, base.Post]]) -> list[base.Item]:
        """The posts that a watch catches, or that concern us."""
        ours = self._our_addresses()
        here = outside.answered({hash_ for _, post in posts for hash_ in sifting.parents_of(post)})
        arrived = clock.now_ms()
        heard, concern = {}, set()
        for number, (_, post) in enumerate(posts):
            if sifting.is_ours(post, ours):
                continue
            answers = intake.name_hash(post.reply_to)
            parent = here.get(answers) if answers is not None else None
            if (one := sifting.heard_of(post, self.place.name, parent, arrived)) is None:
                continue
            heard[number] = one
            if sifting.concerns_us(post, ours, here):
                concern.add(number)
        caught = queries.STANDING.caught(heard)
        wanted = concern.union(*caught.values())
        return [_alone(*posts[number]) for number in sorted(wanted)]

    def _our_addresses(self) -> frozenset[sifting.Address]:
        now = clock.monotonic_s()
        if now - self._looked_s >= NOTED_EVERY_S:
            self._ours, self._looked_s = places.our_addresses(), now
        return self._ours

    # --- what is no post ---------------------------------------------------------------------------------------------

    def _about_what_is_here(
        self, others: Sequence[tuple[base.Item, Any]], kept: Sequence[base.Item]
    ) -> Iterable[base.Item]:
        """Changes, deletions, marks and names of what this source has brought; of what cannot be read some a minute."""
        if not others:
            return []
        coming = {intake.name_hash(thing.uri) for item in kept for thing in _posts_in(item)}
        named = {hash_ for _, thing in others if (hash_ := _about(thing)) is not None}
        here = outside.kept_of(self.place, named - coming) | coming
        faces = people.faces_known(
            (thing.author.network, thing.author.address)
            for _, thing in others
            if isinstance(thing, base.Profile)
        )
        wanted: list[base.Item] = []
        for item, thing in others:
            if isinstance(thing, base.Unreadable):
                wanted += self._few_unreadable(item, thing)
            elif isinstance(thing, base.Profile):
                known = (thing.author.network, thing.author.address) in faces
                wanted += [_alone(item, thing)] if known else []
            elif isinstance(thing, base.Deletion) and _of_everything(thing):
                wanted += self._all_by(item, thing)
            elif _about(thing) in here:
                wanted.append(_alone(item, thing))
        return wanted

    def _few_unreadable(self, item: base.Item, thing: base.Unreadable) -> list[base.Item]:
        minute = clock.now_ms() // MINUTE_MS
        if minute != self._minute:
            self._minute, self._unreadable = minute, 0
        self._unreadable += 1
        return [_alone(item, thing)] if self._unreadable <= UNREADABLE_A_MINUTE else []

    def _all_by(self, item: base.Item, thing: base.Deletion) -> list[base.Item]:
        """Somebody is gone from the network with all that they said: so it is here."""
        assert thing.by is not None
        uris = outside.uris_by(self.place, thing.by.network, thing.by.address)
        return [_alone(item, base.Deletion(uri=uri, by=thing.by)) for uri in uris]


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


_sieves: dict[int, Sieve] = {}


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
        sieve = _sieves.setdefault(place_id, Sieve(place))
        try:
            sieve.take_shared(parcels)
        except AlreadyTaken:
            for offset, parcel in parcels.items():
                with suppress(AlreadyTaken):
                    sieve.take_shared({offset: parcel})


@action
def count_sifted(place: Place, *, seen: int, kept: int) -> None:
    """Add to what streamed by in this minute."""
    if not seen:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO listening_sifted (place_id, minute, seen, kept) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (place_id, minute) DO UPDATE SET "
            "seen = listening_sifted.seen + excluded.seen, kept = listening_sifted.kept + excluded.kept",
            [place.pk, clock.now_ms() // MINUTE_MS, seen, kept],
        )


@action
def forget_sifted() -> None:
    """Drop the counts of minutes that are older than three months."""
    oldest = clock.now_ms() // MINUTE_MS - DAYS_KEPT * 24 * 60
    Sifted.objects.filter(minute__lt=oldest).delete()


def _parted(
    items: Iterable[base.Item],
) -> tuple[list[tuple[base.Item, base.Post]], list[tuple[base.Item, Any]]]:
    """The posts, and what is none."""
    posts: list[tuple[base.Item, base.Post]] = []
    others: list[tuple[base.Item, Any]] = []
    for item in items:
        for thing in item.read:
            if isinstance(thing, base.Post):
                posts.append((item, thing))
            else:
                others.append((item, thing))
    return posts, others


def _alone(item: base.Item, thing: base.Incoming | base.Unreadable) -> base.Item:
    if len(item.read) == 1 and item.read[0] is thing:
        return item
    return base.Item(raw=item.raw, read=(thing,), external_id=item.external_id)


def _posts_in(item: base.Item) -> list[base.Post]:
    return [thing for thing in item.read if isinstance(thing, base.Post)]


def _about(thing: Any) -> int | None:
    """The hash of the post that a change, a deletion or a mark is about."""
    match thing:
        case base.Edit():
            return intake.name_hash(thing.post.uri)
        case base.Deletion() | base.Mark():
            return intake.name_hash(thing.uri)
    return None


def _of_everything(thing: base.Deletion) -> bool:
    """Whether somebody is gone, and not one post: then its name is that of an author."""
    return thing.by is not None and thing.uri.removeprefix("at://") == thing.by.address
