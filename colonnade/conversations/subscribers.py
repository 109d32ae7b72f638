"""Reactions to facts from below."""

from __future__ import annotations

from colonnade.conversations import actions, work
from colonnade.conversations.events import ConversationJoined, PostsBuried, PostsReceived
from colonnade.core import db
from colonnade.core.events import subscriber
from colonnade.core.work import enqueue
from colonnade.places.events import AudienceChanged, PlaceHealthChanged


@subscriber(PostsReceived)
def on_posts_received(event: PostsReceived) -> None:
    """Where several write at a time, posts of one moment may have missed each other; on SQLite one writes at a time."""
    if db.is_postgres():
        actions.mend(event.posts)


@subscriber(PostsBuried)
def on_posts_buried(event: PostsBuried) -> None:
    """A deletion that did not see its post may be the later of the two to commit."""
    if db.is_postgres():
        actions.mend_buried(event.burials)


@subscriber(ConversationJoined)
def on_conversation_joined(event: ConversationJoined) -> None:
    """The same of a joining that did not see a post which was being written, or another joining."""
    if db.is_postgres():
        actions.mend_joined((event.conversation, event.into))


@subscriber(AudienceChanged)
def on_audience_changed(event: AudienceChanged) -> None:
    """Search hints of scopes whose tier changed are renewed; until then they are searched without."""
    work.queue_stale_hints(event.place)


@subscriber(PlaceHealthChanged)
def on_place_health_changed(event: PlaceHealthChanged) -> None:
    """A feed that was read for the first time, or again, may name a hub: it is asked to push."""
    if event.health == "well":
        enqueue(work.subscribe, event.place, key=str(event.place))
