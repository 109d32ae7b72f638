"""What one shift left the next."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet

from colonnade.access.types import Viewer
from colonnade.insight.models import Handover
from colonnade.primitives import clock

KEPT_IN_VIEW = timedelta(days=3)


def handovers_for(viewer: Viewer) -> QuerySet[Handover]:
    """The notes of the last three days, the newest first; none for anybody but staff."""
    since = clock.now() - KEPT_IN_VIEW
    rows = Handover.objects.filter(at__gt=since).select_related("by").order_by("-at", "-pk")
    return rows if viewer.is_staff else rows.none()
