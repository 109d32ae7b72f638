"""Reactions to facts from below."""

from __future__ import annotations

from colonnade.conversations.events import ConversationJoined, PostsReceived
from colonnade.core.events import Event, subscriber
from colonnade.deliveries.events import (
    DeliveryConfirmed,
    DeliveryFailed,
    DeliveryRecalled,
    DeliverySent,
    DeliveryUncertain,
)
from colonnade.inbox import actions, rules, work
from colonnade.inbox.events import CaseAnswered
from colonnade.inbox.models import EntryKind
from colonnade.listening.events import MentionsFound


@subscriber(PostsReceived)
def on_posts_received(event: PostsReceived) -> None:
    """Words of the other side open a case, or make it ours again."""
    actions.hear(event.posts)


@subscriber(MentionsFound)
def on_mentions_found(event: MentionsFound) -> None:
    """What a watch caught needs an answer, where the watch says so."""
    if event.opens_case:
        actions.hear_mentions(event.posts, rules.DRILL if event.drill else "mention")


@subscriber(ConversationJoined)
def on_conversation_joined(event: ConversationJoined) -> None:
    """A case follows its conversation."""
    actions.follow_joined(event.conversation, event.into)


@subscriber(CaseAnswered)
def on_case_answered(event: CaseAnswered) -> None:
    """An asker who gave an address is written to, once the answer can no longer be taken back."""
    if event.post is not None:
        work.queue_letter(event.case)


_BECAME: dict[type[Event], EntryKind] = {
    DeliverySent: EntryKind.SENT,
    DeliveryConfirmed: EntryKind.SENT,
    DeliveryUncertain: EntryKind.NOT_SURE,
    DeliveryFailed: EntryKind.NOT_SENT,
    DeliveryRecalled: EntryKind.TAKEN_BACK,
}

_Turned = DeliverySent | DeliveryConfirmed | DeliveryUncertain | DeliveryFailed | DeliveryRecalled


@subscriber(DeliverySent, DeliveryConfirmed, DeliveryUncertain, DeliveryFailed, DeliveryRecalled)
def on_delivery_turned(event: _Turned) -> None:
    """What became of an answer stands in its case; one that did not go out makes the case ours again."""
    actions.note_delivery(event.dispatch, _BECAME[type(event)])
