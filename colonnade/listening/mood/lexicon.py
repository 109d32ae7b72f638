"""The mood of English text by VADER's word list and rules, with a band in which it is unsure.

Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014; the
package vaderSentiment. It is loaded when it is needed first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from colonnade.listening.mood.moods import LONGEST, UNSURE, Leaning, Mood

# VADER reads an emoji by the words of its name. Of these the name says nothing of the feeling, so another stands in.
_EMOJI = {
    "😡": "angry",
    "🤬": "furious",
    "😤": "frustrated",
    "🙄": "annoyed",
    "😒": "annoyed",
    "🤮": "disgusting",
    "💩": "crap",
    "👎": "bad",
    "👍": "good",
    "👏": "great",
    "🙏": "thanks",
    "🎉": "celebrate",
}


@dataclass(frozen=True, slots=True)
class Valences:
    """What VADER finds: `compound` −1..1, the shares `positive`, `negative` and `neutral`, and each word's valence −4..4."""

    compound: float
    positive: float
    negative: float
    neutral: float
    words: tuple[float, ...]


def valences(text: str) -> Valences:
    """VADER's findings for the first LONGEST letters of a text: some of its loops are quadratic in the words."""
    found = _analyzer().polarity_scores(text[:LONGEST])
    return Valences(
        found["compound"], found["pos"], found["neg"], found["neu"], tuple(map(float, found["words"]))
    )


@cache
def _analyzer() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    class Telling(SentimentIntensityAnalyzer):  # type: ignore[misc]
        """Hands out the valences of the words too, which it has just before it adds them up."""

        def score_valence(self, sentiments: Sequence[float], text: str) -> dict[str, Any]:
            return {**super().score_valence(sentiments, text), "words": sentiments}

    analyzer = Telling()
    analyzer.emojis.update(_EMOJI)
    return analyzer


# VADER's usual cuts are ±0.05. People find more to be neutral than its words do, above all what is mildly positive:
# these cuts, chosen on corrections of tweets and checked on others, read more of them rightly.
_LEANS_NEGATIVE, _LEANS_POSITIVE = -0.05, 0.35
_IS_NEGATIVE, _IS_POSITIVE = -0.2, 0.5
_IS_NEUTRAL = 0.05


class Lexicon:
    """VADER with a band: negative up to −0.2, neutral where next to nothing is felt, positive from 0.5, else unsure."""

    name = "vader-1"

    def read(self, text: str) -> Mood:
        """The mood of an English text; of emoji and emoticons in any language."""
        compound = valences(text).compound
        leaning = _leaning(compound)
        sure = compound <= _IS_NEGATIVE or compound >= _IS_POSITIVE or abs(compound) < _IS_NEUTRAL
        return Mood(leaning if sure else UNSURE, compound, leaning)


def _leaning(compound: float) -> Leaning:
    if compound <= _LEANS_NEGATIVE:
        return "negative"
    return "positive" if compound >= _LEANS_POSITIVE else "neutral"
