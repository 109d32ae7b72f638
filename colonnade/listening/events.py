"""Facts that this room announces."""

from __future__ import annotations

from colonnade.core.events import Event


class WatchAdded(Event):
    """Somebody listens for something new."""

    watch: int


class WatchChanged(Event):
    """A watch now asks for something else, or was paused or resumed. What it caught before stays."""

    watch: int
    version: int
    state: str


class WatchRemoved(Event):
    """Nobody listens for this any more; what it caught is forgotten, the posts stay."""

    watch: int
    name: str


class ListAdded(Event):
    """Queries may name one more list."""

    list: int


class ListChanged(Event):
    """A list stands for something else, or has another name; the watches that rest on it ask for that from now on."""

    list: int
    version: int


class ListRemoved(Event):
    """A list that nothing rested on is gone."""

    list: int
    name: str


class MentionsFound(Event):
    """A watch caught posts (at most a hundred in one fact, ten where they open cases), in the order of their arrival.
    `drill`: they are said in a rehearsal, all of them, and count nowhere."""

    watch: int
    posts: tuple[int, ...]
    opens_case: bool = False
    drill: bool = False


class MentionsChanged(Event):
    """Something else is known of the mentions of these posts: their mood, or that they are copies. `watches` are those
    that have let go of one of them."""

    posts: tuple[int, ...]
    watches: tuple[int, ...] = ()
