"""What a query would have caught of what is stored: counted as far as can be looked at in bounded time, and said how far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.listening import rules
from colonnade.listening.language.checking import notes
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.language.showing import outline
from colonnade.listening.matcher.matcher import Matcher
from colonnade.listening.queries.labels import suggestions
from colonnade.listening.queries.lists import list_texts_for
from colonnade.listening.queries.standing import heard
from colonnade.listening.types import Preview
from colonnade.primitives import clock, ids

DAYS = 30
LOOKED_AT, LOOKED_DEEP, AT_ONCE = 2_000, 20_000, 5_000
LONGEST_S = 3.0
SHOWN = 6
DAY_MS = 86_400_000
_SPREAD = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio: what is multiplied by it lies scattered, always the same way


def preview(
    viewer: Viewer,
    query: str,
    *,
    said: Mapping[int, bool] | None = None,
    apart: Sequence[str] = (),
    shown: int = SHOWN,
    deep: bool = False,
    called: str = "",
) -> Preview:
    """What a watch for this query would have caught of the newest posts of thirty days that the viewer may see: compared as
    new posts are, so what we say ourselves is passed over. Of the newest two thousand, or (`deep`) of twenty thousand or
    as many as three seconds are enough for. `said`: posts that somebody said to be right or wrong; `apart`: parts of the
    query that are counted each by itself; `called`: the name of the list as which it is to stand. The sample is scattered
    over what was caught. Raises QueryError."""
    lists = list_texts_for(viewer, query, *apart) | ({called: query} if called else {})
    tree = parse(query, lists)
    look = _Look([query, *apart], _visible(viewer, said or {}), lists)
    for newest, whole in _batches(viewer, LOOKED_DEEP if deep else LOOKED_AT):
        look.take(newest, whole=whole)
    sample = sorted(sorted(look.caught, key=_scattered)[:shown], reverse=True)
    labels = {pk: relevant for pk, relevant in (said or {}).items() if pk in look.known}
    return Preview(
        matched=look.counts[0],
        looked=look.looked,
        posts=tuple(sample),
        why={pk: rules.reasons(tree, Reading(look.caught[pk])) for pk in sample},
        outline=tuple(outline(tree)),
        back_to=ids.moment_of(look.oldest) if look.oldest is not None else None,
        whole=look.whole,
        apart=tuple(look.counts[1:]),
        measured=rules.measured(query, look.known, labels, lists),
        suggestions=suggestions(query, look.known, labels, lists),
        notes=tuple(notes(tree, query)),
    )


class _Look:
    """What was counted so far: how many posts fit each of the queries, those that fit the first, and the posts of which
    something was said."""

    def __init__(self, queries: Sequence[str], wanted: set[int], lists: Mapping[str, str]) -> None:
        self._matcher: Matcher[int] = Matcher(lists)
        for number, one in enumerate(queries):
            self._matcher.add(number, one)
        self._wanted = wanted
        self.counts = [0] * len(queries)
        self.caught: dict[int, Heard] = {}
        self.known: dict[int, Heard] = {}
        self.looked, self.whole = 0, False
        self.oldest: int | None = None

    def take(self, newest: Sequence[int], *, whole: bool) -> None:
        """Look at the next posts; `whole`: there are no more."""
        asked = dict.fromkeys([*newest, *(self._wanted - self.known.keys())])
        posts = {pk: post for pk, (_, post) in heard(asked).items()}
        self.known |= {pk: posts[pk] for pk in self._wanted & posts.keys()}
        stored = [pk for pk in newest if pk in posts]
        for pk, fits in zip(stored, self._matcher.match([posts[pk] for pk in stored]), strict=True):
            for number in fits:
                self.counts[number] += 1
            if 0 in fits:
                self.caught[pk] = posts[pk]
        self.looked, self.whole = self.looked + len(newest), whole
        self.oldest = newest[-1] if newest else self.oldest


def _batches(viewer: Viewer, most: int) -> Iterator[tuple[list[int], bool]]:
    """The newest posts of thirty days, some thousands at once, and whether that is all there are. At least one batch."""
    if not rules.can_see_watches(viewer):
        yield [], True
        return
    first, began = ids.first_of(clock.now_ms() - DAYS * DAY_MS), clock.monotonic_s()
    before, left = None, most
    while left > 0:
        asked = min(left, AT_ONCE)
        found = conversations.newest(viewer, before=before, limit=asked)
        newest = [pk for pk in found if pk >= first]
        whole = len(newest) < asked
        yield newest, whole
        if whole or clock.monotonic_s() - began > LONGEST_S:
            return
        before, left = newest[-1], left - len(newest)


def _visible(viewer: Viewer, said: Mapping[int, bool]) -> set[int]:
    if not said or not rules.can_see_watches(viewer):
        return set()
    return set(conversations.visible_to(viewer).filter(pk__in=list(said)).values_list("pk", flat=True))


def _scattered(pk: int) -> int:
    return (pk * _SPREAD) & 0xFFFFFFFFFFFFFFFF
