"""What becomes of words on paper: they stay words, are read in their direction, and are broken where they are too long."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.core import paper
from colonnade.web.documents.blocks import LONGEST_WORD, reads_right_to_left, said
from colonnade.web.taking.ground import lines, plain, text, wide

pytestmark = pytest.mark.corpora


@pytest.mark.parametrize(
    ("words", "from_right"),
    [
        ("The bridge", False),
        ("12 الجسر", True),
        ("«הגשר» abc", True),
        ("橋 الجسر", False),
        ("12 …", False),
        ("", False),
    ],
)
def test_words_are_read_in_the_direction_of_their_first_letter(words: str, from_right: bool) -> None:
    assert reads_right_to_left(words) is from_right


def test_words_keep_nothing_that_cannot_be_set_and_a_language_only_where_it_is_one() -> None:
    assert said("a\x00b\n c\u0007", lang="pt-BR") == {"text": "ab c", "rtl": False, "lang": "pt"}
    assert said("", lang="../../etc")["lang"] == "en"
    assert said("one two three", most=2)["text"] == "one two…"


@given(st.text(alphabet="ab/?=-.橋\u200f", min_size=1, max_size=200))
@settings(max_examples=30, deadline=None)
def test_a_long_word_may_be_broken_and_loses_nothing(word: str) -> None:
    told = said(word)["text"]
    assert told.replace("\u200b", "") == word
    assert all(len(part) <= LONGEST_WORD for part in told.split("\u200b"))


@given(st.text(alphabet="iW橋ا .", max_size=120), st.integers(60, 400), st.integers(1, 3))
@settings(max_examples=30, deadline=None)
def test_lines_of_a_picture_fit_its_width(words: str, width: int, most: int) -> None:
    found = lines(words, 12, width, most)
    assert len(found) <= most
    assert all(wide(line, 12) <= width for line in found)


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_a_picture_can_be_read(words: str) -> None:
    drawn = ET.fromstring(text(1, 2, words, size=9, fill="#000000"))
    assert (drawn.text or "").split() == plain(words).split()


def test_what_is_told_is_set_as_words_and_a_template_reaches_no_file(tmp_path: Path) -> None:
    template = tmp_path / "sheet.typ"
    template.write_text("#let told = json(bytes(sys.inputs.told))\n#told.words")
    words = '#panic("ran") $x #read("/etc/passwd") *[\\'
    assert paper.printed(template, {"words": words}, kind="pdf").startswith(b"%PDF")
    assert paper.printed(template, {"words": words}, kind="png").startswith(b"\x89PNG")
    template.write_text('#read("/etc/passwd")')
    with pytest.raises(paper.NotPrinted, match="not found"):
        paper.printed(template, {}, kind="pdf")
