"""Planning: at what time of which day it goes out, and holding it back."""

from __future__ import annotations

from django.utils.translation import gettext

from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.people.models import Person
from colonnade.primitives import clock
from colonnade.primitives.states import NotAllowed
from colonnade.publishing import rules
from colonnade.publishing.actions import guarding, reviewing, turning
from colonnade.publishing.events import DraftPlanned
from colonnade.publishing.models import Draft, Why


@action
def schedule(
    draft: Draft, local: str, zone: str, *, by: Person, version: int | None = None, said_anyway: bool = False
) -> Draft:
    """Have it go out at a time of day at a place ("2026-11-22T09:30", "Europe/Berlin"). `by` answers for it. Where an
    account asks for approval it waits for that meanwhile, and does not go out without.

    Raises Unfit where a target cannot take it or the time has passed; HeldBack where it carries out what only staff read,
    unless `said_anyway`; StaleDraft, NotAllowed, PermissionDenied.
    """
    row = turning.for_writing(draft, by, version)
    plan = rules.still_to_come(rules.planned(local, zone), clock.now())
    targets = turning.targets_of(row)
    turning.refuse_unfit(row, targets, by)
    guarding.hold_back(row, targets, by, said_anyway=said_anyway)
    for one in targets:  # whoever plans it has seen who reads them now
        if one.audience_id != one.place.audience_id:
            one.audience = one.place.audience
            one.save(update_fields=["audience"])
    turning.turn(row, "waiting")
    row.goes_at_local, row.zone, row.goes_at, row.planned_by = plan.local, plan.zone, plan.moment, by
    turning.save(row, by, "planned", local=plan.local, zone=plan.zone)
    reviewing.ask_where_needed(row, targets, by)
    return _told(row)


def _told(row: Draft) -> Draft:
    assert row.goes_at is not None
    announce(DraftPlanned(draft=row.pk, goes_at=row.goes_at), subject=f"draft:{row.pk}")
    return row


@action
def keep_time(draft: int) -> bool:
    """Work out again which moment its time of day is: rules of zones change. Whether it is another one now."""
    row = Draft.objects.select_for_update(of=("self",)).filter(pk=draft, state="waiting").first()
    if row is None:
        return False
    plan = rules.planned(row.goes_at_local, row.zone)
    if plan.moment == row.goes_at:
        return False
    row.goes_at = plan.moment
    turning.save(row, None, "moved", local=plan.local, zone=plan.zone)
    _told(row)
    return True


@action
def pause(draft: Draft, *, by: Person, reason: str = "") -> Draft:
    """Hold one planned draft back until somebody resumes it. Raises NotAllowed, PermissionDenied."""
    row = turning.for_writing(draft, by)
    if row.state != "waiting":
        raise NotAllowed(gettext("Only what is planned can be paused."), before=row.state, after="paused")
    turning.turn(row, "paused", why=Why.PERSON, note=reason.strip())
    return turning.save(row, by, "paused", reason=reason.strip()[:300])


@action
def resume(draft: Draft, *, by: Person) -> Draft:
    """Plan a paused draft again for the time that it had. Raises Unfit where that has passed; as `schedule` does."""
    row = turning.for_writing(draft, by)
    if row.state != "paused":
        raise NotAllowed(gettext("It is not paused."), before=row.state, after="waiting")
    return schedule(row, row.goes_at_local, row.zone, by=by)


@action
def plan_back(draft: Draft, *, by: Person, version: int | None = None) -> Draft:
    """Take it off the plan: it is a draft again. Raises NotAllowed, StaleDraft, PermissionDenied."""
    row = turning.for_writing(draft, by, version)
    if row.state not in ("draft", "waiting", "paused", "withdrawn"):
        raise NotAllowed(gettext("It is on its way already."), before=row.state, after="draft")
    turning.turn(row, "draft")
    turning.forget_plan(row)
    return turning.save(row, by, "unplanned")


@action
def withdraw(draft: Draft, *, by: Person) -> Draft:
    """Say that a planned draft will not go out. Its words are kept. Raises NotAllowed, PermissionDenied."""
    row = turning.for_writing(draft, by)
    if row.state not in ("waiting", "paused"):
        raise NotAllowed(
            gettext("Only what is planned can be withdrawn."), before=row.state, after="withdrawn"
        )
    turning.turn(row, "withdrawn")
    turning.forget_plan(row)
    return turning.save(row, by, "withdrawn")
