"""Every write of conversations. Exactly one function creates a post: `receive`."""

from colonnade.conversations.actions.change import delete, edit, mark, unmark
from colonnade.conversations.actions.hints import renew_hints
from colonnade.conversations.actions.mending import mend, mend_buried, mend_joined
from colonnade.conversations.actions.once import forget_keys, is_key, keep_key, said_with
from colonnade.conversations.actions.poll import poll
from colonnade.conversations.actions.quarantine import keep, parse_kept
from colonnade.conversations.actions.receive import Polled, receive
from colonnade.conversations.actions.talk import admit, narrow, note, read_up_to, say, start

__all__ = [
    "Polled",
    "admit",
    "delete",
    "edit",
    "forget_keys",
    "is_key",
    "keep",
    "keep_key",
    "mark",
    "mend",
    "mend_buried",
    "mend_joined",
    "narrow",
    "note",
    "parse_kept",
    "poll",
    "read_up_to",
    "receive",
    "renew_hints",
    "said_with",
    "say",
    "start",
    "unmark",
]
