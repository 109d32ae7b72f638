"""Moods of tweets: VADER as usual, ours with its band, and readers learned from so many corrections; lines a second.

Learned on TweetEval's training part and read on its validation part; nothing learned here is kept.
"""

from __future__ import annotations

import csv
import random
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import frame
from colonnade.listening import mood
from colonnade.listening.mood import Correction, Reader

DATA = Path(__file__).resolve().parents[1] / "../shared/data"
REPEATS = 3


def main(argv: list[str]) -> int:
    made = frame.parser("mood", posts=0)
    made.add_argument("--data", type=Path, default=DATA, help="the folder with tweeteval and umsab")
    made.add_argument("--learn", type=int, nargs="*", default=[200, 1000, 2000])
    made.add_argument("--all", action="store_true", help="learn from the whole training part too (minutes)")
    options = made.parse_args(argv)
    return frame.report("mood", options, _measure(options), reduced=False)


def corrections(path: Path, language: str = "") -> list[Correction]:
    """The rows of a labelled file as corrections; of one language where it has several."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not language or row["lang"] == language]
    return [Correction(row["text"], mood.LEANINGS[int(row["label"])]) for row in rows]


class UsualVader:
    """VADER with the cuts that its authors give."""

    name = "vader, ±0.05"

    def __init__(self) -> None:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        self._analyzer = SentimentIntensityAnalyzer()

    def read(self, text: str) -> mood.Mood:
        compound = self._analyzer.polarity_scores(text)["compound"]
        leaning: mood.Leaning = (
            "positive" if compound >= 0.05 else "negative" if compound <= -0.05 else "neutral"
        )
        return mood.Mood(leaning, compound, leaning)


class ByDesk:
    """The whole way of a text whose language nobody has told."""

    name = "desk"

    def __init__(self, desk: mood.Desk, tag: str = "") -> None:
        self._desk, self._tag = desk, tag

    def read(self, text: str) -> mood.Mood:
        return self._desk.read(text, self._tag)


def figures(reader: Reader, asked: Sequence[Correction]) -> dict[str, float]:
    """Macro-averaged recall, in percent, of what the reader leans to on all and of what it says; the share it says."""
    leaned, said, answered = Counter[str](), Counter[str](), Counter[str]()
    of_label = Counter(one.label for one in asked)
    for one in asked:
        read = reader.read(one.text)
        leaned[one.label] += read.leaning == one.label
        answered[one.label] += read.label != mood.UNSURE
        said[one.label] += read.label == one.label
    return {
        "leaning": _percent(mood.macro([leaned[label] / of_label[label] for label in mood.LEANINGS])),
        "said": _percent(mood.macro([said[label] / max(1, answered[label]) for label in mood.LEANINGS])),
        "coverage": _percent(answered.total() / len(asked)),
    }


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _measure(options: Namespace) -> dict[str, Any]:
    train = corrections(options.data / "tweeteval/train/sentiment.csv")
    asked = corrections(options.data / "tweeteval/dev/sentiment.csv")
    random.Random(options.seed).shuffle(train)
    default = mood.Lexicon()
    return {
        "goal": {"vader_usual_on_the_test_part": 57.0, "learned_from_all_on_the_test_part": "63-66"},
        "asked": len(asked),
        "vader_usual": figures(UsualVader(), asked),
        "default": figures(default, asked),
        "default_language_not_told": figures(ByDesk(mood.Desk()), asked),
        "learned": {
            str(count): _learned(train, count, asked, default)
            for count in (*options.learn, *((len(train),) if options.all else ()))
        },
        "messages_to_brands": _brands(options.data / "airline/train/tweets.csv", options.seed),
        "other_languages": _others(options.data / "umsab"),
        "lines_a_second": _speeds(train, asked),
    }


def _learned(
    train: Sequence[Correction], count: int, asked: Sequence[Correction], default: Reader
) -> dict[str, Any]:
    """The mean over some draws of so many corrections; a fifth of each is held back for the verdict."""
    rows, verdicts, seconds = [], [], 0.0
    for draw in range(REPEATS if count * REPEATS <= len(train) else 1):
        began = time.perf_counter()
        lesson = mood.learn(
            train[draw * count : (draw + 1) * count], language="en", version=1, replaces=default
        )
        seconds += time.perf_counter() - began
        assert lesson.model is not None
        rows.append(figures(lesson.model, asked))
        verdicts.append(lesson.verdict)
    return {
        **{key: round(sum(row[key] for row in rows) / len(rows), 1) for key in rows[0]},
        "draws": [row["leaning"] for row in rows],
        "verdicts": [
            f"{verdict.reason}: {_percent(verdict.before)} to {_percent(verdict.after)}"
            for verdict in verdicts
        ],
        "model_kb": len(lesson.model.to_bytes()) // 1000,
        "seconds": round(seconds / len(rows), 1),
    }


def _brands(path: Path, seed: int) -> dict[str, Any]:
    """A desk's own field: learned from a thousand messages to airlines, read on two thousand others."""
    with path.open(encoding="utf-8", newline="") as file:
        by_name: dict[str, mood.Leaning] = {label: label for label in mood.LEANINGS}
        rows = [Correction(row["text"], by_name[row["sentiment"]]) for row in csv.DictReader(file)]
    random.Random(seed).shuffle(rows)
    lesson = mood.learn(rows[:1000], language="en", version=1, replaces=mood.Lexicon())
    assert lesson.model is not None
    asked = rows[1000:3000]
    return {
        "vader_usual": figures(UsualVader(), asked),
        "default": figures(mood.Lexicon(), asked),
        "learned_1000": figures(lesson.model, asked),
    }


def _others(folder: Path) -> dict[str, Any]:
    """Learned in other languages from their training part, read on their validation part; nobody reads them before."""
    told = {}
    for language in ("ar", "de", "es", "fr", "hi", "it", "pt"):
        lesson = mood.learn(
            corrections(folder / "train/sentiment.csv", language),
            language=language,
            version=1,
            replaces=mood.Nobody(),
        )
        assert lesson.model is not None
        told[language] = figures(lesson.model, corrections(folder / "dev/sentiment.csv", language)) | {
            "verdict": lesson.verdict.reason
        }
    return told


def _speeds(train: Sequence[Correction], asked: Sequence[Correction]) -> dict[str, int]:
    lesson = mood.learn(train[:1000], language="en", version=1, replaces=mood.Lexicon())
    assert lesson.model is not None
    readers = {
        "default": ByDesk(mood.Desk(), "en"),
        "default, language not told": ByDesk(mood.Desk()),
        "learned": ByDesk(mood.Desk([lesson.model]), "en"),
    }
    told = {}
    for name, reader in readers.items():
        reader.read(asked[0].text)
        began = time.thread_time()
        for one in asked:
            reader.read(one.text)
        told[name] = round(len(asked) / (time.thread_time() - began))
    return told
