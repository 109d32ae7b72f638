"""What publishing refuses, each with a sentence that may be shown to a person."""

from __future__ import annotations

from colonnade.publishing.types import Carried


class Unfit(ValueError):
    """It cannot go out like this. `str(error)` is a sentence that may be shown to a person."""


class StaleDraft(Exception):
    """Somebody else changed it meanwhile. `str(error)` is a sentence; nothing was stored."""


class TooLate(Exception):
    """It cannot be done any more. `str(error)` may be shown to a person."""


class NeedsApproval(Unfit):
    """It does not go out, because no second person has approved exactly this. Nothing went anywhere."""


class HeldBack(Unfit):
    """It was held, because it carries words that only staff read; `carried` says which. Nothing went anywhere.

    It goes out all the same only by a second act, which says so.
    """

    def __init__(self, sentence: str, *, carried: Carried) -> None:
        super().__init__(sentence)
        self.carried = carried


class OwnWords(Exception):
    """Nobody approves their own words while somebody else may. `str(error)` is a sentence; nothing was stored."""


class ReadAgain(Exception):
    """Whoever approves alone reads it once more before. `str(error)` is a sentence; nothing was stored."""
