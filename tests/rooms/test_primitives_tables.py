"""Tables as programs write them: other letters, other commas, quotes, and what is no table at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.primitives.tables import decode, guess, read

pytestmark = pytest.mark.corpora

WORDS = "Name;Ort\nZoë;Łódź\n"


def cells(text: str) -> list[tuple[str, ...]]:
    return [row.cells for row in read(text, most=100).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_and_without_its_mark(encoding: str) -> None:
    assert decode(WORDS.encode(encoding)) == WORDS


def test_what_is_no_unicode_is_read_as_windows_and_latin_1_are() -> None:
    assert decode("José;€ 5".encode("cp1252")) == "José;€ 5"
    assert decode("Zoë;ß\x81".encode("latin-1")) == "Zoë;ß\x81"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_parts_the_columns_is_guessed(delimiter: str) -> None:
    text = f'Name{delimiter}Mail\n"Moreau{delimiter} Ines"{delimiter}ines@portalder.example\n'
    assert guess(text) == delimiter
    assert cells(text)[1] == (f"Moreau{delimiter} Ines", "ines@portalder.example")


def test_quotes_hold_lines_and_quotes_and_rows_keep_their_lines() -> None:
    found = read('a,b\r\n"two\nlines","say ""ahoy"""\r\n\r\n , \r\nlast,\r\n', most=10)
    assert [(row.line, row.cells) for row in found.rows] == [
        (1, ("a", "b")),
        (3, ("two\nlines", 'say "ahoy"')),
        (6, ("last", "")),
    ]


def test_a_long_table_says_that_it_was_cut() -> None:
    text = "".join(f"name {number},a\n" for number in range(20))
    assert (len(read(text, most=5).rows), read(text, most=5).cut) == (5, True)
    assert read(text, most=20).cut is False


@pytest.mark.parametrize(
    "text", ["", "\n\n", "one word", 'an "open quote\nand more', "\0a,b\0", "x" * 200_000]
)
def test_what_is_no_table_is_read_all_the_same(text: str) -> None:
    found = read(text, most=5)
    assert found.width <= 2


@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    read(decode(data), most=10)
