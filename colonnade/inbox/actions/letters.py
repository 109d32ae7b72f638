"""Askers who gave an address are written to when they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

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
from colonnade.primitives import clock

ADDRESSES = (5, 3600)
IN_HAND = timedelta(seconds=60)
"""A worker has a letter in hand for no longer than this; what it has not said of it by then it will not say."""


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
    nothing is to be told: no address, no answer that they may read, told already.

    A letter that was begun once, of which nobody knows whether it went, is begun a second time under the same name, once its
    first try is surely over; never a third time.
    """
    row = turning.locked(case)
    doubtful = _doubtful(row)
    if doubtful and doubtful[0].at > clock.now() - IN_HAND:
        return None
    answers = [entry.post_id for entry in doubtful if entry.post_id] or _untold(row)
    way = queries.askers_way(row)
    if way is None or not answers or not row.reply_email:
        return None
    visitor = queries.visitor_by_token(token := queries.way_back_token(way))
    lines = [] if visitor is None else conversations.lines(visitor.viewer, answers)
    told = tuple(line for line in lines if not line.deleted)
    if not told:
        return None
    name = doubtful[0].details["letter"] if doubtful else f"answer-{row.pk}-{told[-1].id}"
    _note_try(row, doubtful, told, str(name))
    turning.Change(row).write()
    return Letter(row.pk, row.reply_email, way.person.language, told, token, str(name))


def _note_try(row: Case, doubtful: list[CaseEntry], told: tuple[PostLine, ...], name: str) -> None:
    for entry in doubtful:
        entry.details["tries"] = 2
        entry.save(update_fields=["details"])
    for line in () if doubtful else told:
        turning.enter(row, EntryKind.MAILED, post=line.id, letter=name, tries=1, state="begun")


def _doubtful(case: Case) -> list[CaseEntry]:
    """The entries of a letter that was begun once and of which nobody knows what became; of the oldest, if of several."""
    begun = [entry for entry in _mailed(case, state="begun") if entry.details.get("tries") == 1]
    return [entry for entry in begun if entry.details["letter"] == begun[0].details["letter"]]


def _mailed(case: Case, **details: str) -> list[CaseEntry]:
    rows = CaseEntry.objects.filter(case=case, kind=EntryKind.MAILED).order_by("pk")
    return [row for row in rows if all(row.details.get(key) == value for key, value in details.items())]


def _untold(case: Case) -> list[int]:
    """Answers given here of which the asker was not written, oldest first."""
    told = CaseEntry.objects.filter(case=case, kind=EntryKind.MAILED).values("post")
    given = CaseEntry.objects.filter(case=case, kind=EntryKind.REPLIED, post__isnull=False)
    return list(given.exclude(post__in=told).order_by("pk").values_list("post_id", flat=True))


@action
def letter_taken(letter: Letter) -> None:
    """The mail server took a letter: from now on the case says that it was sent."""
    _settle(letter, "taken")


@action
def letter_failed(letter: Letter, why: str) -> None:
    """The mail server did not take a letter: it stands in the case, for somebody to see."""
    row, post = _settle(letter, "refused"), letter.answers[-1].id
    if not CaseEntry.objects.filter(case=row, kind=EntryKind.NOT_MAILED, post=post).exists():
        turning.enter(row, EntryKind.NOT_MAILED, post=post, why=why[:200])
        turning.Change(row).write()


def _settle(letter: Letter, state: str) -> Case:
    row = turning.locked(letter.case)
    for entry in _mailed(row, letter=letter.name):
        entry.details["state"] = state
        entry.save(update_fields=["details"])
    turning.Change(row).write()
    return row
