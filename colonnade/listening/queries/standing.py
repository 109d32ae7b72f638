"""For the machine itself: posts as queries are compared with them, and all active watches in one matcher."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from colonnade.conversations import queries as conversations
from colonnade.conversations.types import Said
from colonnade.listening import rules
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.reading import Heard
from colonnade.listening.matcher.matcher import Matcher
from colonnade.listening.models import Watch
from colonnade.places import queries as places

AT_ONCE = 1000


def heard(posts: Iterable[int]) -> dict[int, tuple[Said, Heard]]:
    """These posts as queries are compared with them, in the given order, without those that are gone and without our own
    words. Three statements."""
    said = conversations.said_of(posts)
    ours = places.our_faces(one.author for one in said)
    others = [one for one in said if not rules.speaks_for_us(one, ours)]
    told = conversations.told_of(one.id for one in others)
    return {one.id: (one, rules.heard(one, told[one.id])) for one in others if one.id in told}


class Standing:
    """The active watches in a matcher, which is kept from one batch to the next: what changed is taken up, the rest stays."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._matcher: Matcher[int] = Matcher()
        self._versions: dict[int, int] = {}

    def caught(self, posts: Mapping[int, Heard]) -> dict[int, list[int]]:
        """By the id of the watch the posts that it catches, in the given order. A watch whose query can no longer be read
        catches nothing."""
        with self._lock:
            self._take_up()
            found: dict[int, list[int]] = {}
            for pk, watches in zip(posts, self._matcher.match(list(posts.values())), strict=True):
                for watch in watches:
                    found.setdefault(watch, []).append(pk)
            return found

    def _take_up(self) -> None:
        active = dict(Watch.objects.filter(state="active").values_list("pk", "version"))
        for gone in self._versions.keys() - active.keys():
            self._matcher.drop(gone)
            del self._versions[gone]
        fresh = [pk for pk, version in active.items() if self._versions.get(pk) != version]
        for at in range(0, len(fresh), AT_ONCE):
            for watch in Watch.objects.filter(pk__in=fresh[at : at + AT_ONCE]):
                self._add(watch)

    def _add(self, watch: Watch) -> None:
        self._versions[watch.pk] = watch.version
        try:
            self._matcher.add(watch.pk, watch.query)
        except QueryError:
            self._matcher.drop(watch.pk)


STANDING = Standing()
