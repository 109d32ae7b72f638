"""Reactions to facts from below."""

from __future__ import annotations

from colonnade.conversations.events import PostEdited, PostsReceived
from colonnade.core.events import subscriber
from colonnade.listening import actions


@subscriber(PostsReceived)
def on_posts_received(event: PostsReceived) -> None:
    """What has arrived is compared with every watch."""
    actions.match_posts(event.posts)


@subscriber(PostEdited)
def on_post_edited(event: PostEdited) -> None:
    """What reads differently is compared anew."""
    actions.reread(event.post)
