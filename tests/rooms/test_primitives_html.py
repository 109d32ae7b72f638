from __future__ import annotations

import pickle
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.primitives.html import SafeHtml, clean, from_text, to_text
from colonnade.primitives.text import MAX_TEXT, grapheme_length, normalise

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

HOUSE = Path(__file__).resolve().parents[2] / "colonnade"
REL = 'rel="nofollow noopener noreferrer ugc"'

PARTS = [
    *(
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<a href='https://alder.example/?a&b'>",
        "</a>",
        "<a href=/x>",
        "<ul>",
        "<li>",
        "</ul>",
    ),
    *(
        "<div>",
        "</div>",
        "<pre>",
        "</pre>",
        "<blockquote>",
        "<h1>",
        "<h5>",
        "</h5>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
    ),
    *(
        "<img src=https://alder.example/i.png alt='a <b>'>",
        "<img src=x onerror=x>",
        "<svg>",
        "<math>",
        "<style>",
        "<!--",
        "-->",
    ),
    *(
        "<span class='mention x'>",
        "<span>",
        "</span>",
        "<br>",
        "<hr>",
        "<object>",
        "<form>",
        "<select>",
        "<script>",
        "</script>",
    ),
    *(
        "\n",
        " ",
        "&amp;",
        "&lt;",
        "&nbsp;",
        "&#x202e;",
        "&",
        "<",
        '"',
        "'",
        "\u0301",
        "\u2067",
        "\u2069",
        "\u1100",
        "\u1161",
    ),
    *(
        "@ana",
        "#fähre",
        "https://example.org",
        "👩",
        "\ud800",
        "\x00",
        "x",
        "<template>",
        "</template>",
        "<plaintext>",
    ),
]
odd_html = st.lists(st.sampled_from(PARTS) | st.text(max_size=2), max_size=25).map("".join)
odd_text = st.text() | odd_html


@given(odd_html)
def test_cleaning_twice_is_the_same_as_once(html: str) -> None:
    once = clean(html)
    assert clean(once) == once
    assert normalise(to_text(once)) == to_text(once)


@given(odd_html)
def test_cleaning_with_a_base_gives_what_cleaning_leaves_alone(html: str) -> None:
    once = clean(html, base="https://alder.example/news/")
    assert clean(once) == once


@given(odd_text)
def test_html_made_from_text_is_what_cleaning_leaves_alone(text: str) -> None:
    made = from_text(text)
    assert clean(made) == made


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "S"])), max_size=8).map(" ".join))
def test_text_made_into_html_and_read_again_is_the_text(text: str) -> None:
    text = " ".join(normalise(text).split())
    assert to_text(from_text(text)) == text


def test_rich_text_stays_and_everything_else_keeps_its_words() -> None:
    assert clean("<p>The <strong>ferry</strong> is <font color=red>late</font><br>again</p>") == (
        "<p>The <strong>ferry</strong> is late<br>again</p>"
    )
    assert clean("<marquee onstart=alert(1)>late</marquee><script>alert(1)</script>") == "late"


def test_links_go_to_the_web_and_to_mail_and_say_what_they_are() -> None:
    assert clean('<a href="https://alder.example/a?b&amp;c" onclick=x>x</a>') == (
        f'<a href="https://alder.example/a?b&amp;c" {REL}>x</a>'
    )
    assert (
        clean('<a href="mailto:ana@alder.example">x</a>') == f'<a href="mailto:ana@alder.example" {REL}>x</a>'
    )


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "/ferry",
        "//example.org/",
        "https:example.org",
        "https://bank.example@example.org/",
        "mailto:",
        "https://example.org/" + "x" * 3000,
        "vbscript:x",
        "",
    ],
)
def test_a_link_that_leads_nowhere_good_keeps_its_words_alone(href: str) -> None:
    assert clean(f'<a href="{href}">words</a>') == "words"


def test_relative_links_lead_somewhere_when_the_base_is_known() -> None:
    html = clean('<a href="../ferry">x</a><a href="javascript:x">y</a>', base="https://alder.example/news/1")
    assert html == f'<a href="https://alder.example/ferry" {REL}>x</a>y'


