"""Alerts as people see them: which there are, how good they were, what is different, who is told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Post
from colonnade.insight.differing import KINDS
from colonnade.insight.models import Alert, Pulse, Route
from colonnade.insight.pulse import Beat, step_of
from colonnade.insight.types import Precision, WhatDiffers
from colonnade.listening import rules as listening
from colonnade.listening.models import Watch
from colonnade.people.models import STAFF_ROLES, Person, Role
from colonnade.primitives import clock, ids


def alerts_for(viewer: Viewer) -> QuerySet[Alert]:
    """Every alert, the newest first; none for anybody but staff."""
    rows = Alert.objects.select_related("watch", "verdict_by", "run").order_by("-since", "-pk")
    return rows if listening.can_see_watches(viewer) else rows.none()


def alert_for(viewer: Viewer, pk: int) -> Alert | None:
    """One alert, None where there is none and for anybody but staff."""
    return alerts_for(viewer).select_related("watch__pulse").filter(pk=pk).first()


def with_open_alerts(watches: QuerySet[Watch]) -> QuerySet[Watch]:
    """The same watches, and as `open_since` since when their alert is open, None where none is; drills are none."""
    still = Alert.objects.filter(watch=OuterRef("pk"), state="open", run=None)
    return watches.annotate(open_since=Subquery(still.values("since")[:1]))


def precision(viewer: Viewer) -> list[Precision]:
    """How many alerts of each watch were judged, and how many of those were useful: by name of the watch. Drills do not
    count."""
    rows = alerts_for(viewer).filter(run=None).order_by().values("watch", "watch__name")
    counted = rows.annotate(
        alerts=Count("pk"),
        useful=Count("pk", filter=Q(verdict="useful")),
        noise=Count("pk", filter=Q(verdict="noise")),
    )
    found = [
        Precision(row["watch"], row["watch__name"], row["alerts"], row["useful"], row["noise"])
        for row in counted
    ]
    return sorted(found, key=lambda one: (one.name, one.watch))


def around(
    viewer: Viewer, alert: Alert, since: datetime, before: datetime, *, limit: int = 2000
) -> list[int]:
    """The posts of an alert's watch between two moments that the viewer may see, newest first."""
    begins, ends = ids.first_of(clock.ms_of(since)), ids.first_of(clock.ms_of(before))
    asked = {
        "mentions__watch": alert.watch_id,
        "mentions__drill": alert.drill,
        "mentions__post_id__gte": begins,
        "mentions__post_id__lt": ends,
    }
    rows = conversations.visible_to(viewer).filter(**asked).order_by("-mentions__post_id")
    return list(rows.values_list("pk", flat=True)[:limit])


def usual_steps(alert: Alert, first: int, last: int) -> list[tuple[float, float, float]]:
    """What is usual in each five-minute step from `first` to before `last`, with its edges, as far as the pulse of the watch
    knows; else nothing. It tells of no post, only of how much is usual."""
    pulse: Pulse | None = getattr(alert.watch, "pulse", None)
    if pulse is None or not Beat.can_read(pulse.state):
        return []
    beat = Beat.restored(pulse.state, pulse.upto)
    return [beat.usual(step) for step in range(first, last)]


def usual_at(watch: Watch, step: int) -> tuple[float, float, float]:
    """What is usual for a watch in one step, with its edges; nothing where nobody knows yet."""
    pulse = Pulse.objects.filter(pk=watch.pk).first()
    if pulse is None or not Beat.can_read(pulse.state):
        return (0.0, 0.0, 0.0)
    return Beat.restored(pulse.state, pulse.upto).usual(step)


def alarms_from(watch: Watch) -> int:
    """How many posts of five minutes alarm in earnest at this moment, where no alert is open; 0 where that is not known."""
    pulse = Pulse.objects.filter(pk=watch.pk).first()
    if pulse is None or not Beat.can_read(pulse.state):
        return 0
    return Beat.restored(pulse.state, pulse.upto).alarms_from(step_of(clock.now_ms()))


def posts_of(
    viewer: Viewer, alert: Alert, *, since: int | None = None, before: int | None = None
) -> QuerySet[Post]:
    """The posts of an alert that the viewer may see, the newest first; narrowed to those from an id on, and before one."""
    begins = ids.first_of(clock.ms_of(alert.since))
    asked: dict[str, object] = {
        "mentions__watch": alert.watch_id,
        "mentions__drill": alert.drill,
        "mentions__post_id__gte": max(begins, since or 0),
    }
    ends = ids.first_of(clock.ms_of(alert.over_at)) if alert.over_at else None
    limits = [one for one in (ends, before) if one is not None]
    if limits:
        asked["mentions__post_id__lt"] = min(limits)
    return conversations.visible_to(viewer).filter(**asked).order_by("-mentions__post_id")


def different(viewer: Viewer, alert: Alert) -> list[WhatDiffers]:
    """What is different in an alert, as far as the viewer may still see posts that hold it. One statement."""
    return different_in(viewer, [alert])[alert.pk]


def different_in(viewer: Viewer, alerts: Collection[Alert]) -> dict[int, list[WhatDiffers]]:
    """The same for several alerts, by alert. One statement."""
    told = {one.pk: [it for kind in KINDS for it in one.differs.get(kind, [])] for one in alerts}
    held = {post for some in told.values() for one in some for post in one["posts"]}
    rows = conversations.visible_to(viewer).filter(pk__in=held)
    seen = set(rows.values_list("pk", flat=True)) if held else set()
    return {
        pk: [
            WhatDiffers(one["kind"], one["what"], one["now"], one["before"], tuple(one["posts"]))
            for one in some
            if seen.intersection(one["posts"])
        ]
        for pk, some in told.items()
    }


def still_open() -> list[int]:
    """For the machine itself: alerts whose posts still come."""
    return list(Alert.objects.filter(state="open").order_by("pk").values_list("pk", flat=True))


# --- who is told ------------------------------------------------------------------------------------------------------


def routes_of(person: Person) -> dict[int | None, str]:
    """What somebody chose, by watch; under None for all others."""
    return dict(Route.objects.filter(person=person).values_list("watch", "how"))


def to_be_told(watch: Watch, *, practising: Collection[int] = ()) -> list[tuple[Person, str]]:
    """Whoever wants to hear of alerts of a watch, and how: "at_once" or "digest".

    What somebody chose for the watch counts, then what they chose for all; who chose nothing is told at once of their own
    watches, admins of those that are nobody's, of a drill those who are `practising`, and of no others."""
    rows = Route.objects.filter(Q(watch=watch) | Q(watch=None)).values_list("person", "watch", "how")
    chosen: dict[int, str] = {}
    for person, _, how in sorted(rows, key=lambda row: row[1] is not None):
        chosen[person] = how
    staff = Person.objects.filter(role__in=STAFF_ROLES, state="active", sign_in__isnull=False)
    found = [
        (one, chosen.get(one.pk) or ("at_once" if one.pk in practising else usual_route(one, watch)))
        for one in staff.order_by("pk")
    ]
    return [(one, how) for one, how in found if how != "not"]


def usual_route(person: Person, watch: Watch) -> str:
    """How somebody is told who has chosen nothing."""
    answers = watch.owner_id == person.pk if watch.owner_id else person.role in (Role.OWNER, Role.ADMIN)
    return "at_once" if answers else "not"


def alerts_now(viewer: Viewer, *, within: timedelta) -> dict[int, Alert]:
    """The open alerts that were raised lately, by watch; a drill is none."""
    rows = alerts_for(viewer).filter(run=None, state="open", raised_at__gt=clock.now() - within)
    return {one.watch_id: one for one in rows}
