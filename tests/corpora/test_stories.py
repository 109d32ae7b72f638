"""Which posts tell the same: one word of thirty changed is a copy, unrelated texts are not, whatever the order."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.listening.stories import are_alike, as_bits, grouped, may_be_alike, words_of

pytestmark = pytest.mark.corpora

SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
    "yo",
    "zu",
]
WORDS = [one + other + "n" for one in SYLLABLES for other in SYLLABLES]

texts = st.lists(st.sampled_from(WORDS), min_size=30, max_size=30, unique=True)


def story(said: dict[int, str], known: dict[int, str] | None = None) -> dict[int, int]:
    return grouped(
        {pk: words_of(one) for pk, one in said.items()},
        {pk: words_of(one) for pk, one in (known or {}).items()},
    )


@given(texts, st.integers(0, 29))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_text_with_one_word_of_thirty_changed_is_a_copy(words: list[str], at: int) -> None:
    changed = [*words[:at], "otherwise", *words[at + 1 :]]
    assert story({1: " ".join(words), 2: " ".join(changed)}) == {1: 1, 2: 1}


@given(texts, texts)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_texts_that_share_less_than_half_of_their_words_are_no_copies(
    one: list[str], other: list[str]
) -> None:
    if len(set(one) & set(other)) < 15:
        assert not are_alike(words_of(" ".join(one)), words_of(" ".join(other)))
        assert story({1: " ".join(one), 2: " ".join(other)}) == {1: 1, 2: 2}


@given(st.lists(texts, min_size=1, max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_the_order_of_arrival_changes_no_story(told: list[list[str]], chance: random.Random) -> None:
    said = {
        10 * number + copy: " ".join([*words[:copy], "word", *words[copy + 1 :]])
        for number, words in enumerate(told, start=1)
        for copy in range(3)
    }
    mixed = list(said.items())
    chance.shuffle(mixed)
    assert story(dict(mixed)) == story(said)


def test_what_a_copy_differs_in_first_does_not_count() -> None:
    told = "The ferry to the island does not run today because of the storm"
    assert story(
        {
            1: told,
            2: f"RT @river.watch: {told}",
            3: f"{told} https://pretend.example/77",
            4: told.upper(),
        }
    ) == dict.fromkeys((1, 2, 3, 4), 1)


def test_short_texts_are_copies_only_where_they_are_the_same_and_nothing_is_a_copy_of_nothing() -> None:
    said = {
        1: "the ferry is late",
        2: "The ferry is late!",
        3: "the bus is late",
        4: "",
        5: "",
        6: "🔥",
        7: "🔥",
    }
    assert story(said) == {1: 1, 2: 1, 3: 3, 4: 4, 5: 5, 6: 6, 7: 6}
    assert story({9: "the ferry is late"}, {1: "the ferry is late"}) == {9: 1}


def test_bits_find_the_nearest_first_in_numbers_that_databases_keep() -> None:
    words = words_of("one two three four five six seven eight nine ten eleven twelve")
    assert -(2**63) <= words.bits < 2**63
    assert may_be_alike(words.bits, as_bits([words.bits ^ 0b111, ~words.bits, words.bits])) == [2, 0]
