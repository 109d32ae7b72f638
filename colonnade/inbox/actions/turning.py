"""The one place where a case changes: locked, checked against what its changer saw, written, announced."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.access.rules import Unexpressible
from colonnade.conversations.models import Conversation
from colonnade.core import db
from colonnade.core.events import Event, Hint, announce
from colonnade.inbox import queries, rules
from colonnade.inbox.events import CaseAssigned, CaseChanged, CaseTurned
from colonnade.inbox.models import CASE, Case, CaseEntry, EntryKind
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.primitives import clock


def locked(case: Case | int) -> Case:
    """The case, locked, with its conversation, place and owner."""
    rows = Case.objects.select_for_update(of=("self",)).select_related(
        "conversation__place__audience", "conversation__scope__audience", "owner"
    )
    return rows.get(pk=case if isinstance(case, int) else case.pk)


def for_work(case: Case, by: Person, seen_version: int | None = None) -> Case:
    """The case, locked, for somebody who may work on it. Raises PermissionDenied, StaleCase."""
    require(by)
    row = locked(case)
    if queries.case_for(people.viewer_for(by), row.pk) is None:
        raise PermissionDenied(gettext("There is no such case."))
    if seen_version is not None and seen_version != row.version:
        raise rules.StaleCase(gettext("Somebody changed this case meanwhile. Look at it again."))
    return row


def require(by: Person) -> None:
    """Raises PermissionDenied for whoever does not work at the desk."""
    if not rules.can_work_on_cases(by):
        raise PermissionDenied(gettext("Only staff work on cases."))


def enter(
    case: Case,
    kind: EntryKind,
    *,
    by: Person | None = None,
    post: int | None = None,
    dispatch: int | None = None,
    **details: object,
) -> CaseEntry:
    """Write a line of the case's history."""
    return CaseEntry.objects.create(
        case=case, kind=kind, at=clock.now(), by=by, post_id=post, dispatch_id=dispatch, details=details
    )


class Change:
    """What is done to a locked case, in one go: state and owner in memory, then `write` saves and announces."""

    def __init__(self, case: Case, by: Person | None = None) -> None:
        self.case = case
        self._by = by
        self._before = (case.state, case.owner_id)

    def turn(self, state: str) -> None:
        """Another state; the same one changes nothing. Raises NotAllowed."""
        if state == self.case.state:
            return
        CASE.check(self.case.state, state)
        self.case.state = state
        self.case.solved_at = clock.now() if state == "solved" else None
        if state != "solved":
            self.case.outcome = ""

    def give(self, owner: Person | None) -> None:
        """To somebody, or to nobody."""
        self.case.owner = owner

    def heard(self) -> None:
        """The other side waits for us, from now on if it did not already."""
        if self.case.waiting_since is None:
            self.case.waiting_since = self.case.queue_at = clock.now()

    def answered(self) -> None:
        """Nothing of the other side waits for us."""
        self.case.waiting_since = None

    def write(self, *facts: Event) -> Case:
        """Save the case as its next version, and announce what changed."""
        case = self.case
        case.version += 1
        case.save()
        state, owner = self._before
        told = [*facts]
        if case.owner_id != owner:
            by = self._by.pk if self._by else None
            told.append(CaseAssigned(case=case.pk, to=case.owner_id, by=by, version=case.version))
        if case.state != state:
            told.append(CaseTurned(case=case.pk, state=case.state, version=case.version))
        for fact in told or [CaseChanged(case=case.pk, version=case.version)]:
            tell(case, fact)
        return case


def tell(case: Case, fact: Event) -> None:
    """Announce a fact about a case."""
    announce(fact, subject=f"case:{case.pk}", hints=hints(case.conversation))


def hints(conversation: Conversation) -> list[Hint]:
    """Where staff look again when a case changes: the audience of notes, so that nobody else is woken."""
    try:
        with db.attempt():
            scope = places.note_scope(conversation.place, conversation.scope)
    except Unexpressible:
        return []
    return [Hint(scope.audience_id, conversation.place_id, conversation.pk)]
