"""For the machine itself: posts as queries are compared with them, and all active watches in one matcher."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from django.db import connection

from colonnade.conversations import queries as conversations
from colonnade.conversations.types import Said
from colonnade.listening import rules
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import lists_named, may_name_lists, parse
from colonnade.listening.language.reading import Heard
from colonnade.listening.matcher.matcher import Matcher
from colonnade.listening.models import NamedList, Watch
from colonnade.listening.queries.lists import rests_on
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
    """The active watches in a matcher, which is kept from one batch to the next: what changed is taken up, the rest stays. Of
    a changed list only those watches are read anew that rest on it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._matcher: Matcher[int] = Matcher()
        self._versions: dict[int, int] = {}
        self._lists = _Lists()

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
        # Asked for with each batch, so it is written out: a model for each row would cost more than the comparing.
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, version FROM listening_watch WHERE state = 'active'")
            active = dict(cursor.fetchall())
        if active == self._versions and not self._lists.are_named:
            return
        for gone in self._versions.keys() - active.keys():
            self._matcher.drop(gone)
            self._lists.forget(gone)
            del self._versions[gone]
        fresh = _watches(pk for pk, version in active.items() if self._versions.get(pk) != version)
        naming = [watch for watch in fresh if may_name_lists(watch.query)]
        if naming or self._lists.are_named:
            touched = self._lists.take_up()
            fresh += _watches(touched - {watch.pk for watch in fresh})
        for watch in fresh:
            self._add(watch)

    def _add(self, watch: Watch) -> None:
        self._versions[watch.pk] = watch.version
        self._lists.note(watch)
        try:
            self._matcher.add(watch.pk, parse(watch.query, self._lists.texts))
        except QueryError:
            self._matcher.drop(watch.pk)


def _watches(asked: Iterable[int]) -> list[Watch]:
    pks = list(asked)
    parts = (pks[at : at + AT_ONCE] for at in range(0, len(pks), AT_ONCE))
    return [watch for part in parts for watch in Watch.objects.filter(pk__in=part)]


class _Lists:
    """What lists stand for, as they were when they were last looked at, and which watches rest on them."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._known: dict[int, tuple[str, int]] = {}
        self._named_in: dict[str, frozenset[str]] = {}
        self._rest_on: dict[int, frozenset[str]] = {}

    @property
    def are_named(self) -> bool:
        """Whether any watch rests on a list, there or not."""
        return bool(self._rest_on)

    def note(self, watch: Watch) -> None:
        """Keep in mind on which lists a watch rests."""
        names = rests_on(watch.query, self._named_in)
        self.forget(watch.pk)
        if names:
            self._rest_on[watch.pk] = names

    def forget(self, watch: int) -> None:
        """A watch is no more, or rests on nothing."""
        self._rest_on.pop(watch, None)

    def take_up(self) -> set[int]:
        """Look which lists were changed, and return the watches that rest on one of those. One statement, two where any was."""
        there = {
            pk: (name, version)
            for pk, name, version in NamedList.objects.values_list("pk", "name", "version")
        }
        changed = there.items() ^ self._known.items()
        if not changed:
            return set()
        names = {name for _, (name, _) in changed}
        fresh = NamedList.objects.filter(pk__in={pk for pk, _ in changed})
        for name in names:
            self.texts.pop(name, None)
            self._named_in.pop(name, None)
        for name, query in fresh.values_list("name", "query"):
            self.texts[name], self._named_in[name] = query, lists_named(query)
        self._known = there
        return {watch for watch, rests in self._rest_on.items() if rests & names}


STANDING = Standing()
