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


class ReviewAsked(Event):
    """A draft waits for a second person. `to`: those who answer for its accounts, where somebody does."""

    draft: int
    review: int
    by: int
    to: tuple[int, ...]


class ReviewGiven(Event):
    """A second person looked at a draft: `verdict` "approved" or "changes". `to`: persons whose draft it is."""

    draft: int
    review: int
    verdict: str
    by: int
    to: tuple[int, ...]


class ApprovalFell(Event):
    """What was approved has changed, so that it needs another look."""

    draft: int
    review: int


class ApprovalMissed(Event):
    """A draft did not go out at its time, since nobody had approved it like this. `to`: its people, and who had once."""

    draft: int
    version: int
    to: tuple[int, ...]


class FourEyesTurned(Event):
    """An account asks for approval from now on, or no longer."""

    place: int
    on: bool
