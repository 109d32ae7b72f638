"""The brake: everything that was planned waits, until somebody lets it go again."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.people.models import Person
from colonnade.primitives import clock
from colonnade.publishing import queries, rules
from colonnade.publishing.actions import turning
from colonnade.publishing.events import PublishingPaused, PublishingResumed
from colonnade.publishing.models import Why

BATCH = 1000


def _require(by: Person) -> None:
    if not rules.can_write(by):
        raise PermissionDenied("Only people of staff pause what goes out.")


@action
def pause_all(reason: str, *, by: Person) -> None:
    """From this moment nothing that was planned goes out; what somebody publishes by hand does.

    Anybody of staff may. Raises Unfit without a reason, PermissionDenied.
    """
    _require(by)
    reason = reason.strip()[:300]
    if not reason:
        raise rules.Unfit(gettext("Say why: everybody reads it above the plan."))
    brake = turning.locked_brake()
    if brake.since is not None:
        return
    brake.since, brake.reason, brake.by = clock.now(), reason, by
    brake.save()
    announce(PublishingPaused(by=by.pk), subject="publishing")
    audit.record(
        "publishing.all_paused", by=by.principal_id, subject="publishing", details={"reason": reason}
    )


@action
def resume_all(*, by: Person) -> int:
    """What was planned goes out again. What came due meanwhile waits for a person, so that nothing bursts out at once;
    returns how many those are. Raises PermissionDenied."""
    _require(by)
    brake = turning.locked_brake()
    if brake.since is None:
        return 0
    held = 0
    while due := queries.due(BATCH):
        for pk in sorted(due):
            turning.hold(turning.locked(pk), Why.HELD)
        held += len(due)
    brake.since, brake.reason, brake.by = None, "", None
    brake.save()
    announce(PublishingResumed(by=by.pk), subject="publishing")
    audit.record("publishing.all_resumed", by=by.principal_id, subject="publishing", details={"held": held})
    return held