def test_a_picture_becomes_a_link_in_the_words_of_its_description() -> None:
    assert clean('<img src="https://alder.example/b.jpg" alt="The old bridge">') == (
        f'<a href="https://alder.example/b.jpg" {REL}>The old bridge</a>'
    )
    assert clean('<img src="https://alder.example/old%20b.jpg">').endswith(">old b.jpg</a>")
    assert clean('<a href="https://alder.example/"><img src="https://alder.example/b.jpg" alt="B"></a>') == (
        f'<a href="https://alder.example/" {REL}>B</a>'
    )
    assert clean('x<img src="https://alder.example/t.gif" width=1 height=1>') == "x"
    assert clean('<img src="x.gif" alt="B & <b>">') == "B &amp; &lt;b&gt;"


def test_blocks_of_a_layout_become_paragraphs_and_large_headings_small() -> None:
    assert clean("<h1>News</h1><div>One<div>two</div></div><table><tr><td>3<td>4</table>") == (
        "<h3>News</h3><p>One</p><p>two</p><p>3 4 </p>"
    )


def test_classes_are_those_of_mentions_hashtags_and_shortened_links() -> None:
    assert clean('<span class="mention admin">@ana</span><span class="x">y</span>') == (
        '<span class="mention">@ana</span>y'
    )


def test_what_could_turn_round_the_reading_direction_is_tamed() -> None:
    assert clean("<p>a&#x202e;b&#x2067;c</p>") == "<p>abc\u2067\u2069</p>".replace("bc\u2067", "b\u2067c")


def test_markup_that_parses_differently_the_second_time_is_settled() -> None:
    for html in (
        "<p><object><p>q</p></object></p>",
        "<a href=http://a.example/><table><a href=http://b.example/>x",
    ):
        assert clean(clean(html)) == clean(html)


@pytest.mark.parametrize(
    "tag", ["b", "div", "blockquote", "ul><li", "a href=https://example.org", "p", "b id=1"]
)
def test_a_hundred_thousand_tags_inside_each_other_are_worked_through(tag: str) -> None:
    html = clean(f"<{tag}>" * 100_000 + "words")
    assert html.was_cut
    assert html.count("<") <= 10_000
    assert clean(html) == html


def test_words_in_tags_too_deep_stay() -> None:
    assert to_text(clean("<b>" * 1500 + "words" + "</b>" * 1500 + "<i>" * 1500 + "more")) == "words more"


@pytest.mark.parametrize(
    "html",
    [
        "&" * 1_000_000,
        "<" * 1_000_000,
        "x" * 1_000_000,
        "<a " + " ".join(f"a{n}" for n in range(200_000)),
        "</p>x" * 200_000,
        "<table>" + "</p>x" * 200_000,
        "<table>" + "<br>x" * 200_000,
        "\u0301\u0323" * 300_000,
        "<p>&amp;" * 100_000,
        "&nbsp;" * 200_000,
        "<b><p>" * 100_000,
    ],
    ids=[
        "&",
        "<",
        "x",
        "attributes",
        "</p>",
        "tables",
        "table breaks",
        "marks",
        "<p>&amp;",
        "&nbsp;",
        "<b><p>",
    ],
)
def test_a_million_characters_are_cut_and_worked_through(html: str) -> None:
    safe = clean(html)
    assert len(safe) <= 3 * MAX_TEXT
    assert clean(safe) == safe


def test_a_cut_is_told_and_leaves_nothing_half() -> None:
    safe = clean("x" * 2 * MAX_TEXT + '<a href="https://example.org">')
    assert (len(safe), safe.was_cut) == (MAX_TEXT, True)
    assert clean("é&amp;" * MAX_TEXT).endswith(("é", "&amp;"))
    assert not clean("short").was_cut


def test_plain_text_becomes_paragraphs_with_links() -> None:
    assert from_text("One <b>\ntwo\n\n\nthree & four") == "<p>One &lt;b&gt;<br>two</p><p>three &amp; four</p>"
    assert from_text("") == ""
    assert from_text("Ask @tomasz@alder.example or @ana about #ferry") == (
        f'<p>Ask <a href="https://alder.example/@tomasz" class="mention" {REL}>@tomasz@alder.example</a> or '
        '<span class="mention">@ana</span> about <span class="hashtag">#ferry</span></p>'
    )


