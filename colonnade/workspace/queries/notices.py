"""What one member is told, as far as they may still see it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.inbox import queries as inbox
from colonnade.insight import queries as insight
from colonnade.publishing import queries as publishing
from colonnade.workspace.models import Notice, NoticeKind
from colonnade.workspace.types import NoticeLine

_WITH = ("case", "post__author", "post__place", "alert__watch")
REACH = 500  # notices about posts that are looked through for those that may still be seen


def notices_seen(viewer: Viewer) -> QuerySet[Notice]:
    """The viewer's notices about things that they may still see."""
    about_cases = inbox.seen(viewer).filter(pk=OuterRef("case"))
    about_alerts = insight.alerts_for(viewer).filter(pk=OuterRef("alert"))
    about_drafts = publishing.seen(viewer).filter(pk=OuterRef("draft"))
    rows = Notice.objects.filter(person=viewer.person or 0)
    told = list(rows.filter(post__isnull=False).order_by("-pk").values_list("post", flat=True)[:REACH])
    seen = (
        list(conversations.visible_to(viewer).filter(pk__in=told).values_list("pk", flat=True))
        if told
        else []
    )
    return rows.filter(
        Q(Exists(about_cases))
        | Q(Exists(about_drafts))
        | Q(Exists(about_alerts))
        | _about_deliveries(viewer)
        | Q(post__in=seen)
    )


def _about_deliveries(viewer: Viewer) -> Q:
    """Notices about what goes out, as deliveries itself shows it: to staff who read what is said."""
    if not viewer.is_staff:
        return Q(pk__in=[])
    seen = Q(delivery__dispatch__scope__audience__in=viewer.audiences)
    return seen if viewer.ceiling is None else seen & Q(delivery__dispatch__place__in=viewer.ceiling)


def notices_for(viewer: Viewer, *, before: int | None = None, limit: int = 50) -> list[NoticeLine]:
    """What the viewer is told, newest first, without what they may no longer see; `before` an id, for the next page."""
    rows = notices_seen(viewer).select_related(*_WITH)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_notice(row) for row in rows.order_by("-pk")[:limit]]


def unread_between(viewer: Viewer, after: int, upto: int) -> list[NoticeLine]:
    """What the viewer has not read of the notices after one and up to another, oldest first."""
    rows = notices_seen(viewer).filter(read_at__isnull=True, pk__gt=after, pk__lte=upto)
    return [_notice(row) for row in rows.select_related(*_WITH).order_by("pk")]


def unread_notices(viewer: Viewer) -> int:
    """How many notices the viewer has not read."""
    return notices_seen(viewer).filter(read_at__isnull=True).count()


def _notice(row: Notice) -> NoticeLine:
    post = row.post
    conversation = row.case.conversation_id if row.case else post.conversation_id if post else None
    return NoticeLine(
        id=row.pk,
        kind=row.kind,
        text=_words(row),
        at=row.made_at,
        read=row.read_at is not None,
        case=row.case_id,
        conversation=conversation,
        delivery=row.delivery_id,
        post=row.post_id,
        draft=row.draft_id,
        alert=row.alert_id,
    )


def _words(row: Notice) -> str:
    told = {
        "who": str(row.post.author) if row.post else "",
        "place": row.post.place.name if row.post else "",
    }
    match row.kind:
        case NoticeKind.CASE_ASSIGNED:
            return gettext("A case was given to you.")
        case NoticeKind.NOT_SENT:
            return gettext("Something you wrote was not sent.")
        case NoticeKind.NOT_SURE:
            return gettext("Not sure that something you wrote arrived: check.")
        case NoticeKind.MENTIONED:
            return gettext("%(who)s named you in %(place)s.") % told
        case NoticeKind.ANSWERED:
            return gettext("%(who)s answered in %(place)s.") % told
        case NoticeKind.TO_APPROVE:
            return gettext("Something waits for your approval.")
        case NoticeKind.APPROVED:
            return gettext("What you wrote was approved.")
        case NoticeKind.CHANGES_ASKED:
            return gettext("Changes were asked for in what you wrote.")
        case NoticeKind.NOT_APPROVED:
            return gettext("Something planned did not go out: nobody had approved it as it is.")
        case NoticeKind.ALERT:
            return _loud(row)
        case _:
            return gettext("%(who)s began something new in %(place)s.") % told


def _loud(row: Notice) -> str:
    assert row.alert is not None  # it is of that kind
    told = {"watch": row.alert.watch.name, "usual": insight.usual_of(row.alert)}
    loud = gettext("“%(watch)s” is unusually loud: %(usual)s.") % told
    return (gettext("Drill: %(what)s") % {"what": loud}) if row.alert.drill else loud


def as_it_rings(viewer: Viewer, line: NoticeLine, zone: ZoneInfo) -> str:
    """What a device says of a notice: of an alert five lines, of all else the same as the list."""
    alert = insight.alert_for(viewer, line.alert) if line.alert is not None else None
    return line.text if alert is None else "\n".join(insight.in_five_lines(viewer, alert, zone))
