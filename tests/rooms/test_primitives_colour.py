"""Colours: contrast as WCAG counts it, and an accent of any colour that can be read wherever it stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.primitives import colour
from colonnade.web import accent

pytestmark = pytest.mark.corpora

COLOURS = st.tuples(*[st.integers(0, 255)] * 3).map(lambda parts: "#{:02x}{:02x}{:02x}".format(*parts))


def test_contrast_is_that_of_wcag() -> None:
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert colour.contrast("#0b6a72", "#0b6a72") == pytest.approx(1)


@pytest.mark.parametrize("wrong", ["", "teal", "#12345", "#12345g", "#1234567", "0b6a72", "#0b6a72\n"])
def test_what_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        colour.parse(wrong)


@given(COLOURS)
def test_a_colour_comes_back_from_oklch_as_it_went(one: str) -> None:
    back = colour.parse(colour.shade(colour.oklch(one)))
    assert max(abs(a - b) for a, b in zip(back, colour.parse(one), strict=True)) <= 1


@settings(max_examples=200)
@given(COLOURS)
def test_any_accent_can_be_read_on_every_ground_in_both_themes(one: str) -> None:
    for shades, tokens in zip(accent.shades(one), accent.tokens(), strict=True):
        grounds = [tokens[name] for name in ("paper", "surface", "raised", "sunk")]
        assert colour.least_contrast(shades.accent, [*grounds, shades.soft]) >= colour.READABLE
        assert colour.contrast(shades.ink, shades.accent) >= colour.READABLE
        for words in ("ink", "ink-2", "ink-3"):
            assert colour.contrast(tokens[words], shades.soft) >= colour.READABLE, words


@given(COLOURS)
def test_a_colour_that_can_be_read_stays_as_it_was_chosen(one: str) -> None:
    light, dark = accent.shades(one)
    for shades, tokens in ((light, accent.tokens()[0]), (dark, accent.tokens()[1])):
        grounds = [tokens[name] for name in ("paper", "surface", "raised", "sunk")]
        if colour.least_contrast(one, [*grounds, shades.soft]) >= colour.READABLE:
            assert shades.accent == one


def test_a_hue_stays_itself_when_it_is_made_darker() -> None:
    before, after = colour.oklch("#ffb000"), colour.oklch(accent.shades("#ffb000")[0].accent)
    assert after.lightness < before.lightness
    assert after.hue == pytest.approx(before.hue, abs=0.05)


def test_the_style_sheet_sets_tokens_and_nothing_else() -> None:
    lines = accent.sheet("#7a1f5c").splitlines()
    assert (lines[0], lines[-1]) == (":root {", "}")
    assert [line.split(":")[0].strip() for line in lines[1:-1]] == [
        "--accent",
        "--accent-ink",
        "--accent-soft",
        "--accent-line",
    ]
    assert accent.accent_in(accent.name_of("#7A1F5C")) == "#7a1f5c"
    assert accent.accent_in("accent-7a1f5c.css.map") == ""
