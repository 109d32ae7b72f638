"""Facts that this room announces."""

from __future__ import annotations

from colonnade.core.events import Event


class PostsReceived(Event):
    """Posts are new in a place, in the order of their arrival. `ours` maps the key of a delivery of ours that the
    network gave back to the post that it became (also for posts known before). `again` are posts that our own account
    said and that its network now shows, known before."""

    place: int
    posts: tuple[int, ...]
    ours: dict[str, int] = {}
    again: tuple[int, ...] = ()


class PostEdited(Event):
    """A post now reads differently."""

    post: int
    conversation: int
    place: int


class PostDeleted(Event):
    """A post is gone; its tombstone stays."""

    post: int
    conversation: int
    place: int


class PostsBuried(Event):
    """A network said that posts are gone which its place had not brought. `burials` are the rows that keep them away."""

    place: int
    burials: tuple[int, ...]


class ConversationStarted(Event):
    """Somebody here opened a conversation."""

    conversation: int
    place: int


class ConversationJoined(Event):
    """Two conversations turned out to be one: all that was in the first stands in `into` now. Announced again when
    something was written into the first at that very moment and has followed."""

    conversation: int
    into: int
    place: int


class PostMarked(Event):
    """Somebody's reaction to a post was set, or taken back."""

    post: int
    identity: int
    kind: str
    undone: bool = False
