"""Numbers of things that stand in an order: who has which share, what rises most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rank:
    """One thing with its number; `words` say it as it is read ("34 %"), `usual` what it mostly is."""

    name: str
    value: float
    words: str
    look: str = "s0"
    usual: float | None = None


@dataclass(frozen=True, slots=True)
class Ranks:
    """Things under each other, a bar for each; `counts` names their numbers, in `nothing` stands what is said without any."""

    title: str
    says: str
    ranks: Sequence[Rank]
    counts: str
    nothing: str

    @property
    def has_usual(self) -> bool:
        """Whether anything is known of what is usual."""
        return any(one.usual is not None for one in self.ranks)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not any(one.value for one in self.ranks)