def test_a_long_address_is_shown_short_and_copied_whole() -> None:
    address = "https://alder.example/ferry/timetable/summer/weekdays?from=harbour&to=island"
    html = from_text(address)
    assert '<span class="invisible">https://</span><span class="ellipsis">alder.example/ferry' in html
    assert to_text(html) == address


@pytest.mark.parametrize(
    "address", ["https://example.org/?to=http://alder.example", "example.org/?to=http://alder.example"]
)
def test_the_host_is_always_among_what_is_shown(address: str) -> None:
    assert re.sub(r'<span class="invisible">[^<]*</span>|<[^>]*>', "", from_text(address)).startswith(
        "example.org"
    )


def test_who_knows_addresses_better_may_say_so() -> None:
    html = from_text(
        "@ana #ferry https://example.org",
        address_of=lambda entity: f"https://alder.example/{entity.kind}" if entity.kind != "url" else None,
    )
    assert html == (
        f'<p><a href="https://alder.example/mention" class="mention" {REL}>@ana</a> '
        f'<a href="https://alder.example/hashtag" class="hashtag" {REL}>#ferry</a> https://example.org</p>'
    )
    assert "javascript" not in from_text("@ana", address_of=lambda entity: "javascript:alert(1)")


def test_files_and_times_are_no_links_and_sites_are() -> None:
    assert "<a" not in from_text("See report.py at 3.am")
    assert from_text("See example.org").count("<a") == 1
    assert from_text("See alder.co.uk/ferry").count("<a") == 1


def test_a_post_of_a_hundred_thousand_mentions_has_a_bounded_number_of_links() -> None:
    html = from_text("@ana " * 100_000)
    assert html.was_cut
    assert html.count('class="mention"') == 300
    assert clean(html) == html


def test_a_post_of_a_hundred_thousand_lines_stays_a_post() -> None:
    html = from_text("x\n\n" * 50_000)
    assert clean(html) == html
    assert to_text(html).count("x") > 5_000


def test_only_combining_marks_give_nothing() -> None:
    assert from_text("\u0301" * 100_000) == ""


def test_html_reads_as_text() -> None:
    html = (
        "<h1>Ferry</h1><p>Two  lines<br>here</p><ul><li>one</li><li><p>two</p><ol><li>a</li></ol></li></ul>"
        "<blockquote><p>said</p><p>so</p></blockquote><pre>a\n  b</pre><p>See <a href='https://example.org/x'>this</a>, "
        "<a href='https://example.org/'>example.org</a>, <a class=mention href='https://alder.example/@ana'>@ana</a>"
    )
    assert to_text(html) == (
        "Ferry\n\nTwo lines\nhere\n\n- one\n- two\n\n  1. a\n\n> said\n>\n> so\n\na\n  b\n\n"
        "See this (https://example.org/x), example.org, @ana"
    )


def test_text_of_hostile_html_is_bounded() -> None:
    assert len(to_text("<li>" * 300_000)) <= MAX_TEXT
    assert grapheme_length(to_text("<blockquote>" * 1000 + "x")) < 1000


def test_safe_html_is_shown_as_it_is_and_joined_to_text_is_text_again() -> None:
    safe = clean("<b>x</b>")
    assert safe.__html__() == "<b>x</b>"
    assert type(safe + "<i>") is str
    assert type(f"{safe}") is str
    assert isinstance(pickle.loads(pickle.dumps(safe)), SafeHtml)
    assert isinstance(SafeHtml.stored("<b>x</b>"), SafeHtml)


def test_nobody_else_makes_safe_html() -> None:
    """`SafeHtml(…)` by hand, or Django's mark_safe, would get round the one cleaner."""
    sources = [path for path in HOUSE.rglob("*.py") if path.parent.name != "html"]
    assert len(sources) > 5
    makers = [str(path) for path in sources if re.search(r"\bSafeHtml\(|\bnh3\b", path.read_text("utf-8"))]
    assert makers == []


def test_a_page_of_fifty_megabytes_costs_no_more_than_what_is_looked_at() -> None:
    page = "<p>words é</p>" * 3_600_000
    tracemalloc.start()
    try:
        assert clean(page).was_cut
        assert from_text(page).was_cut
        assert tracemalloc.get_traced_memory()[1] < 64 * 2**20
    finally:
        tracemalloc.stop()
