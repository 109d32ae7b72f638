"""A second person's look: asked for, given, and demanded before anything leaves an account that wants it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext, ngettext

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import Hint, announce
from colonnade.people.models import Person
from colonnade.people.rules import can_administer
from colonnade.places import actions as places
from colonnade.places.models import Place, PlaceKind
from colonnade.primitives import clock
from colonnade.primitives.states import NotAllowed
from colonnade.publishing import queries, rules
from colonnade.publishing.actions import guarding, turning
from colonnade.publishing.events import ApprovalFell, FourEyesTurned, ReviewAsked, ReviewGiven
from colonnade.publishing.models import Draft, DraftTarget, FourEyes, Review, Verdict
from colonnade.publishing.types import Content


@action
def ask_for_approval(place: Place, on: bool, *, by: Person) -> None:
    """From now on nothing goes out from an account that no second person has approved; or (not `on`) it does again.

    For admins, on purpose: it stands in the audit log. Raises PermissionDenied, Unfit for what is no account.
    """
    if not can_administer(by):
        raise PermissionDenied(gettext("Only admins say whether an account asks for approval."))
    if place.kind != PlaceKind.ACCOUNT:
        raise rules.Unfit(gettext("Only our accounts ask for approval."))
    if on:
        FourEyes.objects.get_or_create(place=place, defaults={"since": clock.now(), "by": by})
    else:
        FourEyes.objects.filter(place=place).delete()
    hint = Hint(audience=places.note_scope(place).audience_id, place=place.pk)
    announce(FourEyesTurned(place=place.pk, on=on), subject=f"place:{place.pk}", hints=[hint])
    audit.record("publishing.four_eyes", by=by.principal_id, subject=f"place:{place.pk}", details={"on": on})


@action
def ask_review(
    draft: Draft, *, by: Person, version: int | None = None, words: str = "", said_anyway: bool = False
) -> Review:
    """Ask a second person to look at what would go out; `words` are for whoever looks.

    Raises Unfit where no place of it asks for approval, or one cannot take it; HeldBack, StaleDraft, NotAllowed,
    PermissionDenied.
    """
    row, targets = _open(draft, by, version)
    turning.refuse_unfit(row, targets, by)
    if not queries.needs_approval(targets):
        raise rules.Unfit(gettext("None of its places asks for approval: it can go out as it is."))
    guarding.hold_back(row, targets, by, said_anyway=said_anyway)
    return asked(row, targets, by, words)


def asked(row: Draft, targets: Sequence[DraftTarget], by: Person, words: str = "") -> Review:
    """The same for a locked draft that was looked through already."""
    review = _reviewed(row, rules.content_of(row, targets), Verdict.ASKED, by, words)
    to = tuple(sorted(queries.answerable(targets) - rules.hands(row) - {by.pk}))
    announce(
        ReviewAsked(draft=row.pk, review=review.pk, by=by.pk, to=to),
        subject=f"draft:{row.pk}",
        hints=turning.hints(row),
    )
    turning.record("approval_asked", row, by)
    return review


def ask_where_needed(row: Draft, targets: Sequence[DraftTarget], by: Person) -> None:
    """What is planned waits for a second person without being asked for, where its places want one."""
    if not queries.needs_approval(targets):
        return
    if queries.stands(row, targets, rules.content_of(row, targets)) in ("unasked", "changes"):
        asked(row, targets, by)


@action
def approve(draft: Draft, *, by: Person, seen: str) -> Review:
    """Say yes to everything that would go out; `seen` is the fingerprint of what was read, and it holds for that alone.

    Nobody approves their own words while somebody else may (OwnWords). Whoever is alone reads them once more, by
    `read_again`, and then says it a second time (ReadAgain before that). Raises StaleDraft where it has changed since,
    Unfit, NotAllowed, PermissionDenied.
    """
    row, targets = _open(draft, by)
    content = _seen(row, targets, seen)
    _require_needed(row, targets, by)
    alone = by.pk in rules.hands(row)
    if alone:
        _require_alone(row, targets)
        _require_read(row, by, seen)
    return _given(row, content, Verdict.APPROVED, by, alone=alone)


@action
def take_back_approval(draft: Draft, *, by: Person) -> Review:
    """Undo one's own `approve`, as long as nothing has gone out: the draft waits again as it did before.

    Raises NotAllowed once it is on its way, Unfit where `by` is not who approved it, PermissionDenied.
    """
    row, _ = _open(draft, by)
    last = rules.decision(queries.reviews_of(row))
    if last is None or last.verdict != Verdict.APPROVED or last.by_id != by.pk:
        raise rules.Unfit(gettext("There is no approval of yours to take back."))
    last.withdrawn_at = clock.now()
    last.save(update_fields=["withdrawn_at"])
    fell = ApprovalFell(draft=row.pk, review=last.pk)
    announce(fell, subject=f"draft:{row.pk}", hints=turning.hints(row))
    turning.record("approval_taken_back", row, by)
    return last


@action
def read_again(draft: Draft, *, by: Person, seen: str) -> Review:
    """Begin to read one's own words once more, where nobody else may approve them. Raises as `approve` does."""
    row, targets = _open(draft, by)
    content = _seen(row, targets, seen)
    _require_needed(row, targets, by)
    if by.pk not in rules.hands(row):
        raise rules.Unfit(gettext("These are somebody else's words: you may approve them as they are."))
    _require_alone(row, targets)
    return _reviewed(row, content, Verdict.READ, by)


