"""Which streams a hint wakes.

A channel is an audience. Streams that hold the same audiences form a group; a group knows which of its streams wait
for which place, conversation or watch. So a hint touches exactly the streams that it wakes: it never reaches one
outside its audience, and costs nothing for those inside who look elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from colonnade.live.client import MANY, Client, Hint
from colonnade.live.interests import CONVERSATION, EVERYTHING, PLACE, WATCH, key
from colonnade.live.rows import Heard


class _Group:
    """All streams that hold exactly these audiences."""

    __slots__ = ("audiences", "by_key", "size")

    def __init__(self, audiences: frozenset[int]) -> None:
        self.audiences = audiences
        self.by_key: dict[int, set[Client]] = {}
        self.size = 0


class Index:
    """The groups, found by audience."""

    def __init__(self) -> None:
        self._groups: dict[frozenset[int], _Group] = {}
        self._by_audience: dict[int, set[_Group]] = {}

    def enter(self, client: Client) -> None:
        """Have this stream woken."""
        group = self._groups.get(client.audiences)
        if group is None:
            group = self._groups[client.audiences] = _Group(client.audiences)
            for audience in group.audiences:
                self._by_audience.setdefault(audience, set()).add(group)
        client.audiences = group.audiences  # one set in memory for all who hold the same
        group.size += 1
        for wanted in client.keys:
            group.by_key.setdefault(wanted, set()).add(client)

    def leave(self, client: Client) -> None:
        """Have it woken no more."""
        group = self._groups[client.audiences]
        group.size -= 1
        for wanted in client.keys:
            group.by_key[wanted].discard(client)
            if not group.by_key[wanted]:
                del group.by_key[wanted]
        if group.size == 0:
            del self._groups[group.audiences]
            for audience in group.audiences:
                self._by_audience[audience].discard(group)
                if not self._by_audience[audience]:
                    del self._by_audience[audience]

    def woken_by(self, heard: Iterable[Heard], most: int) -> Iterator[tuple[set[Client], frozenset[Hint]]]:
        """Streams, and the hints for them; a stream may come several times. Over `most` hints become MANY.

        The hints are put together for each interest first, so that a burst costs a stream one step, not one a post.
        """
        by_audience: dict[int, list[Heard]] = {}
        for one in heard:
            by_audience.setdefault(one[0], []).append(one)
        for audience, ones in by_audience.items():
            for group in self._by_audience.get(audience, ()):
                for wanted, hints in told(ones, group.by_key).items():
                    yield group.by_key[wanted], frozenset(hints) if len(hints) <= most else MANY


def told(heard: Iterable[Heard], keys: Iterable[int]) -> dict[int, set[Hint]]:
    """By interest: what somebody with these interests is told. `keys` must be quick to look into.

    The id of a watch is told to those alone who named that watch: another's watch is no one's business.
    What names nothing (a notice) wakes whoever shows everything.
    """
    found: dict[int, set[Hint]] = {}
    for _, place, conversation, watch in heard:
        bare = (place, conversation, None)
        if place is not None or conversation is not None or watch is None:
            _tell(found, keys, EVERYTHING, bare)
        if place is not None:
            _tell(found, keys, key(PLACE, place), bare)
        if conversation is not None:
            _tell(found, keys, key(CONVERSATION, conversation), bare)
        if watch is not None:
            _tell(found, keys, key(WATCH, watch), (place, conversation, watch))
    return found


def _tell(found: dict[int, set[Hint]], keys: Iterable[int], wanted: int, hint: Hint) -> None:
    if wanted in keys:
        found.setdefault(wanted, set()).add(hint)
