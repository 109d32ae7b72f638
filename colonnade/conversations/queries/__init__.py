"""Every read of conversations that others use; the viewer comes first. `visible_to` alone selects posts."""

from colonnade.conversations.queries.arrivals import Arrivals, arrived_since
from colonnade.conversations.queries.holding import HoldsSeen, holds_seen
from colonnade.conversations.queries.hours import by_hour
from colonnade.conversations.queries.lists import lines, newest, openings
from colonnade.conversations.queries.machine import (
    names_file,
    opens,
    said_of,
    stored,
    titled,
    told_of,
)
from colonnade.conversations.queries.persons import (
    TalkedIn,
    identities_for,
    identities_like,
    last_heard,
    persons_for,
    persons_like,
    talked_in,
)
from colonnade.conversations.queries.search import Within, look
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
from colonnade.conversations.queries.ties import answering_seen, quoting_seen
from colonnade.conversations.queries.visibility import post_by_uri, post_for, visible_to

__all__ = [
    "Arrivals",
    "HoldsSeen",
    "TalkedIn",
    "Within",
    "answering_seen",
    "arrived_since",
    "audience_of_reply",
    "by_hour",
    "conversation_by_id",
    "conversation_for",
    "current_conversation",
    "holds_seen",
    "identities_for",
    "identities_like",
    "last_heard",
    "last_said",
    "lines",
    "look",
    "names_file",
    "newest",
    "note_count",
    "onward",
    "openings",
    "opens",
    "persons_for",
    "persons_like",
    "post_by_uri",
    "post_for",
    "posts_in",
    "quoting_seen",
    "said_of",
    "stored",
    "talked_in",
    "talks_in",
    "thread",
    "titled",
    "told_of",
    "visible_to",
]
