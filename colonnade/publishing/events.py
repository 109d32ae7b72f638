"""Facts that this room announces. Where they hint, they hint at staff among those who read the targets."""

from __future__ import annotations

from datetime import datetime

from colonnade.core.events import Event


class DraftPlanned(Event):
    """A draft is to go out at a moment."""

    draft: int
    goes_at: datetime


class DraftTurned(Event):
    """A draft was written or changed, or is in another state."""

    draft: int
    state: str
    version: int


class PublishingPaused(Event):
    """Everything that was planned waits."""

    by: int


class PublishingResumed(Event):
    """What was planned goes out again."""

    by: int
