"""What the machine itself asks: what is due, what is planned, what became of a dispatch."""

from __future__ import annotations

from colonnade.primitives import clock
from colonnade.publishing.models import Brake, Draft, DraftTarget


def due(limit: int = 100) -> list[int]:
    """Ids of the drafts that should have gone out by now, the longest waiting first."""
    rows = Draft.objects.filter(state="waiting", goes_at__lte=clock.now())
    return list(rows.order_by("goes_at", "pk").values_list("pk", flat=True)[:limit])


def planned() -> list[int]:
    """Ids of all drafts that are planned."""
    return list(Draft.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True))


def braked() -> bool:
    """Whether everything is paused."""
    return Brake.objects.filter(since__isnull=False).exists()


def of_dispatch(dispatch: int) -> int | None:
    """The draft that went out by this dispatch; None for any other dispatch."""
    rows = DraftTarget.objects.filter(dispatch=dispatch)
    return rows.values_list("draft_id", flat=True).first()
