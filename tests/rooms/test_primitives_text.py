from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.primitives.text import (
    MAX_MARKS,
    bounded,
    excerpt,
    fold,
    grapheme_length,
    graphemes,
    is_blank,
    normalise,
    words,
)

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

ACUTE, DOT_BELOW = "\u0301", "\u0323"
ODD = st.sampled_from(
    [
        *(
            "\u202e",
            "\u2067",
            "\u2069",
            "\r",
            "\n",
            "\x00",
            "\ud800",
            "\u1100",
            "\u1161",
            "\ufb2c",
            "\U0001f3f4",
        ),
        *(
            "\U000e0067",
            "\U000e007f",
            "\ufffe",
            "\u0344",
            "\ufdfa",
            "İ",
            "ſ",
            ACUTE * 5,
            DOT_BELOW * 5,
            "\u200d",
        ),
    ]
)
any_text = st.lists(st.text(st.characters(), max_size=4) | ODD, max_size=30).map("".join)


@given(any_text)
def test_normalising_twice_is_the_same_as_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


@given(any_text)
def test_folding_twice_is_the_same_as_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(any_text)
def test_graphemes_put_together_are_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text
    assert grapheme_length(text) == len(list(graphemes(text)))


@given(any_text, st.integers(min_value=1, max_value=12))
def test_an_excerpt_keeps_to_its_length_and_cuts_no_grapheme(text: str, most: int) -> None:
    short = excerpt(text, most)
    assert grapheme_length(short) <= most
    whole = list(graphemes(" ".join(text.split())))
    kept = list(graphemes(short.removesuffix("…").rstrip()))
    assert whole[: len(kept)] == kept


def test_line_ends_become_one_kind_and_control_characters_go() -> None:
    assert normalise("a\r\nb\rc\u2028d\te\x00\x1b[0m\x9f") == "a\nb\nc\nd\te[0m"


def test_half_a_surrogate_pair_can_be_stored_afterwards() -> None:
    assert normalise("a\ud83db") == "a\ufffdb"


def test_overrides_go_and_isolates_are_closed_inside_their_line() -> None:
    assert normalise("ab\u202edc\u202c") == "abdc"
    assert normalise("\u2067name\nnext\u2069") == "\u2067name\u2069\nnext"
    assert normalise("\u200fשלום") == "\u200fשלום"


def test_marks_are_capped_and_marks_without_a_letter_go() -> None:
    assert normalise("a" + DOT_BELOW * 50 + "b") == "ạ" + DOT_BELOW * (MAX_MARKS - 1) + "b"
    assert normalise(ACUTE * 100_000) == ""
    assert normalise("ok\n" + ACUTE) == "ok\n"


def test_smuggled_tag_characters_go_and_the_flag_of_wales_stays() -> None:
    wales = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
    assert normalise(f"{wales} hi\U000e0041\U000e0042") == f"{wales} hi"


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u2060", ACUTE * 3, "\u3164\u2800", "\x00"])
def test_text_without_anything_to_see_is_blank(text: str) -> None:
    assert is_blank(text)
    assert is_blank(normalise(text))


@pytest.mark.parametrize("text", ["a", ".", "👍", "e" + ACUTE, "中"])
def test_text_with_something_to_see_is_not_blank(text: str) -> None:
    assert not is_blank(text)


def test_a_family_is_one_grapheme_and_flags_are_counted_in_pairs() -> None:
    assert grapheme_length("👨‍👩‍👧‍👦") == 1
    assert grapheme_length("🇫🇷🇩🇪🇪") == 3
    assert grapheme_length("e" + ACUTE) == 1
    assert grapheme_length("a\r\nb") == 3


def test_an_excerpt_prefers_the_end_of_a_word() -> None:
    assert excerpt("The bridge is closed until further notice", 23) == "The bridge is closed…"
    assert excerpt("The  bridge\nis closed", 40) == "The bridge is closed"
    assert excerpt("Donaudampfschifffahrt", 10) == "Donaudamp…"
    assert excerpt("👨‍👩‍👧‍👦" * 5, 3) == "👨‍👩‍👧‍👦" * 2 + "…"


def test_words_are_folded_runs_of_letters_digits_and_marks() -> None:
    assert words("Die STRASSE, ＦＥＲＲＹ no. 7 — l'été!") == [
        "die",
        "strasse",
        "ferry",
        "no",
        "7",
        "l",
        "été",
    ]
    assert words("Straße co\u00adop e" + ACUTE) == ["strasse", "coop", "é"]
    assert words("हिन्दी में") == ["हिन्दी", "में"]
    assert words("!? …") == []
    assert words("Apple™ a℠b") == ["apple", "a", "b"]


def test_a_cut_is_told() -> None:
    assert bounded("abc", 3) == ("abc", False)
    assert bounded("abcd", 3) == ("abc", True)


HOSTILE = {
    "marks": "a" + (ACUTE + DOT_BELOW) * 50_000,
    "flags": "\U0001f1e9" * 100_000,
    "isolates": "\u2067" * 100_000,
    "joiners": "👨\u200d" * 50_000,
    "ligatures": "\ufdfa" * 100_000,
    "tags": "\U000e0041" * 100_000,
    "orphans": ("\n" + ACUTE) * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hundred_thousand_hostile_characters_are_worked_through(name: str) -> None:
    """Ordering marks and pairing flags are quadratic in the libraries: minutes, if they were left to it."""
    hostile = HOSTILE[name]
    assert len(normalise(hostile)) <= 2 * len(hostile) + 1
    assert len(words(hostile)) <= 4 * len(hostile)
    assert grapheme_length(hostile) <= len(hostile)
    assert grapheme_length(excerpt(hostile, 80)) <= 80
