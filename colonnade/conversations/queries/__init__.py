"""Every read of conversations that others use; the viewer comes first. `visible_to` alone selects posts."""

from colonnade.conversations.queries.arrivals import Arrivals, arrived_since
from colonnade.conversations.queries.lists import heard_of, lines, newest, openings
from colonnade.conversations.queries.machine import counts_seen, said_of
from colonnade.conversations.queries.search import Within, search
from colonnade.conversations.queries.talks import last_said, talks_in
from colonnade.conversations.queries.threads import (
    audience_of_reply,
    conversation_by_id,
    conversation_for,
    current_conversation,
    note_count,
    onward,
    posts_in,
    thread,
)
from colonnade.conversations.queries.visibility import post_by_uri, post_for, visible_to

__all__ = [
    "Arrivals",
    "Within",
    "arrived_since",
    "audience_of_reply",
    "conversation_by_id",
    "conversation_for",
    "counts_seen",
    "current_conversation",
    "heard_of",
    "last_said",
    "lines",
    "newest",
    "note_count",
    "onward",
    "openings",
    "post_by_uri",
    "post_for",
    "posts_in",
    "said_of",
    "search",
    "talks_in",
    "thread",
    "visible_to",
]
