"""The one place where a draft changes its state: locked, checked against the graph, announced, recorded."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core import audit
from colonnade.core.events import Hint, announce
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.primitives import clock
from colonnade.publishing import queries, rules
from colonnade.publishing.events import ApprovalFell, ApprovalMissed, DraftTurned
from colonnade.publishing.models import DRAFT, Brake, Draft, DraftTarget, Verdict, Why


def locked(draft: int) -> Draft:
    """The draft, locked until the end of the action. Raises Draft.DoesNotExist."""
    return Draft.objects.select_for_update(of=("self",)).get(pk=draft)


def locked_brake() -> Brake:
    """The one row of the brake. Locked before any draft, so that nothing leaves while it is pulled."""
    Brake.objects.get_or_create(pk=1)
    return Brake.objects.select_for_update(of=("self",)).get(pk=1)


def for_writing(draft: Draft, by: Person, version: int | None = None) -> Draft:
    """The locked draft, for a change by somebody who saw it at `version`. Raises PermissionDenied, StaleDraft."""
    if not rules.can_write(by):
        raise PermissionDenied("Only people of staff write what goes out.")
    row = locked(draft.pk)
    if version is not None and version != row.version:
        who = people.names([row.changed_by_id]).get(row.changed_by_id) if row.changed_by_id else None
        raise rules.StaleDraft(
            gettext(
                "%(who)s changed this while you were writing. Nothing of yours is lost: compare, then save again."
            )
            % {"who": who or gettext("Somebody")}
        )
    return row


def targets_of(draft: Draft) -> list[DraftTarget]:
    """Where it is to go, in the order in which it was chosen."""
    rows = DraftTarget.objects.filter(draft=draft)
    return list(rows.select_related("place__account", "place__audience", "audience", "post").order_by("pk"))


def turn(draft: Draft, state: str, *, why: str = "", note: str = "") -> None:
    """Change the state in memory; the caller saves. Raises NotAllowed."""
    if state != draft.state:
        DRAFT.check(draft.state, state)
    draft.state, draft.why, draft.note = state, why, note[:300]


def forget_plan(draft: Draft) -> None:
    """It has no time any more, in memory."""
    draft.goes_at = draft.planned_by = None
    draft.goes_at_local = ""


def hold(draft: Draft, why: Why, note: str = "") -> None:
    """A locked draft waits for a person."""
    turn(draft, "paused", why=why, note=note)
    save(draft, None, "held", reason=why.value)


def hold_unapproved(draft: Draft) -> None:
    """A locked draft has come to its time, and nobody has approved what would go out: it waits, and its people are told."""
    hold(draft, Why.REVIEW)
    missed = ApprovalMissed(draft=draft.pk, version=draft.version, to=queries.concerned(draft))
    announce(missed, subject=f"draft:{draft.pk}")


def save(draft: Draft, by: Person | None, what: str, **details: str | int | None) -> Draft:
    """Write a locked draft that has changed, and tell everybody: the audit log, and whoever looks. Where it is not any
    more what somebody approved, that approval has fallen."""
    draft.version += 1
    draft.changed_at = clock.now()
    if by is not None:
        draft.changed_by = by
    draft.save()
    announce(
        DraftTurned(draft=draft.pk, state=draft.state, version=draft.version),
        subject=f"draft:{draft.pk}",
        hints=hints(draft),
    )
    record(what, draft, by, **details)
    _note_fall(draft, by)
    return draft


def _note_fall(draft: Draft, by: Person | None) -> None:
    last = rules.decision(queries.reviews_of(draft))
    if last is None or last.verdict != Verdict.APPROVED or last.fell_at is not None:
        return
    if last.fingerprint == rules.fingerprint(rules.content_of(draft, targets_of(draft))):
        return
    last.fell_at = clock.now()
    last.save(update_fields=["fell_at"])
    announce(ApprovalFell(draft=draft.pk, review=last.pk), subject=f"draft:{draft.pk}")
    record("approval_fell", draft, by)


def record(what: str, draft: Draft, by: Person | None, **details: str | int | bool | None) -> None:
    """One entry of the audit log about a draft."""
    audit.record(
        f"publishing.{what}",
        by=by.principal_id if by else None,
        subject=f"draft:{draft.pk}",
        details=details,
    )


def hints(draft: Draft) -> list[Hint]:
    """Staff among those who read its targets look again."""
    found = {}
    for one in DraftTarget.objects.filter(draft=draft).select_related("place").order_by("pk"):
        audience = places.note_scope(one.place).audience_id
        found[(audience, one.place_id)] = Hint(audience=audience, place=one.place_id)
    return list(found.values())


def refuse_unfit(draft: Draft, targets: Iterable[DraftTarget], by: Person) -> None:
    """Raise Unfit with a sentence unless `by` may say this at every target, and every one can take it."""
    targets = list(targets)
    if not targets:
        raise rules.Unfit(gettext("Say where it should go."))
    open_to = {place.pk for place in queries.publishable(people.viewer_for(by), by)}
    for one in targets:
        if one.place_id not in open_to:
            raise rules.Unfit(gettext("You may not publish at %(place)s.") % {"place": one.place.name})
        if why := queries.fit(one.place, one.text or draft.text, draft.title).why:
            raise rules.Unfit(
                gettext("%(place)s cannot take it. %(why)s") % {"place": one.place.name, "why": why}
            )
