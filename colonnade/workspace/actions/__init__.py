"""Every write of the workspace."""

from colonnade.workspace.actions.columns import add_column, move_column, remove_column, set_width
from colonnade.workspace.actions.devices import forget_subscription, our_key, subscribe, unsubscribe
from colonnade.workspace.actions.letters import begin_letters, letter_sent
from colonnade.workspace.actions.notices import (
    mark_read,
    tell_of_alert,
    tell_of_case,
    tell_of_delivery,
    tell_of_draft,
    tell_of_posts,
)
from colonnade.workspace.actions.preferences import set_appearance, set_conversation_level, set_telling

__all__ = [
    "add_column",
    "begin_letters",
    "forget_subscription",
    "letter_sent",
    "mark_read",
    "move_column",
    "our_key",
    "remove_column",
    "set_appearance",
    "set_conversation_level",
    "set_telling",
    "set_width",
    "subscribe",
    "tell_of_alert",
    "tell_of_case",
    "tell_of_delivery",
    "tell_of_draft",
    "tell_of_posts",
    "unsubscribe",
]
