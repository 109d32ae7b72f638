"""Whether a new reader may take the place of another: on corrections that neither of them has learned from."""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from colonnade.listening.mood.moods import LEANINGS, Leaning, Reader

HELD_BACK = 0.2
FEWEST_OF_A_LABEL = 8
"""Held-back corrections of each label below which nobody can tell which of two readers is the better."""

CHANCE = 1 / len(LEANINGS)
WORTH_READING = 0.45
"""Macro-averaged recall from which a language is read that nobody read before: below it, abstaining tells more."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person said about the mood of a text."""

    text: str
    label: Leaning


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the new reader is switched on, and both figures: macro-averaged recall 0..1 on `judged` corrections.

    `recalls` are the new one's for negative, neutral and positive. `reason` is one of "better", "as good", "worse",
    "too few" (of some label held back; both figures are 0 then) and "too close to chance".
    """

    switched_on: bool
    reason: str
    before: float
    after: float
    recalls: tuple[float, float, float]
    judged: int


def digest(text: str) -> bytes:
    """Eight bytes that are the same for texts that differ in case, form and white space only."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.blake2b(plain.encode("utf-8", "replace"), digest_size=8).digest()


def settled(corrections: Iterable[Correction]) -> list[Correction]:
    """One correction a text, the last that was given, in the order in which the texts first came."""
    last: dict[bytes, Correction] = {}
    for correction in corrections:
        last[digest(correction.text)] = correction
    return list(last.values())


def hold_back(corrections: Sequence[Correction]) -> tuple[list[Correction], list[Correction]]:
    """(to learn from, held back): of each label one in five is held back, by the digest of its text.

    The same texts are held back whatever order they come in, and few change sides when corrections are added.
    """
    held: set[bytes] = set()
    for label in LEANINGS:
        digests = sorted(digest(one.text) for one in corrections if one.label == label)
        held.update(digests[: round(len(digests) * HELD_BACK)])
    learn = [one for one in corrections if digest(one.text) not in held]
    return learn, [one for one in corrections if digest(one.text) in held]


def recalls(reader: Reader, corrections: Sequence[Correction]) -> tuple[float, float, float]:
    """The share of each label that the reader leans to rightly: what it would say if it had to.

    Abstaining from a language counts as right for one label in three, the chance of it.
    """
    right = dict.fromkeys(LEANINGS, 0.0)
    asked = Counter(one.label for one in corrections)
    for one in corrections:
        leaning = reader.read(one.text).leaning
        right[one.label] += CHANCE if leaning is None else float(leaning == one.label)
    negative, neutral, positive = (right[label] / asked[label] if asked[label] else 0.0 for label in LEANINGS)
    return negative, neutral, positive


def macro(shares: Sequence[float]) -> float:
    """Macro-averaged recall: the mean over the labels, whatever their numbers."""
    return sum(shares) / len(shares)


def judge(before: Reader, after: Reader, held_back: Sequence[Correction]) -> Verdict:
    """The verdict on corrections from which neither has learned. The new reader has to be as good at least, and better
    than chance by two standard errors, and WORTH_READING where nobody read before: guessing replaces no abstaining."""
    if min(Counter(one.label for one in held_back).get(label, 0) for label in LEANINGS) < FEWEST_OF_A_LABEL:
        return Verdict(False, "too few", 0.0, 0.0, (0.0, 0.0, 0.0), len(held_back))
    old, shares = macro(recalls(before, held_back)), recalls(after, held_back)
    new = macro(shares)
    if new < old:
        reason = "worse"
    elif new - 2 * _standard_error(shares, held_back) <= CHANCE or (
        old <= CHANCE + 1e-9 and new < WORTH_READING
    ):
        reason = "too close to chance"
    else:
        reason = "better" if new > old else "as good"
    return Verdict(reason in {"better", "as good"}, reason, old, new, shares, len(held_back))


def _standard_error(shares: Sequence[float], asked: Sequence[Correction]) -> float:
    """Of a macro-averaged recall: each label's share is that of a binomial count."""
    counts = Counter(one.label for one in asked)
    spread = sum(share * (1 - share) / counts[label] for share, label in zip(shares, LEANINGS, strict=True))
    return math.sqrt(spread) / len(LEANINGS)
