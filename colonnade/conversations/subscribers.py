"""Reactions to facts from below."""

from __future__ import annotations

from colonnade.conversations import actions, work
from colonnade.conversations.events import PostsReceived
from colonnade.core import db
from colonnade.core.events import subscriber
from colonnade.core.work import enqueue
from colonnade.places.events import AudienceChanged, PlaceHealthChanged


@subscriber(PostsReceived)
def on_posts_received(event: PostsReceived) -> None:
    """Where several write at a time, posts of one moment may have missed each other; on SQLite one writes at a time."""
    if db.is_postgres():
        actions.mend(event.posts)


@subscriber(AudienceChanged)
def on_audience_changed(event: AudienceChanged) -> None:
    """Search hints of scopes whose tier changed are renewed; until then they are searched without."""
    work.queue_stale_hints(event.place)


@subscriber(PlaceHealthChanged)
def on_place_health_changed(event: PlaceHealthChanged) -> None:
    """A feed that was read for the first time, or again, may name a hub: it is asked to push."""
    if event.health == "well":
        enqueue(work.subscribe, event.place, key=str(event.place))
