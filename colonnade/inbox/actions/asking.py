"""Somebody without an account asks, and comes back."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.utils.translation import gettext

from colonnade.access import actions as access_actions
from colonnade.access import queries as access
from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.conversations.models import Conversation, Post
from colonnade.core import limits
from colonnade.core.db import action
from colonnade.inbox import queries, rules
from colonnade.inbox.actions import desk, turning
from colonnade.inbox.models import Case, WayBack
from colonnade.people import actions as people
from colonnade.people import queries as people_queries
from colonnade.people.models import Identity, Person
from colonnade.places.models import Place
from colonnade.primitives import clock

# (times, seconds): what a person may do, and what all behind one address may do in an hour.
QUESTIONS, QUESTIONS_AN_HOUR, MORE_WORDS = (5, 600), (30, 3600), (20, 300)


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a question. `resume_token` goes into the link by which the asker comes back, by this `way`."""

    person: Person
    conversation: Conversation
    post: Post
    case: Case
    resume_token: str
    way: WayBack


def ask(
    place: Place,
    *,
    name: str,
    text: str,
    ip_or_key: str,
    email: str = "",
    person: Person | None = None,
    key: str = "",
) -> Asked:
    """Take a question in a space that everybody may read: a guest, a conversation of theirs and the desk's alone, and
    a case, all or nothing. `person` is somebody signed in. `ip_or_key` tells askers apart and is not kept.

    The same `key` again asks nothing more: it gives what was asked with it. Only its asker knows it.

    Raises CannotAsk, TooOften, each with a sentence for the asker.
    """
    before = _asked_before(key, person)
    if before is not None:
        return before
    rules.check_question(place, access.terms_of(place.audience), text, email.strip())
    _limit("ask", ip_or_key, QUESTIONS)
    _limit("ask-hour", ip_or_key, QUESTIONS_AN_HOUR)
    return _ask(place, name, text, email.strip(), person, key)


def _asked_before(key: str, person: Person | None) -> Asked | None:
    post = conversations.said_with(key, sender=_sender(person))
    asker = post.author.person if post is not None else None
    if post is None or asker is None:
        return None
    way = WayBack.objects.filter(conversation=post.conversation, person=asker).first()
    case = queries.cases_in([post.conversation_id]).get(post.conversation_id)
    if way is None or case is None:
        return None
    return Asked(asker, post.conversation, post, case, queries.way_back_token(way), way)


def _sender(person: Person | None) -> str:
    return f"asker:{person.pk if person else ''}"


def _limit(bucket: str, who: str, most: tuple[int, int]) -> None:
    times, seconds = most
    if not limits.allow(f"inbox.{bucket}", who, limit=times, per_s=seconds):
        raise rules.TooOften(gettext("That was quick. Please wait a few minutes, then send it again."))


@action
def _ask(place: Place, name: str, text: str, email: str, person: Person | None, key: str) -> Asked:
    asker = person or people.meet(rules.name_of_asker(name))
    identity = people_queries.identity_here(asker)
    assert identity is not None
    conversation, post = conversations.start(place, by=identity, text=text, kind="question", private=True)
    case = desk.open_case(conversation, post=post, why="asked", reply_email=email)
    way = WayBack.objects.create(conversation=conversation, person=asker)
    conversations.keep_key(key, post, sender=_sender(person))
    return Asked(asker, conversation, post, case, queries.way_back_token(way), way)


def ask_more(conversation: Conversation, person: Person, text: str, *, key: str = "") -> Post:
    """Say more in a conversation of one's own; its case is the desk's again. For somebody who takes part in it. The same
    `key` again says nothing more.

    Raises CannotAsk, TooOften, PermissionDenied, each with a sentence.
    """
    rules.check_words(text)
    _limit("more", str(person.pk), MORE_WORDS)
    return _ask_more(conversation, person, text, key)


@action
def _ask_more(conversation: Conversation, person: Person, text: str, key: str) -> Post:
    identity = people_queries.identity_here(person)
    talk = conversation_queries.conversation_for(people_queries.viewer_for(person), conversation.pk)
    if identity is None or talk is None or not _takes_part(identity, talk):
        raise PermissionDenied(gettext("There is no such conversation."))
    post = conversations.say(talk, text, by=identity, key=key)
    case = queries.cases_in([talk.pk]).get(talk.pk)
    if case is not None:
        desk.heard_once(turning.locked(case), post)
    return post


def _takes_part(identity: Identity, conversation: Conversation) -> bool:
    alive = Q(expires_at__isnull=True) | Q(expires_at__gt=clock.now())
    return identity.participations.filter(alive, conversation=conversation).exists()


@action
def renew_way_back(conversation: Conversation, person: Person) -> str:
    """A new token for the link by which a guest comes back; all links before it are dead, and what came of them."""
    WayBack.objects.get_or_create(conversation=conversation, person=person)
    _close_ways(conversation, person)
    return queries.way_back_token(WayBack.objects.get(conversation=conversation, person=person))


@action
def revoke_way_back(conversation: Conversation, person: Person, *, by: Person) -> None:
    """Kill every link by which a guest comes back, and every cookie that one of them gave. By the guest, or by staff.
    Raises PermissionDenied."""
    if by.pk != person.pk:
        turning.require(by)
    _close_ways(conversation, person)


def _close_ways(conversation: Conversation, person: Person) -> None:
    WayBack.objects.filter(conversation=conversation, person=person).update(epoch=F("epoch") + 1)
    access_actions.turn_epoch(person.principal_id)  # so that open streams end too
