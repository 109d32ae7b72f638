"""Numbers of the desk, kept in this process as long as nothing is announced that could change them.

What is counted depends on unsolved cases, on the scopes in which their conversations hold posts, and on the audiences of
these scopes. Whoever writes any of these announces it in the same transaction, so what was counted after fact number N holds
until a fact after N that is not known to be harmless: a kind that nobody thought of is not. Who may see what stays decided
at each question: a viewer's audiences are read anew, and are what a number is kept under.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from colonnade.conversations.events import PostEdited, PostMarked, PostsReceived
from colonnade.core import events
from colonnade.inbox.models import Case
from colonnade.listening.events import MentionsChanged, MentionsFound
from colonnade.primitives import clock

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST = 32
"""Questions remembered at once. Colleagues who may see the same share one."""
MOST_FACTS, MOST_POSTS = 50, 500
"""What is looked at to find that nothing has changed: beyond these it is quicker to count anew."""

# None of these touches a case, moves a post or changes who sees it. A case that comes of a mention is announced itself.
HARMLESS = frozenset(events.kind_of(one) for one in (PostEdited, PostMarked, MentionsFound, MentionsChanged))
_RECEIVED = events.kind_of(PostsReceived)


class Asked(NamedTuple):
    """All that the numbers of the desk depend on beside the data and the hour: the audiences that admit the viewer, the
    places beyond which an app may not look, and whether drills count."""

    audiences: frozenset[int]
    ceiling: frozenset[int] | None
    drills: bool


@dataclass(frozen=True, slots=True)
class _Known(Generic[Value]):
    """What was counted, knowing of all facts up to a number; it holds from one moment to another."""

    value: Value
    upto: int
    since: datetime
    until: datetime | None

    def holds_at(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment <= self.until)


class Memory(Generic[Key, Value]):
    """The answers to the questions asked last. A memory of one process, for several threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, _Known[Value]] = OrderedDict()
        self._lock = Lock()

    def still(self, asked: Key, count: Callable[[datetime], tuple[Value, datetime | None]]) -> Value:
        """The answer, as exact as if it were counted now. `count` gives it, and until when it holds if nothing happens."""
        known, now = self._known.get(asked), clock.now()
        # The head is read before anything is counted: what comes true in between is counted, and looked at once more.
        lately = events.lately(known.upto, limit=MOST_FACTS) if known else events.lately(0, limit=1)
        if lately is None:
            return count(now)[0]
        if known and known.holds_at(now) and lately.facts is not None and not _may_concern(lately.facts):
            still = replace(known, upto=lately.head)
        else:
            value, until = count(now)
            still = _Known(value, lately.head, now, until)
        self._keep(asked, still)
        return still.value

    def forget(self) -> None:
        """Count everything anew: another database stands where this one stood."""
        with self._lock:
            self._known.clear()

    def _keep(self, asked: Key, known: _Known[Value]) -> None:
        with self._lock:
            self._known[asked] = known
            self._known.move_to_end(asked)
            while len(self._known) > MOST:
                self._known.popitem(last=False)


def _may_concern(facts: Iterable[events.Heard]) -> bool:
    """Whether any of these facts may change what the desk counts."""
    received: list[int] = []
    for fact in facts:
        if fact.kind == _RECEIVED:
            event = fact.event
            received += event.posts if isinstance(event, PostsReceived) else ()
        elif fact.kind not in HARMLESS:
            return True
    return len(received) > MOST_POSTS or (bool(received) and _in_a_case(received))


def _in_a_case(posts: list[int]) -> bool:
    """Whether one of these posts stands in a conversation with an unsolved case, which more people may see now."""
    return Case.objects.filter(solved_at=None, conversation__posts__in=posts).exists()