@action
def ask_changes(draft: Draft, words: str, *, by: Person) -> Review:
    """Say what should be different before it goes out. What was approved before no longer is.

    Raises Unfit without words, OwnWords, NotAllowed, PermissionDenied.
    """
    row, targets = _open(draft, by)
    _require_needed(row, targets, by)
    words = words.strip()[:2000]
    if not words:
        raise rules.Unfit(gettext("Say what should be different."))
    if by.pk in rules.hands(row):
        raise rules.OwnWords(gettext("These are your own words: change them yourself."))
    return _given(row, rules.content_of(row, targets), Verdict.CHANGES, by, words)


def refuse_unapproved(row: Draft, targets: Sequence[DraftTarget], *, planned: bool) -> None:
    """Raise NeedsApproval unless a second person has approved exactly this, where one must. Called where dispatches are
    made, in their transaction, with the draft locked: there is no other way out."""
    if not queries.needs_approval(targets):
        return
    content = rules.content_of(row, targets, planned=planned)
    stands = queries.stands(row, targets, content)
    if stands == "approved":
        return
    if not planned and queries.stands(row, targets, rules.content_of(row, targets)) == "approved":
        raise rules.NeedsApproval(
            gettext("It was approved for %(time)s. To send it at once, ask for another look without a time.")
            % {"time": row.goes_at_local.replace("T", " ")}
        )
    raise rules.NeedsApproval(_why_not(stands))


@action
def let_fall(person: int) -> None:
    """Somebody may approve less than before: what they alone had approved, and may no longer, has fallen. That is checked once
    more when it goes out; this tells those who may look now."""
    for pk in queries.approved_by(person):
        row = turning.locked(pk)
        targets = turning.targets_of(row)
        last = rules.decision(queries.reviews_of(row))
        if last is None or last.by_id != person or not queries.needs_approval(targets):
            continue
        if queries.stands(row, targets, rules.content_of(row, targets)) == "lost":
            _lost(row, targets, last)


def _lost(row: Draft, targets: Sequence[DraftTarget], last: Review) -> None:
    if last.fell_at is None:
        last.fell_at = clock.now()
        last.save(update_fields=["fell_at"])
        announce(
            ApprovalFell(draft=row.pk, review=last.pk), subject=f"draft:{row.pk}", hints=turning.hints(row)
        )
        turning.record("approval_fell", row, None, reason="lost")
        to = tuple(sorted(queries.answerable(targets) - rules.hands(row)))
        asked_again = ReviewAsked(draft=row.pk, review=last.pk, by=last.by_id or 0, to=to)
        announce(asked_again, subject=f"draft:{row.pk}")


def _why_not(stands: str) -> str:
    return {
        "unasked": gettext("Somebody else has to approve it before it goes out. Ask for approval."),
        "asked": gettext("It waits for approval: nobody has said yes to it yet."),
        "lost": gettext("Who approved it may no longer do so: it needs another look."),
        "fell": gettext("It has changed since it was approved: it needs another look."),
        "changes": gettext("Changes were asked for. Make them, then ask for approval again."),
    }[stands]


def _open(draft: Draft, by: Person, version: int | None = None) -> tuple[Draft, list[DraftTarget]]:
    row = turning.for_writing(draft, by, version)
    if row.state not in rules.STANDING:
        raise NotAllowed(gettext("It is no longer waiting for anybody."), before=row.state, after=row.state)
    return row, turning.targets_of(row)


def _seen(row: Draft, targets: Sequence[DraftTarget], seen: str) -> Content:
    content = rules.content_of(row, targets)
    if rules.fingerprint(content) != seen:
        raise rules.StaleDraft(gettext("It has changed since you read it. Read it once more."))
    return content


def _require_needed(row: Draft, targets: Sequence[DraftTarget], by: Person) -> None:
    turning.refuse_unfit(row, targets, by)
    if not queries.needs_approval(targets):
        raise rules.Unfit(gettext("None of its places asks for approval: it can go out as it is."))


def _require_alone(row: Draft, targets: Sequence[DraftTarget]) -> None:
    if queries.others_who_may(targets, rules.hands(row)):
        raise rules.OwnWords(gettext("These are your own words: somebody else has to look."))


def _require_read(row: Draft, by: Person, mark: str) -> None:
    until, now = rules.reading(queries.reviews_of(row), by.pk, mark), clock.now()
    if until is None:
        raise rules.ReadAgain(gettext("Nobody else may approve it. Read it once more, then say yes again."))
    if until > now:
        left = ceil((until - now).total_seconds())
        raise rules.ReadAgain(
            ngettext(
                "Read it in peace: you can approve it in %(n)d second.",
                "Read it in peace: you can approve it in %(n)d seconds.",
                left,
            )
            % {"n": left}
        )


def _given(
    row: Draft, content: Content, verdict: Verdict, by: Person, words: str = "", *, alone: bool = False
) -> Review:
    review = _reviewed(row, content, verdict, by, words, alone=alone)
    to = tuple(one for one in queries.concerned(row) if one != by.pk)
    announce(
        ReviewGiven(draft=row.pk, review=review.pk, verdict=verdict.value, by=by.pk, to=to),
        subject=f"draft:{row.pk}",
        hints=turning.hints(row),
    )
    what = "approved" if verdict == Verdict.APPROVED else "changes_asked"
    turning.record(what, row, by, fingerprint=review.fingerprint, alone=alone)
    return review


def _reviewed(
    row: Draft, content: Content, verdict: Verdict, by: Person, words: str = "", *, alone: bool = False
) -> Review:
    last = queries.reviews_of(row)
    return Review.objects.create(
        draft=row,
        number=last[-1].number + 1 if last else 1,
        verdict=verdict,
        fingerprint=rules.fingerprint(content),
        content=rules.stored(content),
        words=words.strip()[:2000],
        by=by,
        at=clock.now(),
        alone=alone,
    )
