"""Visitors without an account who come back to what they asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core import signing

from colonnade.access.types import EVERYONE, Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Conversation
from colonnade.inbox.models import Case, CaseEntry, EntryKind, WayBack
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import clock

SALT = "colonnade.inbox.way-back"
LIFETIME_S = 90 * 24 * 3600
LONGEST_TOKEN = 500


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who came back, the conversation that is theirs, how they look at it, and the way by which they came."""

    person: Person
    conversation: Conversation
    viewer: Viewer
    way: WayBack


def way_back_token(way: WayBack) -> str:
    """The signed token of a link that opens a conversation for its asker, for 90 days or until it is revoked."""
    said = [way.person_id, way.conversation_id, way.epoch, int(clock.now_s())]
    return signing.Signer(salt=SALT).sign_object(said)


def askers_way(case: Case) -> WayBack | None:
    """The way back of whoever asked what a case is about; None where nobody without an account did."""
    if case.opened_by_post is None:
        return None
    rows = WayBack.objects.filter(conversation=case.conversation, person=case.opened_by_post.author.person)
    return rows.select_related("person").first()


def letter_in_doubt(case: int) -> bool:
    """Whether a letter to the asker of a case was begun once and nobody knows what became of it; for the machine itself."""
    rows = CaseEntry.objects.filter(case=case, kind=EntryKind.MAILED).values_list("details", flat=True)
    return any(row.get("state") == "begun" and row.get("tries") == 1 for row in rows)


def written_to(conversation: Conversation) -> str:
    """The address at which its asker wants to hear of answers, or "". For the asker."""
    rows = Case.objects.filter(conversation=conversation).order_by("-pk")
    return rows.values_list("reply_email", flat=True).first() or ""


def may_be_taken_back_until(case: int) -> datetime | None:
    """Until when the last answer given here may be taken back; None where there is none."""
    given = CaseEntry.objects.filter(case=case, kind=EntryKind.REPLIED, post__isnull=False).order_by("-pk")
    details = given.values_list("details", flat=True).first()
    return None if details is None else datetime.fromisoformat(str(details["undo_until"]))


def visitor_by_token(token: str) -> Visitor | None:
    """Who comes with this token; None for one that is not ours, too old or revoked, and for somebody suspended."""
    try:
        signed = signing.Signer(salt=SALT).unsign_object(token[:LONGEST_TOKEN])
        person_id, conversation_id, epoch, made_s = signed
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if int(clock.now_s()) > made_s + LIFETIME_S:
        return None
    rows = WayBack.objects.filter(person=person_id, epoch=epoch)
    rows = rows.select_related("person__principal", "conversation")
    way = rows.filter(conversation=conversations.current_conversation(conversation_id)).first()
    if way is None or way.person.state != "active":
        return None
    viewer = _seen_by(way.person, way.conversation.principal_id)
    conversation = conversations.conversation_for(viewer, way.conversation_id)
    return None if conversation is None else Visitor(way.person, conversation, viewer, way)


def guest_viewer(person: Person, ways: Mapping[int, int]) -> Viewer | None:
    """How somebody without an account looks who brings these ways back (ids, each with its epoch): at what is open to
    all, and at the conversations to which they lead. None when all of them have been revoked or renewed since.
    """
    rows = WayBack.objects.filter(person=person, pk__in=ways)
    alive = [
        opens
        for pk, epoch, opens in rows.values_list("pk", "epoch", "conversation__principal_id")
        if ways[pk] == epoch
    ]
    return _seen_by(person, *alive) if alive else None


def _seen_by(person: Person, *opens: int | None) -> Viewer:
    """A way back opens what it leads to, and nothing else of all that its person may see."""
    narrowed = {principal for principal in opens if principal is not None}
    return people.viewer_for(person, only={EVERYONE, person.principal_id, *narrowed})
