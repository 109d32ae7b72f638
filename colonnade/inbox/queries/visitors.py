"""Visitors without an account who come back to what they asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Conversation
from colonnade.inbox.models import WayBack
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import clock

SALT = "colonnade.inbox.way-back"
LIFETIME_S = 90 * 24 * 3600
LONGEST_TOKEN = 500


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who came back, the conversation that is theirs, and how they look at it."""

    person: Person
    conversation: Conversation
    viewer: Viewer


def way_back_token(way: WayBack) -> str:
    """The signed token of a link that opens a conversation for its asker, for 90 days or until it is revoked."""
    said = [way.person_id, way.conversation_id, way.epoch, int(clock.now_s())]
    return signing.Signer(salt=SALT).sign_object(said)


def visitor_by_token(token: str) -> Visitor | None:
    """Who comes with this token; None for one that is not ours, too old or revoked, and for somebody suspended."""
    try:
        signed = signing.Signer(salt=SALT).unsign_object(token[:LONGEST_TOKEN])
        person_id, conversation_id, epoch, made_s = signed
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if int(clock.now_s()) > made_s + LIFETIME_S:
        return None
    rows = WayBack.objects.filter(person=person_id, epoch=epoch).select_related("person__principal")
    way = rows.filter(conversation=conversations.current_conversation(conversation_id)).first()
    if way is None or way.person.state != "active":
        return None
    viewer = people.viewer_for(way.person)
    conversation = conversations.conversation_for(viewer, way.conversation_id)
    return None if conversation is None else Visitor(way.person, conversation, viewer)
