"""Moods of real tweets: what VADER reads, what our band leaves out, and what is learned from corrections."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench.mood import ByDesk, UsualVader, corrections, figures
from colonnade.listening.mood import Desk, Lexicon, learn

DATA = Path(__file__).resolve().parents[2] / "../shared/data"

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(
        not (DATA / "tweeteval").is_dir(), reason="needs ../shared/data/tweeteval beside the checkout"
    ),
]


def test_vader_with_its_band_reads_more_rightly_than_as_usual(capsys: pytest.CaptureFixture[str]) -> None:
    asked = corrections(DATA / "tweeteval/dev/sentiment.csv")
    usual, ours = figures(UsualVader(), asked), figures(Lexicon(), asked)
    untold = figures(ByDesk(Desk()), asked)
    with capsys.disabled():
        print(f"\nmood: vader {usual['leaning']}, ours {ours}, language not told {untold}", end="")
    assert ours["leaning"] >= usual["leaning"] + 1
    assert ours["said"] >= 65
    assert ours["coverage"] >= 70
    assert untold["said"] >= 65
    assert untold["coverage"] >= 70


def test_a_thousand_corrections_read_better_than_vader(capsys: pytest.CaptureFixture[str]) -> None:
    train = corrections(DATA / "tweeteval/train/sentiment.csv")
    random.Random(7).shuffle(train)
    lesson = learn(train[:1000], language="en", version=1, replaces=Lexicon())
    assert lesson.model is not None
    assert lesson.verdict.switched_on == (lesson.verdict.after >= lesson.verdict.before)
    told = figures(lesson.model, corrections(DATA / "tweeteval/dev/sentiment.csv"))
    with capsys.disabled():
        print(f"\nmood learned from 1,000: {told}", end="")
    assert told["leaning"] >= 62
    assert told["said"] >= 65
    assert told["coverage"] >= 75


@pytest.mark.skipif(not (DATA / "umsab").is_dir(), reason="needs ../shared/data/umsab beside the checkout")
def test_other_languages_are_left_alone() -> None:
    """All but the set's Hindi, a third of which is English."""
    for language in ("ar", "de", "es", "fr", "it", "pt"):
        asked = corrections(DATA / "umsab/dev/sentiment.csv", language)
        said = figures(ByDesk(Desk()), asked)["coverage"]
        assert said <= 2, language
