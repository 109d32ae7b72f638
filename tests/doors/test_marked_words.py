"""Words that were looked for are marked in cleaned HTML, and nothing else in it changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.primitives import html
from colonnade.web.marking import marked_html

pytestmark = pytest.mark.corpora

PIECES = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<a href='https://a.example/?x=1&amp;ferry=2'>",
            "</a>",
            "<script>",
            "<mark>",
            "ferry",
            "Ferry",
            " ",
            "&lt;ferry&gt;",
            "&amp;",
            "<",
            ">",
            '"',
            "'",
            "&#39;",
            "&nbsp;",
            "fähre",
            "<!-- ferry -->",
        ]
    ),
    max_size=25,
)


@given(PIECES)
def test_whatever_is_marked_cleans_to_what_it_was(pieces: list[str]) -> None:
    clean = str(html.clean("".join(pieces)))
    shown = str(marked_html(clean, [("ferry",)]))
    assert str(html.clean(shown)) == clean
    assert shown.count("<mark>") == shown.count("</mark>")


def test_a_word_is_marked_in_the_text_and_never_inside_a_tag() -> None:
    clean = str(html.clean('<p>The <a href="https://ferry.example/ferry">ferry</a> &amp; &lt;ferry&gt;</p>'))
    shown = str(marked_html(clean, [("ferry",)]))
    assert shown.count("<mark>ferry</mark>") == 2
    assert 'href="https://ferry.example/ferry"' in shown
    assert "&lt;<mark>ferry</mark>&gt;" in shown
