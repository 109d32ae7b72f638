"""Each quick way for the usual text gives what the long way gives: on every character, and on texts of all kinds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.conversations import intake
from colonnade.conversations.search import marking
from colonnade.primitives import text
from colonnade.primitives.html import tokens
from colonnade.primitives.json import BadJson, depth, loads

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

T = TypeVar("T")
NEVER = re.compile("(?!)")
WAYS = ("_SETTLED", "_FOLDED_BY_CASE", "_PARTED_BY_ASCII", "_WITHOUT_MARKS")
EVERY_CHARACTER = [chr(code) for code in range(0x110000)]

usual = st.text(
    st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0x4FF),
        st.sampled_from(
            "aZ09 .,-_'\"éßıſǅñжЙŉﬁ漢かが한ﬀ🙂🏴\u0301\u00ad\u200b\u2028\u2066\u2069\r\n\x85\x00"
        ),
    ),
    max_size=60,
)
anything = st.one_of(usual, st.text(max_size=60))


@contextmanager
def long_way() -> Iterator[None]:
    """Within it no text is a usual one."""
    with pytest.MonkeyPatch.context() as patch:
        for way in WAYS:
            patch.setattr(text, way, NEVER)
        yield


def the_long_way(call: Callable[[], T]) -> T:
    with long_way():
        return call()


@given(anything)
def test_a_text_in_order_is_told_as_such_and_left_as_it_is(said: str) -> None:
    assert text.normalise(said) == the_long_way(lambda: text.normalise(said))


@given(anything)
def test_folding_by_case_alone_is_folding(said: str) -> None:
    assert text.fold(said) == the_long_way(lambda: text.fold(said))


@given(anything)
def test_words_parted_by_bytes_are_the_words(said: str) -> None:
    assert text.words(said) == the_long_way(lambda: text.words(said))


def test_every_character_of_the_quick_sets_stands_for_itself_alone_and_beside_others() -> None:
    settled = [c for c in EVERY_CHARACTER if text._SETTLED.fullmatch(c)]
    folded = [c for c in EVERY_CHARACTER if text._FOLDED_BY_CASE.fullmatch(c)]
    parted = [c for c in EVERY_CHARACTER if text._PARTED_BY_ASCII.fullmatch(c)]
    with long_way():
        assert [c for c in settled if text.normalise(f"{c}a{c}") != f"{c}a{c}"] == []
        assert [c for c in settled if unicodedata.combining(c)] == []
        assert [c for c in folded if text.fold(f"{c}a{c}") != f"{c}a{c}".casefold()] == []
        assert [c for c in parted if not c.isascii() and not text._WORD.fullmatch(c)] == []
        assert [c for c in parted if c.isascii() and bool(text._WORD.fullmatch(c)) != c.isalnum()] == []


def test_every_character_of_texts_without_marks_is_in_a_word_or_parts_words_by_the_plain_expression_too() -> (
    None
):
    plain = [c for c in EVERY_CHARACTER if text._WITHOUT_MARKS.fullmatch(c)]
    assert [c for c in plain if text._PLAIN_WORD.findall(f"a{c}b") != text._WORD.findall(f"a{c}b")] == []


@given(anything, st.integers(1, 40))
def test_one_line_is_cut_alike_whether_or_not_it_was_one_already(said: str, limit: int) -> None:
    long = " ".join(the_long_way(lambda: text.normalise(said[: limit * 4])).split())[:limit]
    assert intake._line(said, limit) == long


@given(anything)
def test_escaping_passes_over_only_what_needs_none(said: str) -> None:
    assert tokens.escape(said) == said.translate(tokens._ESCAPES)


@given(st.text(st.sampled_from('[]{}"\\a,:'), max_size=30), st.integers(1, 6))
def test_json_is_refused_for_its_depth_whenever_it_is_too_deep(written: str, most: int) -> None:
    refusal = ""
    try:
        loads(written.encode(), max_depth=most)
    except BadJson as error:
        refusal = str(error)
    assert ("nested deeper" in refusal) == (depth(written.encode()) > most)


@given(st.text(st.characters(max_codepoint=0x7F), max_size=80))
def test_words_to_mark_in_ascii(said: str) -> None:
    slow = [(one.span(), word) for one in marking._WORD.finditer(said) for word in text.words(one.group())]
    assert list(zip(*marking._words(said), strict=True)) == slow


@given(st.text(st.characters(max_codepoint=0x7F), max_size=80), st.integers(1, 30))
def test_an_excerpt_of_ascii(said: str, most: int) -> None:
    letters = list(text.graphemes(" ".join(said.split())))
    assert letters == list(" ".join(said.split()))
    assert len(text.excerpt(said, most)) <= most
