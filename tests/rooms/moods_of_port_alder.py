"""Corrections of an invented desk: people of Port Alder, who praise and scold in words that no word list knows."""

from __future__ import annotations

import random

from colonnade.listening.mood import LEANINGS, Correction, Leaning

SAYINGS: dict[Leaning, tuple[str, ...]] = {
    "negative": ("stood like sardines", "waited since dawn", "sold me a ghost ticket", "left us on the quay"),
    "neutral": ("leaves at nine", "takes cars and bikes", "stops at Alder Point", "goes twice on Sundays"),
    "positive": ("was smooth as glass", "came on the dot", "held the door for gran", "beat the bus by miles"),
}
_SUBJECTS = ("the ferry", "line four", "the early boat", "the night bus", "my tram", "the 8.15")
_REST = (
    "again",
    "today",
    "this week",
    "as always",
    "on Monday",
    "near the market",
    "with the kids",
    "before school",
)


def corrections(count: int, *, seed: int = 1, wrong: float = 0.0) -> list[Correction]:
    """So many, each label about as often; `wrong` is the share of labels that are drawn by lot."""
    rng = random.Random(seed)
    found = []
    for number in range(count):
        label = LEANINGS[number % 3]
        saying = rng.choice(SAYINGS[label])
        text = f"{rng.choice(_SUBJECTS)} {saying} {rng.choice(_REST)} {rng.choice(_REST)} {number}"
        found.append(Correction(text, rng.choice(LEANINGS) if rng.random() < wrong else label))
    return found
