"""What people of the desk do to a case."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError
from django.utils.translation import gettext

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Conversation, Post
from colonnade.core import audit, db
from colonnade.core.db import action
from colonnade.inbox import queries, rules
from colonnade.inbox.actions import turning
from colonnade.inbox.events import CaseOpened
from colonnade.inbox.models import Case, CaseEntry, CaseLater, EntryKind, Priority
from colonnade.people import queries as people
from colonnade.people.models import Person, Team
from colonnade.primitives import clock
from colonnade.primitives.text import normalise

_NEWS = (EntryKind.OPENED, EntryKind.HEARD)


@action
def open_case(
    conversation: Conversation,
    *,
    post: Post | None = None,
    by: Person | None = None,
    why: str = "",
    reply_email: str = "",
) -> Case:
    """Say that a conversation needs an answer, because of `post`. Where there is a case already, it is that one, open
    again if it was solved. Safe to run twice. `by` None is the machine itself. Raises PermissionDenied.
    """
    if by is not None:
        turning.require(by)
    known = queries.cases_in([conversation.pk]).get(conversation.pk)
    if known is not None:
        return _open_again(turning.locked(known), post, by)
    now = clock.now()
    try:
        with db.attempt():
            case = Case.objects.create(
                conversation=conversation,
                opened_by_post=post,
                last_heard=post,
                why=why[:200],
                opened_at=now,
                queue_at=now,
                waiting_since=now,
                reply_email=reply_email,
            )
    except IntegrityError:  # somebody else opened it at the same moment
        return queries.cases_in([conversation.pk])[conversation.pk]
    turning.enter(case, EntryKind.OPENED, by=by, post=post.pk if post else None, why=case.why)
    turning.tell(case, CaseOpened(case=case.pk, conversation=conversation.pk, place=conversation.place_id))
    return case


def _open_again(case: Case, post: Post | None, by: Person | None) -> Case:
    if post is not None:
        heard_once(case, post)
    elif case.state == "solved":
        back_to_work(case, by)
    return case


def heard_once(case: Case, post: Post) -> bool:
    """The other side said something in a locked case: it is ours again. False, and nothing done, if that was known."""
    if CaseEntry.objects.filter(case=case, post=post, kind__in=_NEWS).exists():
        return False
    turning.enter(case, EntryKind.HEARD, post=post.pk)
    CaseLater.objects.filter(case=case).delete()
    change = turning.Change(case)
    case.last_heard = post
    change.heard()
    if case.state in ("waiting", "solved"):
        change.turn("assigned" if case.owner_id else "open")
    change.write()
    return True


def back_to_work(case: Case, by: Person | None) -> Case:
    """A locked case is ours again."""
    change = turning.Change(case, by)
    if case.state == "solved":
        turning.enter(case, EntryKind.REOPENED, by=by)
    change.heard()
    change.turn("assigned" if case.owner_id else "open")
    return change.write()


@action
def assign(case: Case, *, to: Person | None, by: Person, seen_version: int | None = None) -> Case:
    """Give a case to somebody of staff who may see it, or to nobody (None). Raises PermissionDenied, StaleCase,
    ValueError with a sentence.
    """
    row = turning.for_work(case, by, seen_version)
    if to is not None and queries.case_for(people.viewer_for(to), row.pk) is None:
        raise ValueError(gettext("%(name)s cannot see this conversation.") % {"name": to})
    change = turning.Change(row, by)
    change.give(to)
    if row.state in ("open", "assigned", "solved"):
        change.turn("assigned" if to else "open")
    turning.enter(row, EntryKind.ASSIGNED, by=by, to=str(to.pk) if to else None, name=str(to) if to else "")
    return change.write()


@action
def take(case: Case, *, by: Person, seen_version: int | None = None) -> Case:
    """Assign a case to oneself."""
    return assign(case, to=by, by=by, seen_version=seen_version)


@action
def hand_to_team(case: Case, team: Team | None, *, by: Person, seen_version: int | None = None) -> Case:
    """Leave a case to a team, with nobody's name on it. Raises PermissionDenied, StaleCase."""
    row = turning.for_work(case, by, seen_version)
    change = turning.Change(row, by)
    row.team = team
    change.give(None)
    if row.state == "assigned":
        change.turn("open")
    turning.enter(row, EntryKind.ASSIGNED, by=by, team=str(team) if team else "")
    return change.write()


@action
def note(case: Case, text: str, *, by: Person, key: str = "") -> Post:
    """Leave a note beside a case that only staff read; the same words again under the same `key` leave no second one.
    Raises PermissionDenied, ValueError with a sentence."""
    row = turning.for_work(case, by)
    identity = people.identity_here(by)
    assert identity is not None
    before = conversations.said_with(key, sender=f"identity:{identity.pk}")
    if before is not None and before.said.text == normalise(text):
        return before
    post = conversations.note(row.conversation, text, by=identity, person=by, key="" if before else key)
    turning.enter(row, EntryKind.NOTED, by=by, post=post.pk)
    turning.Change(row, by).write()
    return post


@action
def wait(case: Case, *, by: Person, seen_version: int | None = None) -> Case:
    """Nothing to do until the other side says something. Raises PermissionDenied, StaleCase, NotAllowed."""
    row = turning.for_work(case, by, seen_version)
    change = turning.Change(row, by)
    change.turn("waiting")
    change.answered()
    turning.enter(row, EntryKind.WAITING, by=by)
    return change.write()


@action
def solve(case: Case, *, by: Person, outcome: str = "", seen_version: int | None = None) -> Case:
    """It is done, with a word on how it ended; a second time changes nothing. Raises PermissionDenied, StaleCase."""
    row = turning.for_work(case, by, seen_version)
    if row.state == "solved":
        return row
    change = turning.Change(row, by)
    change.turn("solved")
    change.answered()
    row.outcome = " ".join(normalise(outcome).split())[:200]
    turning.enter(row, EntryKind.SOLVED, by=by, outcome=row.outcome)
    audit.record(
        "inbox.solved", by=by.principal_id, subject=f"case:{row.pk}", details={"outcome": row.outcome}
    )
    return change.write()


@action
def reopen(case: Case, *, by: Person, seen_version: int | None = None) -> Case:
    """It is not done after all; an unsolved case is left as it is. Raises PermissionDenied, StaleCase."""
    row = turning.for_work(case, by, seen_version)
    return back_to_work(row, by) if row.state == "solved" else row


@action
def tag(case: Case, tags: Iterable[str], *, by: Person, seen_version: int | None = None) -> Case:
    """Put these tags in place of those it had, folded, at most twenty. Raises PermissionDenied, StaleCase."""
    row = turning.for_work(case, by, seen_version)
    row.tags = rules.tidy_tags(tags)
    turning.enter(row, EntryKind.TAGGED, by=by, tags=row.tags)
    return turning.Change(row, by).write()


@action
def set_priority(case: Case, priority: int, *, by: Person, seen_version: int | None = None) -> Case:
    """How much it presses, 0 to 2. Raises PermissionDenied, StaleCase, ValueError."""
    row = turning.for_work(case, by, seen_version)
    row.priority = Priority(priority)
    turning.enter(row, EntryKind.PRIORITY, by=by, priority=int(row.priority))
    return turning.Change(row, by).write()
