"""What is said about one text, and who can say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Leaning = Literal["negative", "neutral", "positive"]
Label = Literal["negative", "neutral", "positive", "unsure"]

LEANINGS: tuple[Leaning, ...] = ("negative", "neutral", "positive")
UNSURE: Literal["unsure"] = "unsure"

LONGEST = 5_000
"""Letters of a text that are read: the mood of a longer one is that of its beginning. It bounds the work on one text."""


@dataclass(frozen=True, slots=True)
class Mood:
    """The mood of one text: a label, a score from −1 (negative) to 1 (positive).

    `leaning` is the label that would be said without the band of the unsure; None where the reader does not know the
    language at all, and then the score is 0.
    """

    label: Label
    score: float
    leaning: Leaning | None


ABSTAINED = Mood(UNSURE, 0.0, None)


class Reader(Protocol):
    """Whatever reads moods. `name` tells which it is and in which version, to be kept beside what it said."""

    @property
    def name(self) -> str: ...

    def read(self, text: str) -> Mood:
        """The mood of a text in the language of this reader."""
        ...
