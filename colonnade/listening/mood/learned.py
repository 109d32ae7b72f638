"""A reader learned from corrections: a linear model over `grams` and `findings`, kept as plain numbers.

The file is one line that names it, one line of JSON and arrays of numbers of exactly the announced length. Nothing in it
can run: reading one that somebody has tampered with gives wrong moods or a refusal, and no more.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from colonnade.listening.mood.grams import BITS, BUCKETS, FINDINGS, findings, grams
from colonnade.listening.mood.moods import LEANINGS, UNSURE, Mood

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MAGIC = b"colonnade mood 1\n"
LARGEST = 64 * 2**20
FINDINGS_SCALE = 0.5
_LABELS = len(LEANINGS)


class Unreadable(ValueError):
    """The bytes are no model of ours; the message is one sentence."""


@dataclass(frozen=True, eq=False)
class Learned:
    """Weights (BUCKETS, 3) of the hashed grams, (FINDINGS, 3) of the findings, and (3,) at rest.

    What it is less sure of than `sure` (the probability of its leaning) is said to be unsure. `learned_from` holds the
    digests of the texts it has learned from, so that nobody judges it by those.
    """

    language: str
    version: int
    sure: float
    of_grams: Floats
    of_findings: Floats
    at_rest: Floats
    learned_from: frozenset[bytes]

    @property
    def name(self) -> str:
        """Language and version, to be kept beside what it said."""
        return f"learned-{self.language}-{self.version}"

    def read(self, text: str) -> Mood:
        """The mood of a text in its language; the score is the probability of positive minus that of negative."""
        import numpy as np

        total = self.at_rest.astype(np.float64)
        for buckets, weight in weighed(text):
            total = total + self.of_grams[buckets].sum(axis=0, dtype=np.float64) * weight
        total = (
            total
            + np.array(findings(text, english=self.language == "en")) @ self.of_findings * FINDINGS_SCALE
        )
        odds = np.exp(total - total.max())
        negative, neutral, positive = (odds / odds.sum()).tolist()
        most, leaning = max(zip((negative, neutral, positive), LEANINGS, strict=True))
        return Mood(leaning if most >= self.sure else UNSURE, positive - negative, leaning)

    def to_bytes(self) -> bytes:
        """The model as a file."""
        import numpy as np

        rows = np.flatnonzero(self.of_grams.any(axis=1)).astype("<u4")
        head = {
            "language": self.language,
            "version": self.version,
            "sure": self.sure,
            "bits": BITS,
            "rows": len(rows),
            "findings": FINDINGS,
            "learned_from": len(self.learned_from),
        }
        numbers = (self.of_grams[rows], self.of_findings, self.at_rest)
        return b"".join(
            (
                MAGIC,
                json.dumps(head).encode() + b"\n",
                rows.tobytes(),
                *(np.ascontiguousarray(one, dtype="<f4").tobytes() for one in numbers),
                *sorted(self.learned_from),
            )
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Learned:
        """The model in a file. Raises Unreadable where it is none, damaged, or of a release that learned otherwise."""
        import numpy as np

        if not data.startswith(MAGIC) or len(data) > LARGEST:
            raise Unreadable("This is no model of moods.")
        line, _, body = data[len(MAGIC) :].partition(b"\n")
        head = _head(line)
        rows, texts = head["rows"], head["learned_from"]
        lengths = (4 * rows, 4 * _LABELS * rows, 4 * _LABELS * FINDINGS, 4 * _LABELS, 8 * texts)
        if len(body) != sum(lengths):
            raise Unreadable("The model of moods is damaged: it has not the length that it announces.")
        pieces, at = [], 0
        for length in lengths:
            pieces.append(body[at : at + length])
            at += length
        buckets = np.frombuffer(pieces[0], dtype="<u4")
        weights, of_findings, at_rest = (np.frombuffer(piece, dtype="<f4") for piece in pieces[1:4])
        if (rows and int(buckets.max()) >= BUCKETS) or not all(
            np.isfinite(one).all() for one in (weights, of_findings, at_rest)
        ):
            raise Unreadable("The model of moods is damaged: some of its numbers are none.")
        of_grams = np.zeros((BUCKETS, _LABELS), dtype=np.float32)
        of_grams[buckets] = weights.reshape(-1, _LABELS)
        return cls(
            language=head["language"],
            version=head["version"],
            sure=float(head["sure"]),
            of_grams=of_grams,
            of_findings=of_findings.reshape(-1, _LABELS).astype(np.float32),
            at_rest=at_rest.astype(np.float32),
            learned_from=frozenset(pieces[4][at : at + 8] for at in range(0, len(pieces[4]), 8)),
        )


def weighed(text: str) -> list[tuple[NDArray[np.uint32], float]]:
    """The buckets of words and of letters, each kind with the weight that gives long and short texts the same length."""
    return [(kind, 1 / math.sqrt(len(kind))) for kind in grams(text) if len(kind)]


def _head(line: bytes) -> dict[str, Any]:
    try:
        head = json.loads(line)
    except ValueError as fault:
        raise Unreadable("The model of moods is damaged: its head is no JSON.") from fault
    kinds = {"language": str, "version": int, "sure": float, "bits": int, "rows": int, "findings": int}
    if not isinstance(head, dict) or any(
        type(head.get(name)) is not kind for name, kind in (kinds | {"learned_from": int}).items()
    ):
        raise Unreadable("The model of moods is damaged: its head lacks something.")
    if head["bits"] != BITS or head["findings"] != FINDINGS:
        raise Unreadable("The model of moods was learned by another release: learn it again.")
    if not (0 <= head["rows"] <= BUCKETS and head["learned_from"] >= 0 and 0 <= head["sure"] <= 1):
        raise Unreadable("The model of moods is damaged: its head cannot be right.")
    return head
