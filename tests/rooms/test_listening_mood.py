"""Moods: VADER with its band, languages that nobody reads, and readers learned from corrections."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.listening.mood import (
    LEANINGS,
    Correction,
    Desk,
    Leaning,
    Learned,
    Lexicon,
    Mood,
    Nobody,
    Unreadable,
    hold_back,
    judge,
    language_of,
    learn,
    macro,
    recalls,
)
from colonnade.listening.mood.grams import FINDINGS, findings
from colonnade.listening.mood.judging import FEWEST_OF_A_LABEL, digest
from colonnade.listening.mood.learning import _samples, fitted
from colonnade.listening.mood.moods import LONGEST
from tests.rooms.moods_of_port_alder import corrections

pytestmark = pytest.mark.corpora


@pytest.fixture(scope="module")
def model() -> Learned:
    return fitted(corrections(150), language="en", version=3)


@pytest.mark.parametrize("text", ["!" * 200_000, "a.b" * 20_000, "@" * 200_000, "great day " * 10_000])
def test_a_line_of_two_hundred_thousand_letters_is_read_in_no_more_time_than_its_length(text: str) -> None:
    """The first of them took minutes when each of its letters was tried as the beginning of an address."""
    assert Desk().read(text).label in ("neutral", "unsure")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love the new ferry, what a great crew!", "positive"),
        ("Awful. The ferry is late again and I hate waiting.", "negative"),
        ("The ferry leaves at nine.", "neutral"),
        ("The ferry is fine.", "unsure"),
        ("😀😀", "positive"),
        ("Line four 👎", "negative"),
        ("Really? 😡", "negative"),
    ],
)
def test_vader_says_a_mood_or_that_it_is_unsure(text: str, label: str) -> None:
    read = Lexicon().read(text)
    assert read.label == label
    assert -1 <= read.score <= 1
    assert read.leaning in LEANINGS


def test_the_unsure_band_lies_between_the_moods() -> None:
    mild = Lexicon().read("The ferry is fine.")
    assert (mild.label, mild.leaning) == ("unsure", "neutral")
    assert 0.05 < mild.score < 0.35


def test_of_a_long_text_the_beginning_is_read() -> None:
    beginning = ("a good day :) " * LONGEST)[:LONGEST]
    assert Lexicon().read(beginning + "horrible " * 50_000) == Lexicon().read(beginning)


@pytest.mark.parametrize(
    ("text", "tag", "language"),
    [
        ("Guten Tag", "en-GB", "en"),
        ("Hello", "PT_br", "pt"),
        ("The ferry to Alder Point was late again this morning.", "", "en"),
        ("The ferry to Alder Point was late again this morning.", "und", "en"),
        ("Die Fähre nach Alder Point war heute früh wieder zu spät.", "", "de"),
        ("😀 https://portalder.example/ferry @ines 42", "", "zxx"),
        ("", "", "zxx"),
    ],
)
def test_the_language_is_that_of_the_network_or_else_what_the_text_shows(
    text: str, tag: str, language: str
) -> None:
    assert language_of(text, tag) == language


def test_a_language_that_nobody_reads_is_left_alone() -> None:
    desk = Desk()
    assert desk.read("Die Fähre ist furchtbar, ich hasse das Warten.") == Mood("unsure", 0.0, None)
    assert desk.read("I love it", "de") == Mood("unsure", 0.0, None)
    assert desk.read("  ") == Mood("unsure", 0.0, None)
    assert desk.read("😢😢").label == "negative"


def test_a_language_is_read_once_it_was_learned() -> None:
    german = [
        Correction(text, label)
        for number in range(60)
        for label, text in (
            ("negative", f"Die Fähre kam wieder zu spät, Linie {number}"),
            ("neutral", f"Die Fähre fährt um neun, Linie {number}"),
            ("positive", f"Die Fähre war herrlich pünktlich, Linie {number}"),
        )
    ]
    lesson = learn(german, language="de", version=1, replaces=Desk().reader_of("de"))
    assert lesson.verdict.switched_on
    assert lesson.verdict.before == pytest.approx(1 / 3)
    assert lesson.model is not None
    desk = Desk([lesson.model])
    assert desk.read("Die Fähre war heute herrlich pünktlich", "de-AT").leaning == "positive"
    assert desk.read("I love the ferry, great!", "en").label == "positive"  # by VADER as before


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    look = (
        "import sys; from colonnade.listening import mood; "
        "read = mood.Desk().read('what a great day', 'en'); assert read.label == 'positive', read; "
        "print([name for name in ('sklearn', 'scipy', 'py3langid', 'numpy', 'django') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


# --- held back and judged


@given(st.lists(st.tuples(st.text("abc", min_size=1, max_size=6), st.sampled_from(LEANINGS)), max_size=60))
def test_one_in_five_of_each_label_is_held_back_and_no_text_on_both_sides(
    drawn: list[tuple[str, Leaning]],
) -> None:
    asked = [Correction(text, label) for text, label in dict(drawn).items()]
    to_learn, held = hold_back(asked)
    assert sorted(one.text for one in (*to_learn, *held)) == sorted(one.text for one in asked)
    assert not {digest(one.text) for one in to_learn} & {digest(one.text) for one in held}
    of_label, of_held = Counter(one.label for one in asked), Counter(one.label for one in held)
    for label in LEANINGS:
        assert of_held[label] == round(of_label[label] * 0.2)
    shuffled = random.Random(0).sample(asked, len(asked))
    assert {one.text for one in hold_back(shuffled)[1]} == {one.text for one in held}


class Told:
    """A reader that says what a table says."""

    name = "told"

    def __init__(self, table: dict[str, Leaning]) -> None:
        self._table = table

    def read(self, text: str) -> Mood:
        return Mood(self._table[text], 0.0, self._table[text])


@settings(max_examples=40)
@given(st.lists(st.tuples(*[st.sampled_from(LEANINGS)] * 3), min_size=24, max_size=60))
def test_what_is_worse_on_what_was_held_back_is_never_switched_on(
    rows: list[tuple[Leaning, Leaning, Leaning]],
) -> None:
    asked = [Correction(str(number), row[0]) for number, row in enumerate(rows)]
    before = Told({str(number): row[1] for number, row in enumerate(rows)})
    after = Told({str(number): row[2] for number, row in enumerate(rows)})
    verdict = judge(before, after, asked)
    if min(Counter(one.label for one in asked).get(label, 0) for label in LEANINGS) < FEWEST_OF_A_LABEL:
        assert (verdict.switched_on, verdict.reason) == (False, "too few")
        return
    assert verdict.before == pytest.approx(macro(recalls(before, asked)))
    assert verdict.after == pytest.approx(macro(recalls(after, asked)))
    if verdict.switched_on:
        assert verdict.after >= verdict.before
        assert verdict.after > 1 / 3
    assert (verdict.reason == "worse") == (verdict.after < verdict.before)


def test_guessing_does_not_replace_abstaining() -> None:
    asked = corrections(90)
    always = Told({one.text: "neutral" for one in asked})
    verdict = judge(Nobody(), always, asked)
    assert (verdict.switched_on, verdict.reason) == (False, "too close to chance")
    assert (verdict.before, verdict.after) == (pytest.approx(1 / 3), pytest.approx(1 / 3))


# --- learned


def test_a_desk_teaches_words_that_vader_does_not_know() -> None:
    lesson = learn(corrections(300), language="en", version=1, replaces=Lexicon())
    assert lesson.verdict.switched_on
    assert lesson.verdict.reason == "better"
    assert lesson.verdict.before < 0.6 < 0.9 < lesson.verdict.after
    assert lesson.model is not None
    assert lesson.model.name == "learned-en-1"
    read = lesson.model.read("we stood like sardines on the ferry")
    assert read.leaning == "negative"
    assert read.score < 0


def test_labels_by_lot_teach_nothing_that_is_switched_on() -> None:
    lesson = learn(corrections(300, wrong=1.0), language="en", version=1, replaces=Lexicon())
    assert not lesson.verdict.switched_on
    assert lesson.verdict.reason in {"worse", "too close to chance"}


def test_too_few_corrections_are_told_and_learn_nothing() -> None:
    assert learn(corrections(12), language="en", version=1, replaces=Lexicon()).model is None
    lesson = learn(corrections(60), language="en", version=1, replaces=Lexicon())
    assert (lesson.verdict.switched_on, lesson.verdict.reason) == (False, "too few")
    one_sided = [one for one in corrections(600) if one.label != "neutral"]
    assert learn(one_sided, language="en", version=1, replaces=Lexicon()).model is None


def test_the_same_corrections_in_another_order_give_the_same_model() -> None:
    asked = corrections(90)
    first = learn(asked, language="en", version=1, replaces=Lexicon())
    second = learn(asked[::-1], language="en", version=1, replaces=Lexicon())
    assert first.model is not None
    assert second.model is not None
    assert first.model.to_bytes() == second.model.to_bytes()


def test_the_last_word_on_a_text_counts() -> None:
    asked = corrections(150)
    turned: list[Correction] = [
        Correction(one.text.upper() + " ", LEANINGS[(LEANINGS.index(one.label) + 1) % 3]) for one in asked
    ]
    once = learn(turned, language="en", version=1, replaces=Lexicon())
    both = learn([*asked, *turned], language="en", version=1, replaces=Lexicon())
    assert once.model is not None
    assert both.model is not None
    assert once.model.to_bytes() == both.model.to_bytes()


def test_nobody_is_judged_by_what_it_has_learned_from() -> None:
    asked = corrections(300)
    knows_all = fitted(asked, language="en", version=1)
    lesson = learn(asked, language="en", version=2, replaces=knows_all)
    assert (lesson.verdict.reason, lesson.verdict.judged) == ("too few", 0)


def test_reading_and_learning_look_at_the_same(model: Learned) -> None:
    texts = [one.text for one in corrections(40, seed=9)]
    weights = np.concatenate([model.of_grams, model.of_findings])
    odds = np.exp(_samples(texts, english=True) @ weights + model.at_rest)
    odds /= odds.sum(axis=1, keepdims=True)
    for text, (negative, _, positive) in zip(texts, odds, strict=True):
        assert model.read(text).score == pytest.approx(positive - negative, abs=1e-5)


def test_what_it_is_least_sure_of_it_calls_unsure(model: Learned) -> None:
    strange = model.read("qwxz")
    assert (strange.label, strange.leaning in LEANINGS) == ("unsure", True)


def test_other_languages_show_vader_their_emoji_and_not_their_words() -> None:
    assert len(findings("die die die", english=False)) == FINDINGS
    assert findings("die", english=False)[0] == 0 > findings("die", english=True)[0]
    assert findings("die 😀", english=False)[0] > 0


def test_a_model_is_the_same_after_it_was_kept(model: Learned) -> None:
    kept = Learned.from_bytes(model.to_bytes())
    assert kept.to_bytes() == model.to_bytes()
    assert (kept.name, kept.sure, kept.learned_from) == (model.name, model.sure, model.learned_from)
    for one in corrections(20, seed=4):
        assert kept.read(one.text) == model.read(one.text)


def test_a_model_holds_no_word_of_anybody(model: Learned) -> None:
    kept = model.to_bytes()
    for word in (b"sardines", b"ferry", b"market"):
        assert word not in kept
        assert word.decode().encode("utf-16-le") not in kept


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 400), change=st.binary(max_size=40), cut=st.integers(0, 100))
def test_a_model_that_somebody_tampered_with_is_refused_or_read(
    model: Learned, at: int, change: bytes, cut: int
) -> None:
    whole = model.to_bytes()
    tampered = whole[:at] + change + whole[at + len(change) : len(whole) - cut]
    try:
        Learned.from_bytes(tampered).read("the ferry leaves at nine")
    except Unreadable as refused:
        told = str(refused)
    else:
        told = "."
    assert told.endswith(".")


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_every_text_has_a_mood(model: Learned, text: str) -> None:
    for reader in (Lexicon(), model):
        read = reader.read(text)
        assert -1 <= read.score <= 1
        assert read.label in (read.leaning, "unsure")
