"""What a column shows: its newest posts, the older ones below, and exactly what has come since.

A stream is everything, one place, one identity or one watch, always as one viewer sees it. Its cursor is the place in
the order of arrival up to which a page is complete, sealed: a page that asks from its cursor misses nothing, however
often its connection was cut.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import PostLine
from colonnade.core.push import cursors
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.primitives import ids
from colonnade.web.marking import caught

KINDS = ("all", "place", "identity", "watch")
AT_ONCE = 30
MOST_TURNS = 20


@dataclass(frozen=True, slots=True)
class Shows:
    """What a stream shows: `id` says of which place, identity or watch."""

    kind: str
    id: int = 0

    @property
    def query(self) -> str:
        """The same as fields of an address."""
        return "all=1" if self.kind == "all" else f"{self.kind}={self.id}"


@dataclass(frozen=True, slots=True)
class News:
    """What came since a cursor: new posts newest first, changed ones, and the cursor from which to ask next."""

    new: list[PostLine]
    changed: list[PostLine]
    cursor: str


def asked(request: HttpRequest) -> Shows | None:
    """What the address of a stream asks for, or None."""
    if request.GET.get("all") == "1":
        return Shows("all")
    for kind in KINDS[1:]:
        id_ = ids.parse(request.GET.get(kind, ""))
        if id_ is not None:
            return Shows(kind, id_)
    return None


def posts(
    viewer: Viewer, shows: Shows, *, before: int | None = None, watch: Watch | None = None
) -> list[PostLine]:
    """The newest posts of a stream, or those older than `before`; `watch` where the caller has it already."""
    if shows.kind == "watch" and watch is None:
        watch = listening.watch_for(viewer, shows.id)
    return _marked(watch, conversations.lines(viewer, _newest(viewer, shows, watch, before)))


def _marked(watch: Watch | None, lines: list[PostLine]) -> list[PostLine]:
    """What a watch caught, with its words marked; all else as it is."""
    if watch is None or not lines:
        return lines
    why = listening.why(watch, [line.id for line in lines])
    return [caught(line, why.get(line.id, ())) for line in lines]


def _newest(viewer: Viewer, shows: Shows, watch: Watch | None, before: int | None) -> list[int]:
    match shows.kind:
        case "place":
            return conversations.newest(viewer, place=shows.id, before=before, limit=AT_ONCE)
        case "identity":
            return conversations.newest(viewer, author=shows.id, before=before, limit=AT_ONCE)
        case "watch":
            return listening.mentions_for(viewer, watch, before=before, limit=AT_ONCE) if watch else []
        case _:
            return conversations.newest(viewer, before=before, limit=AT_ONCE)


def news(viewer: Viewer, shows: Shows, cursor: str) -> News | None:
    """Exactly what came since `cursor`; None for a cursor that is not ours (ask for the newest instead)."""
    seq = cursors.open_(cursor)
    if seq is None:
        return None
    watch = listening.watch_for(viewer, shows.id) if shows.kind == "watch" else None
    new: dict[int, None] = {}
    changed: dict[int, None] = {}
    for _ in range(MOST_TURNS):
        seq, fresh, other, more = _since(viewer, shows, watch, seq)
        new |= dict.fromkeys(fresh)
        changed |= dict.fromkeys(other)
        if not more:
            break
    fresh_lines = conversations.lines(viewer, sorted(new, reverse=True))
    other_lines = conversations.lines(
        viewer, [one for one in changed if one not in new], with_tombstones=True
    )
    return News(_marked(watch, fresh_lines), other_lines, cursors.seal(seq))


def _since(
    viewer: Viewer, shows: Shows, watch: Watch | None, seq: int
) -> tuple[int, tuple[int, ...], tuple[int, ...], bool]:
    """One look: how far it reached, new posts, changed posts, and whether it stopped early."""
    if shows.kind == "watch":
        if watch is None:
            return seq, (), (), False
        found = listening.arrived_mentions(viewer, watch, seq)
        return found.seq, found.posts, (), found.more
    arrived = conversations.arrived_since(
        viewer,
        seq,
        place=shows.id if shows.kind == "place" else None,
        author=shows.id if shows.kind == "identity" else None,
    )
    return arrived.seq, arrived.new, arrived.changed, arrived.more
