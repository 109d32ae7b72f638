"""Findings: sentences about something unusual, each with the posts that carry it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.insight.models import Finding
from colonnade.listening import queries as listened
from colonnade.listening import rules as listening
from colonnade.listening.models import Watch


def findings_for(viewer: Viewer) -> QuerySet[Finding]:
    """Every finding, the newest first; none for anybody but staff."""
    rows = Finding.objects.select_related("watch", "by", "alert").order_by("-at", "-pk")
    return rows if listening.can_see_watches(viewer) else rows.none()


def finding_for(viewer: Viewer, pk: int) -> Finding | None:
    """One finding, None where there is none and for anybody but staff."""
    return findings_for(viewer).filter(pk=pk).first()


def watch_for(viewer: Viewer, pk: int) -> Watch | None:
    """The watch with this id, and as `has_findings` whether anything was found about it."""
    about = Finding.objects.filter(watch=OuterRef("pk"))
    return listened.watches_for(viewer).annotate(has_findings=Exists(about)).filter(pk=pk).first()


def findings_between(viewer: Viewer, watch: int, since: datetime, before: datetime) -> list[Finding]:
    """What was found about a watch in a stretch of time, oldest first: for marks on its chart."""
    rows = findings_for(viewer).filter(watch=watch, alert__run=None, at__gte=since, at__lt=before)
    return list(rows.order_by("at", "pk"))


def posts_of_finding(viewer: Viewer, finding: Finding) -> list[int]:
    """The posts that carry a finding, as far as the viewer may see them, newest first."""
    carrying = finding.posts.values_list("pk", flat=True)
    rows = conversations.visible_to(viewer).filter(pk__in=list(carrying))
    return list(rows.order_by("-pk").values_list("pk", flat=True))
