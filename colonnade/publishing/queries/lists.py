"""What people of staff see of what is written: planned, drafts, gone; and the brake."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from colonnade.access.types import Viewer
from colonnade.publishing import rules
from colonnade.publishing.models import Brake, Draft, DraftTarget, Review
from colonnade.publishing.queries.lines import lines_of, name_of
from colonnade.publishing.types import BrakeLine, DraftLine

OPEN, PLANNED, GONE = ("draft", "withdrawn"), ("waiting", "paused"), ("going", "done")
MOST = 200


def agenda(
    viewer: Viewer, *, until: datetime | None = None, after: int | None = None, limit: int = MOST
) -> list[DraftLine]:
    """What is planned, the next first; with `until` only what is due before that moment; `after` goes on behind the draft
    with that id. Nothing but for staff."""
    rows = seen(viewer).filter(state__in=PLANNED)
    if until is not None:
        rows = rows.filter(goes_at__lt=until)
    if after is not None:
        if (last := seen(viewer).filter(pk=after).first()) is None:
            return []
        rows = rows.filter(_later_than(last))
    return lines_of(viewer, rows.order_by(F("goes_at").asc(nulls_last=True), "pk")[:limit])


def _later_than(last: Draft) -> Q:
    """What the plan shows behind a draft: those without a time stand at its end."""
    if last.goes_at is None:
        return Q(goes_at=None, pk__gt=last.pk)
    return Q(goes_at__gt=last.goes_at) | Q(goes_at=last.goes_at, pk__gt=last.pk) | Q(goes_at=None)


def goes_out(viewer: Viewer, until: datetime) -> list[DraftLine]:
    """What is planned to go out before a moment, the next first, for Today. Nothing but for staff."""
    return agenda(viewer, until=until, limit=20)


def leaves(viewer: Viewer, until: datetime) -> int:
    """How many go out before a moment if nobody holds them back. One statement; none but for staff."""
    return seen(viewer).filter(state="waiting", goes_at__lt=until).count()


def drafts_for(viewer: Viewer, *, after: int | None = None, limit: int = MOST) -> list[DraftLine]:
    """Drafts that are not planned, the last changed first; `after` goes on behind the draft with that id. Nothing but for
    staff."""
    rows = seen(viewer).filter(state__in=OPEN)
    if after is not None:
        changed = seen(viewer).filter(pk=after).values_list("changed_at", flat=True).first()
        if changed is None:
            return []
        rows = rows.filter(Q(changed_at__lt=changed) | Q(changed_at=changed, pk__lt=after))
    return lines_of(viewer, rows.order_by("-changed_at", "-pk")[:limit])


def waits_for_approval(viewer: Viewer, *, after: int | None = None, limit: int = MOST) -> list[DraftLine]:
    """What waits for a second person, what goes out first at the top; `after` goes on behind the draft with that id.
    Nothing but for staff."""
    found = [one for one in _second_looks(viewer, MOST) if one.review is not None and one.review.waits]
    if after is not None:
        found = found[next((at for at, one in enumerate(found, 1) if one.id == after), len(found)) :]
    return found[:limit]


def needs_me(viewer: Viewer, *, limit: int = 20) -> list[DraftLine]:
    """What waits for the viewer alone: to look at, to change as was asked, or to send once it is approved. For Today;
    nothing but for staff."""
    found = [line for line in _second_looks(viewer, MOST) if line.review is not None and line.review.needs_me]
    return found[:limit]


def _second_looks(viewer: Viewer, limit: int) -> list[DraftLine]:
    """Drafts that need a second person and were asked for or planned."""
    if not viewer.is_staff:
        return []
    rows = seen(viewer).filter(
        Exists(DraftTarget.objects.filter(draft=OuterRef("pk"), place__four_eyes__isnull=False)),
        Q(state__in=PLANNED) | Q(Exists(Review.objects.filter(draft=OuterRef("pk")))),
        state__in=rules.STANDING,
    )
    return lines_of(viewer, rows.order_by(F("goes_at").asc(nulls_last=True), "pk")[:limit])


def went_out(viewer: Viewer, *, before: int | None = None, limit: int = 30) -> list[DraftLine]:
    """What has gone out, newest first; `before` goes on after the draft with that id. Nothing but for staff."""
    rows = seen(viewer).filter(state__in=GONE)
    if before is not None:
        last = rows.filter(pk=before).values_list("went_at", flat=True).first()
        if last is None:
            return []
        rows = rows.filter(Q(went_at__lt=last) | Q(went_at=last, pk__lt=before))
    return lines_of(viewer, rows.order_by("-went_at", "-pk")[:limit])


def draft_for(viewer: Viewer, pk: int) -> DraftLine | None:
    """One draft; None when it is hidden and when there is none."""
    found = lines_of(viewer, seen(viewer).filter(pk=pk))
    return found[0] if found else None


def to_act_on(viewer: Viewer, pk: int) -> Draft | None:
    """The draft itself, for an action by the viewer; None when it is hidden and when there is none."""
    return seen(viewer).filter(pk=pk).first()


def seen(viewer: Viewer) -> QuerySet[Draft]:
    """Drafts that the viewer may see: those whose every target they may read; one without a target only its writer."""
    if not viewer.is_staff:
        return Draft.objects.none()
    targets = DraftTarget.objects.filter(draft=OuterRef("pk"))
    hidden = targets.exclude(place__audience__in=viewer.audiences)
    if viewer.ceiling is not None:
        hidden = targets.exclude(place__audience__in=viewer.audiences, place__in=viewer.ceiling)
    return Draft.objects.filter(~Exists(hidden), Exists(targets) | Q(by=viewer.person))


def brake(viewer: Viewer) -> BrakeLine | None:
    """Whether everything is paused, why and by whom; None when it is not, and for anybody but staff."""
    if not viewer.is_staff:
        return None
    row = Brake.objects.select_related("by").filter(since__isnull=False).first()
    if row is None or row.since is None:
        return None
    waiting = seen(viewer).filter(state="waiting").count()
    return BrakeLine(since=row.since, reason=row.reason, by=name_of(row.by), waiting=waiting)
