"""Findings are written, kept out of briefings, taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.access import actions as access
from colonnade.access.types import Viewer
from colonnade.core.db import action
from colonnade.core.events import Hint, announce
from colonnade.insight import queries
from colonnade.insight.events import FindingWritten
from colonnade.insight.models import Alert, Finding
from colonnade.people.models import Person
from colonnade.people.rules import is_staff
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import clock

MOST_POSTS, LONGEST = 20, 500
BEFORE_IT = timedelta(hours=1)


@action
def write_finding(
    viewer: Viewer, alert: Alert, sentence: str, posts: Collection[int], *, by: Person
) -> Finding:
    """A sentence about an alert, carried by posts of it that its writer may see; it stands in the next briefing, but for that
    of a drill, which goes when the drill ends. Raises PermissionDenied, and ValueError, a sentence for its writer."""
    if not is_staff(by):
        raise PermissionDenied("Only people of staff write findings.")
    said = " ".join(sentence.split())
    if not said:
        raise ValueError(gettext("Write a sentence."))
    if len(said) > LONGEST:
        raise ValueError(gettext("Please keep it under 500 characters."))
    carrying = list(
        queries.posts_of(viewer, alert).filter(pk__in=list(posts)[:MOST_POSTS]).values_list("pk", flat=True)
    )
    if not carrying:
        raise ValueError(gettext("Tick at least one post that carries it."))
    row = Finding.objects.create(
        watch=alert.watch,
        alert=alert,
        sentence=said,
        at=alert.since,
        since=alert.since - BEFORE_IT,
        before=alert.over_at or clock.now(),
        by=by,
        written_at=clock.now(),
        in_briefings=not alert.drill,
    )
    row.posts.set(carrying)
    _announce(FindingWritten(finding=row.pk, watch=alert.watch_id), alert.watch_id)
    return row


def _announce(event: FindingWritten, watch: int) -> None:
    announce(event, subject=f"watch:{watch}", hints=[Hint(access.intern(STAFF_ONLY).pk, watch=watch)])


@action
def put_in_briefings(finding: Finding, wanted: bool, *, by: Person) -> None:
    """Let a finding stand in the next briefing, or not. Raises PermissionDenied."""
    if not is_staff(by):
        raise PermissionDenied("Only people of staff arrange briefings.")
    finding.in_briefings = wanted and not (finding.alert is not None and finding.alert.drill)
    finding.save(update_fields=["in_briefings"])


@action
def remove_finding(finding: Finding, *, by: Person) -> None:
    """Take a finding back; its posts stay. Raises PermissionDenied."""
    if not is_staff(by):
        raise PermissionDenied("Only people of staff take back findings.")
    finding.delete()
