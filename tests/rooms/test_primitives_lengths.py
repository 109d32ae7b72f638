from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.primitives.lengths import BLUESKY, MASTODON, PLAIN, TWITTER, Counting, length, measure
from colonnade.primitives.text import grapheme_length

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

ADDRESS = "https://alder.example/" + "ferry/" * 20
ALL = pytest.mark.parametrize(
    "how", [PLAIN, BLUESKY, MASTODON, TWITTER], ids=["plain", "bluesky", "mastodon", "twitter"]
)


def test_an_address_counts_as_each_network_says() -> None:
    text = f"See {ADDRESS}"
    assert length(text, TWITTER) == 4 + 23
    assert length(text, MASTODON) == 4 + 23
    assert length(text, BLUESKY) == len(text)


def test_an_address_without_a_scheme_counts_as_letters_on_mastodon() -> None:
    assert length("www.example.org/a", MASTODON) == len("www.example.org/a")
    assert length("www.example.org/a", TWITTER) == 23


def test_the_server_in_a_mention_does_not_count_on_mastodon() -> None:
    assert length("@tomasz@alder.example hello", MASTODON) == len("@tomasz hello")
    assert length("@tomasz@alder.example hello", PLAIN) == len("@tomasz@alder.example hello")


def test_letters_of_wide_scripts_and_emoji_count_two_on_twitter() -> None:
    assert length("ferry", TWITTER) == 5
    assert length("渡し船", TWITTER) == 6
    assert length("👨‍👩‍👧‍👦🇫🇷1️⃣👍🏽", TWITTER) == 8
    assert length("👨‍👩‍👧‍👦🇫🇷1️⃣👍🏽", BLUESKY) == 4
    assert length("e\u0301", TWITTER) == 1


def test_bluesky_has_a_limit_of_bytes_beside_that_of_letters() -> None:
    families = "👨‍👩‍👧‍👦" * 200
    measured = measure(families, BLUESKY)
    assert measured.length == 200
    assert not measured.fits
    assert len(families[: measured.cut].encode()) == 3000


def test_what_fits_is_cut_before_the_address_that_does_not() -> None:
    text = "x" * 270 + " " + ADDRESS
    measured = measure(text, TWITTER)
    assert (measured.length, measured.fits) == (294, False)
    assert text[: measured.cut] == "x" * 270 + " "


def test_a_server_that_allows_more_is_measured_by_its_own_limit() -> None:
    assert not measure("x" * 501, MASTODON).fits
    assert measure("x" * 501, replace(MASTODON, limit=5000)).fits


def test_an_empty_text_fits() -> None:
    assert measure("", BLUESKY) == (0, 0, 0, True)


@ALL
@given(text=st.text(max_size=60))
def test_what_is_cut_fits_and_lengths_agree(how: Counting, text: str) -> None:
    tight = replace(how, limit=7, max_bytes=20)
    measured = measure(text, tight)
    assert measured.length == length(text, how)
    kept = text[: measured.cut]
    assert measure(kept, tight).length <= 7
    assert len(kept.encode()) <= 20
    assert measured.fits <= (kept == text)


@given(st.text())
def test_plain_length_is_what_a_reader_counts(text: str) -> None:
    assert length(text, PLAIN) == grapheme_length(text)


@ALL
def test_a_hundred_thousand_mentions_are_measured(how: Counting) -> None:
    assert measure("@ana " * 100_000, how).length == 500_000
    assert measure("@ana@alder.example " * 5_000, how).length in (95_000, 25_000)
