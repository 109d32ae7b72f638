"""What a column shows: its newest posts, the older ones below, and exactly what has come since.

A stream is everything, one place, one identity or one watch, always as one viewer sees it. Its cursor is the place in
the order of arrival up to which a page is complete, sealed: a page that asks from its cursor misses nothing, however
often its connection was cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import PostLine
from colonnade.core.push import cursors
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.listening.types import Narrowing
from colonnade.primitives import ids
from colonnade.web.keeping import with_keepers
from colonnade.web.marking import caught

KINDS = ("all", "place", "identity", "watch")
KINDS_OF_MENTIONS = ("mood", "network", "lang")
AT_ONCE = 30
MOST_TURNS = 20


@dataclass(frozen=True, slots=True)
class Shows:
    """What a stream shows: `id` says of which place, identity or watch."""

    kind: str
    id: int = 0
    narrowed: Narrowing | None = None
    """Of a watch: which mentions, each with how it stands."""

    @property
    def query(self) -> str:
        """The same as fields of an address."""
        if self.kind == "all":
            return "all=1"
        shown = {self.kind: str(self.id)}
        return urlencode(shown | ({"care": "1"} | fields_of(self.narrowed) if self.narrowed else {}))


@dataclass(frozen=True, slots=True)
class News:
    """What came since a cursor: new posts newest first, changed ones, and the cursor from which to ask next."""

    new: list[PostLine]
    changed: list[PostLine]
    cursor: str


def narrowing(request: HttpRequest) -> Narrowing:
    """Which mentions of a watch an address asks for; copies are folded unless it says otherwise."""
    state, owner = request.GET.get("state", ""), request.GET.get("owner", "")
    return Narrowing(
        state=state if state in ("new", "done", "aside") else "",
        owner=owner if owner == "nobody" or ids.parse(owner) is not None else "",
        tag=request.GET.get("tag", "")[:100],
        folded=request.GET.get("copies") != "1",
        **{kind: request.GET.get(kind, "")[:40] for kind in KINDS_OF_MENTIONS},
    )


def fields_of(narrowed: Narrowing) -> dict[str, str]:
    """The same as fields of an address, without those that say nothing."""
    fields = {"state": narrowed.state, "owner": narrowed.owner, "tag": narrowed.tag}
    fields |= {kind: getattr(narrowed, kind) for kind in KINDS_OF_MENTIONS}
    return {name: value for name, value in fields.items() if value} | (
        {} if narrowed.folded else {"copies": "1"}
    )


def asked(request: HttpRequest) -> Shows | None:
    """What the address of a stream asks for, or None."""
    if request.GET.get("all") == "1":
        return Shows("all")
    for kind in KINDS[1:]:
        id_ = ids.parse(request.GET.get(kind, ""))
        if id_ is not None:
            cares = kind == "watch" and request.GET.get("care") == "1"
            return Shows(kind, id_, narrowing(request) if cares else None)
    return None


def posts(
    viewer: Viewer, shows: Shows, *, before: int | None = None, watch: Watch | None = None
) -> list[PostLine]:
    """The newest posts of a stream, or those older than `before`; `watch` where the caller has it already."""
    if shows.kind == "watch" and watch is None:
        watch = listening.watch_for(viewer, shows.id)
    lines = conversations.lines(viewer, _newest(viewer, shows, watch, before))
    return with_keepers(viewer, mentions(viewer, watch, lines, cares=shows.narrowed is not None))


def mentions(viewer: Viewer, watch: Watch | None, lines: list[PostLine], *, cares: bool) -> list[PostLine]:
    """What a watch caught, with its words marked, and (`cares`) how each mention stands; all else as it is."""
    if watch is None or not lines:
        return lines
    found = [line.id for line in lines]
    if cares:
        stands = listening.standing_of(viewer, watch, found)
        return [caught(line, stands[line.id].why, stands[line.id]) for line in lines if line.id in stands]
    why = listening.why(watch, found)
    return [caught(line, why.get(line.id, ())) for line in lines]


def _newest(viewer: Viewer, shows: Shows, watch: Watch | None, before: int | None) -> list[int]:
    match shows.kind:
        case "place":
            return conversations.newest(viewer, place=shows.id, before=before, limit=AT_ONCE)
        case "identity":
            return conversations.newest(viewer, author=shows.id, before=before, limit=AT_ONCE)
        case "watch":
            narrowed = shows.narrowed or Narrowing()
            return (
                listening.mentions_for(viewer, watch, before=before, limit=AT_ONCE, narrowed=narrowed)
                if watch
                else []
            )
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
    fresh_mentions = mentions(viewer, watch, fresh_lines, cares=shows.narrowed is not None)
    return News(with_keepers(viewer, fresh_mentions), other_lines, cursors.seal(seq))


def _since(
    viewer: Viewer, shows: Shows, watch: Watch | None, seq: int
) -> tuple[int, tuple[int, ...], tuple[int, ...], bool]:
    """One look: how far it reached, new posts, changed posts, and whether it stopped early."""
    if shows.kind == "watch":
        if watch is None:
            return seq, (), (), False
        found = listening.arrived_mentions(viewer, watch, seq, narrowed=shows.narrowed or Narrowing())
        return found.seq, found.posts, (), found.more
    arrived = conversations.arrived_since(
        viewer,
        seq,
        place=shows.id if shows.kind == "place" else None,
        author=shows.id if shows.kind == "identity" else None,
    )
    return arrived.seq, arrived.new, arrived.changed, arrived.more
