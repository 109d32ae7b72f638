"""Reactions to facts from below."""

from __future__ import annotations

from colonnade.conversations.events import PostDeleted
from colonnade.core.events import subscriber
from colonnade.insight import actions
from colonnade.listening.events import MentionsChanged, MentionsFound


@subscriber(MentionsFound, MentionsChanged, PostDeleted)
def keep_count(event: MentionsFound | MentionsChanged | PostDeleted) -> None:
    """What watches catch is counted, and counted anew where it changes."""
    match event:
        case MentionsFound():
            actions.count_found(event.watch, event.posts)
        case MentionsChanged():
            actions.count_anew(event.posts, event.watches)
        case PostDeleted():
            actions.count_anew([event.post])
