"""Askers who gave an address are written to when they are answered."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Conversation
from colonnade.conversations.types import PostLine
from colonnade.core import limits
from colonnade.core.db import action
from colonnade.inbox import queries, rules
from colonnade.inbox.actions import turning
from colonnade.inbox.models import Case, CaseEntry, EntryKind, WayBack
from colonnade.people.models import Person

ADDRESSES = (5, 3600)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was begun: to whom, in which language, what was answered, the token of the way back to it. `name`
    is the same for the same answers, so that a repeat is known as one."""

    case: int
    email: str
    language: str
    answers: tuple[PostLine, ...]
    token: str
    name: str


@action
def write_to_me(conversation: Conversation, person: Person, email: str) -> None:
    """The asker of a conversation wants to hear of answers at this address; an empty one: no longer.

    Raises CannotAsk, TooOften, each with a sentence; PermissionDenied for anybody else.
    """
    email = email.strip()
    rules.check_address(email)
    if not limits.allow("inbox.address", str(person.pk), limit=ADDRESSES[0], per_s=ADDRESSES[1]):
        raise rules.TooOften(gettext("That was quick. Please wait a few minutes, then send it again."))
    known = queries.cases_in([conversation.pk]).get(conversation.pk)
    if known is None or not WayBack.objects.filter(conversation=conversation, person=person).exists():
        raise PermissionDenied(gettext("There is no such conversation."))
    case = turning.locked(known)
    case.reply_email = email
    turning.Change(case).write()


@action
def begin_letter(case: int) -> Letter | None:
    """Note that the asker is written to of the answers they have not been written of, before it is tried; None where
    nothing is to be told: no address, no answer that they may read, told already."""
    row = turning.locked(case)
    answers = _untold(row) if row.reply_email else []
    way = queries.askers_way(row)
    if way is None or not answers:
        return None
    visitor = queries.visitor_by_token(token := queries.way_back_token(way))
    lines = [] if visitor is None else conversations.lines(visitor.viewer, answers)
    told = tuple(line for line in lines if not line.deleted)
    if not told:
        return None
    for line in told:
        turning.enter(row, EntryKind.MAILED, post=line.id)
    turning.Change(row).write()
    name = f"answer-{row.pk}-{told[-1].id}"
    return Letter(row.pk, row.reply_email, way.person.language, told, token, name)


def _untold(case: Case) -> list[int]:
    """Answers given here of which the asker was not written, oldest first."""
    told = CaseEntry.objects.filter(case=case, kind=EntryKind.MAILED).values("post")
    given = CaseEntry.objects.filter(case=case, kind=EntryKind.REPLIED, post__isnull=False)
    return list(given.exclude(post__in=told).order_by("pk").values_list("post_id", flat=True))


@action
def letter_failed(case: int, post: int, why: str) -> None:
    """The letter about an answer did not go out: it stands in the case, for somebody to see."""
    row = turning.locked(case)
    if not CaseEntry.objects.filter(case=row, kind=EntryKind.NOT_MAILED, post=post).exists():
        turning.enter(row, EntryKind.NOT_MAILED, post=post, why=why[:200])
        turning.Change(row).write()
