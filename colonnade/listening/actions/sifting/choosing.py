"""What of a batch is kept, and what passes by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from colonnade.conversations import intake
from colonnade.conversations.queries import outside
from colonnade.listening import queries, sifting
from colonnade.listening.actions.sifting.counting import MINUTE_MS
from colonnade.listening.actions.sifting.parts import about, alone, of_everything, posts_in
from colonnade.listening.language.reading import Heard
from colonnade.networks import base
from colonnade.people import queries as people
from colonnade.places import queries as places
from colonnade.places.models import Place
from colonnade.primitives import clock

LOOKED_EVERY_S = 5.0
UNREADABLE_A_MINUTE = 20


class Chosen(NamedTuple):
    """Of some posts those that are kept, and what is let go: what anybody may read, as queries saw it."""

    kept: list[base.Item]
    passed: list[Heard]


class Chooser:
    """Chooses for one source, batch after batch."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._unreadable, self._minute = 0, -1
        self._ours: frozenset[sifting.Address] = frozenset()
        self._looked_s = float("-inf")

    def chosen(self, posts: Sequence[tuple[base.Item, base.Post]]) -> Chosen:
        """The posts that a watch catches, or that concern us; and the others, without our own."""
        ours = self._our_addresses()
        here = outside.answered({hash_ for _, post in posts for hash_ in sifting.parents_of(post)})
        arrived = clock.now_ms()
        heard, concern = {}, set()
        for number, (_, post) in enumerate(posts):
            if sifting.is_ours(post, ours):
                continue
            parent = sifting.answered_by(post, here) if here else None
            if (one := sifting.heard_of(post, self._place.name, parent, arrived)) is None:
                continue
            heard[number] = one
            if sifting.concerns_us(post, ours, here):
                concern.add(number)
        wanted = concern.union(*queries.STANDING.caught(heard).values())
        passed = [
            one
            for number, one in heard.items()
            if number not in wanted and posts[number][1].audience == "public"
        ]
        return Chosen([alone(*posts[number]) for number in sorted(wanted)], passed)

    def _our_addresses(self) -> frozenset[sifting.Address]:
        now = clock.monotonic_s()
        if now - self._looked_s >= LOOKED_EVERY_S:
            self._ours, self._looked_s = places.our_addresses(), now
        return self._ours

    # --- what is no post ---------------------------------------------------------------------------------------------

    def about_what_is_here(
        self, others: Sequence[tuple[base.Item, Any]], kept: Sequence[base.Item]
    ) -> Iterable[base.Item]:
        """Changes, deletions, marks and names of what this source has brought; what was let go, where it is wanted as an edit
        tells it; of what cannot be read some a minute."""
        if not others:
            return []
        others = self._named(others)
        coming = {intake.name_hash(thing.uri) for item in kept for thing in posts_in(item)}
        named = {hash_ for _, thing in others if (hash_ := about(thing)) is not None}
        here = outside.kept_of(self._place, named - coming) | coming
        wanted = self._told_anew(others, here)
        here |= {intake.name_hash(thing.uri) for item in wanted for thing in posts_in(item)}
        faces = people.faces_known(
            (thing.author.network, thing.author.address)
            for _, thing in others
            if isinstance(thing, base.Profile)
        )
        for item, thing in others:
            if isinstance(thing, base.Unreadable):
                wanted += self._few_unreadable(item, thing)
            elif isinstance(thing, base.Profile):
                known = (thing.author.network, thing.author.address) in faces
                wanted += [alone(item, thing)] if known else []
            elif isinstance(thing, base.Deletion) and of_everything(thing):
                wanted += self._all_by(item, thing)
            elif about(thing) in here:
                wanted.append(alone(item, thing))
        return wanted

    def _told_anew(
        self, others: Sequence[tuple[base.Item, Any]], here: Collection[int | None]
    ) -> list[base.Item]:
        """Posts that were let go, or never passed here, as edits tell them: somebody may look for what they say now."""
        edited = [(item, one.post) for item, one in others if isinstance(one, base.Edit)]
        unknown = [(item, post) for item, post in edited if intake.name_hash(post.uri) not in here]
        return self.chosen(unknown).kept if unknown else []

    def _named(self, others: Sequence[tuple[base.Item, Any]]) -> list[tuple[base.Item, Any]]:
        """The same with the names of posts that are called only by the id of their own server; without those nobody knows."""
        asked = {thing.known_as for _, thing in others if isinstance(thing, base.Deletion) and thing.known_as}
        if not asked:
            return list(others)
        uris = outside.uris_known_as(self._place, asked)
        named: list[tuple[base.Item, Any]] = []
        for item, thing in others:
            if not isinstance(thing, base.Deletion) or not thing.known_as:
                named.append((item, thing))
            elif uri := uris.get(thing.known_as):
                named.append((item, base.Deletion(uri=uri, by=thing.by)))
        return named

    def _few_unreadable(self, item: base.Item, thing: base.Unreadable) -> list[base.Item]:
        minute = clock.now_ms() // MINUTE_MS
        if minute != self._minute:
            self._minute, self._unreadable = minute, 0
        self._unreadable += 1
        return [alone(item, thing)] if self._unreadable <= UNREADABLE_A_MINUTE else []

    def _all_by(self, item: base.Item, thing: base.Deletion) -> list[base.Item]:
        """Somebody is gone from the network with all that they said: so it is here."""
        assert thing.by is not None
        uris = outside.uris_by(self._place, thing.by.network, thing.by.address)
        return [alone(item, base.Deletion(uri=uri, by=thing.by)) for uri in uris]
