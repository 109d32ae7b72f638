"""What one member is told, as far as they may still see it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from colonnade.access.types import Viewer
from colonnade.inbox import queries as inbox
from colonnade.workspace.models import Notice, NoticeKind
from colonnade.workspace.types import NoticeLine


def _notices(viewer: Viewer) -> QuerySet[Notice]:
    """The viewer's notices about things that they may still see."""
    about_cases = inbox.seen(viewer).filter(pk=OuterRef("case"))
    rows = Notice.objects.filter(person=viewer.person or 0)
    return rows.filter(Q(Exists(about_cases)) | _about_deliveries(viewer))


def _about_deliveries(viewer: Viewer) -> Q:
    """Notices about what goes out, as deliveries itself shows it: to staff who read what is said."""
    if not viewer.is_staff:
        return Q(pk__in=[])
    seen = Q(delivery__dispatch__scope__audience__in=viewer.audiences)
    return seen if viewer.ceiling is None else seen & Q(delivery__dispatch__place__in=viewer.ceiling)


def notices_for(viewer: Viewer, *, before: int | None = None, limit: int = 50) -> list[NoticeLine]:
    """What the viewer is told, newest first, without what they may no longer see; `before` an id, for the next page."""
    rows = _notices(viewer).select_related("case")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_notice(row) for row in rows.order_by("-pk")[:limit]]


def unread_notices(viewer: Viewer) -> int:
    """How many notices the viewer has not read."""
    return _notices(viewer).filter(read_at__isnull=True).count()


def _notice(row: Notice) -> NoticeLine:
    words = {
        NoticeKind.CASE_ASSIGNED: gettext("A case was given to you."),
        NoticeKind.NOT_SENT: gettext("Something you wrote was not sent."),
        NoticeKind.NOT_SURE: gettext("Not sure that something you wrote arrived: check."),
    }
    return NoticeLine(
        id=row.pk,
        kind=row.kind,
        text=words[NoticeKind(row.kind)],
        at=row.made_at,
        read=row.read_at is not None,
        case=row.case_id,
        conversation=row.case.conversation_id if row.case else None,
        delivery=row.delivery_id,
    )
