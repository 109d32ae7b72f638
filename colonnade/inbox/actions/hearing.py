"""What the inbox does about facts from below: new words, mentions, joined conversations, what became of answers."""

from __future__ import annotations

from collections.abc import Sequence

from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Post
from colonnade.conversations.types import Said
from colonnade.core.db import action
from colonnade.inbox import queries, rules
from colonnade.inbox.actions import desk, replying, turning
from colonnade.inbox.models import Case, CaseEntry, EntryKind, WayBack
from colonnade.places import queries as places


@action
def hear(posts: Sequence[int]) -> None:
    """New posts: a word of the other side in a case makes it ours again; one at our accounts that speaks to us opens one.

    Safe to run twice.
    """
    said = conversations.said_of(posts)
    if not said:
        return
    ours = places.our_faces({one.author for one in said} | {one.answers for one in said if one.answers})
    theirs = [one for one in said if rules.is_other_side(one, ours)]
    talks = {one.conversation for one in theirs}
    onward = conversations.onward(talks)  # what was written while its conversation was joined to another
    cases = queries.cases_in(talks | set(onward.values()))
    for one in theirs:
        talk, why = one.conversation, rules.why_answer(one, ours)
        if talk not in cases:
            talk = onward.get(talk, talk)
        if talk in cases:
            desk.heard_once(turning.locked(cases[talk]), _post(one))
        elif why:
            cases[talk] = desk.open_case(conversations.conversation_by_id(talk), post=_post(one), why=why)


def _post(said: Said) -> Post:
    """The row, as far as a case needs it: its id."""
    return Post(pk=said.id)


@action
def hear_mentions(posts: Sequence[int], why: str) -> None:
    """A watch caught posts that need an answer: each is part of a case from now on. Safe to run twice."""
    said = conversations.said_of(posts)
    for one in said:
        desk.open_case(conversations.conversation_by_id(one.conversation), post=_post(one), why=why)


@action
def follow_joined(conversation: int, into: int) -> None:
    """A conversation became part of another: its case goes with it, and ends where the other has one already, which then
    is ours if this one was."""
    kept = Case.objects.filter(conversation=into).exclude(state="solved").first()
    for case in Case.objects.filter(conversation=conversation).order_by("pk"):
        row = turning.locked(case)
        change = turning.Change(row)
        row.conversation = conversations.conversation_by_id(into)
        if kept is not None and row.state != "solved":
            if row.waiting_since is not None and row.last_heard is not None:
                desk.heard_once(turning.locked(kept), row.last_heard)
            change.turn("solved")
            change.answered()
        turning.enter(row, EntryKind.JOINED, into=str(into))
        change.write()
    _move_ways_back(conversation, into)


def _move_ways_back(conversation: int, into: int) -> None:
    taken = set(WayBack.objects.filter(conversation=into).values_list("person_id", flat=True))
    WayBack.objects.filter(conversation=conversation).exclude(person__in=taken).update(conversation=into)


@action
def note_delivery(dispatch: int, kind: EntryKind) -> None:
    """What became of an answer sent elsewhere; one that did not go out makes the case ours again. Safe to run twice."""
    answer = CaseEntry.objects.filter(dispatch=dispatch, kind=EntryKind.REPLIED).order_by("-pk").first()
    if answer is None:
        return
    case = turning.locked(answer.case_id)
    told = CaseEntry.objects.filter(case=case, dispatch=dispatch).order_by("-pk").first()
    if told is not None and told.kind == kind:
        return
    turning.enter(case, kind, dispatch=dispatch)
    if kind in (EntryKind.NOT_SENT, EntryKind.TAKEN_BACK):
        replying.unanswered(case, answer)
    elif told is not None and told.kind == EntryKind.NOT_SENT:
        _sent_after_all(case, told)
    else:
        turning.Change(case).write()


def _sent_after_all(case: Case, failure: CaseEntry) -> None:
    """What had failed was sent again: nobody waits for us, unless something came in since."""
    change = turning.Change(case)
    if not CaseEntry.objects.filter(case=case, kind=EntryKind.HEARD, pk__gt=failure.pk).exists():
        change.turn("waiting")
        change.answered()
    change.write()
