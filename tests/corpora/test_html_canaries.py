"""The fifty canaries are alive as they are and dead once they have been through the house."""

from __future__ import annotations

from html import escape

import pytest

from colonnade.primitives.html import clean, from_text, to_text
from tests.canaries import CANARIES, MARKERS, alive

pytestmark = pytest.mark.corpora

EACH = pytest.mark.parametrize(("canary", "marker"), list(zip(CANARIES, MARKERS, strict=True)), ids=MARKERS)


def test_there_are_fifty_and_each_has_a_marker_of_its_own() -> None:
    assert len(CANARIES) == len(set(MARKERS)) == len(set(CANARIES)) == 50
    assert all(len(canary) < 160 for canary in CANARIES)


@EACH
def test_the_eye_sees_each_canary_alive_where_nobody_cleans(canary: str, marker: str) -> None:
    pages = [f"<p>{canary}</p>", f'<p title="{canary}"></p>', f"<p title='{canary}'></p>"]
    assert any(marker in alive(page) for page in pages)


@EACH
def test_each_canary_is_dead_once_it_is_cleaned_or_shown_as_text(canary: str, marker: str) -> None:
    for html in (clean(canary), from_text(canary), from_text(to_text(canary)), escape(canary)):
        assert alive(f"<p>{html}</p>") == []
        assert alive(f'<p title="{escape(html)}"></p>') == []


def test_words_and_harmless_addresses_are_not_taken_for_life() -> None:
    marker = MARKERS[0]
    assert (
        alive(f'<a href="https://alder.example/{marker}" title="{marker}">{marker}</a><a href="/x/{marker}">')
        == []
    )
