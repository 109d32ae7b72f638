"""Documents made to break a reader: each ends with posts or with a reason, and costs its neighbours nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from colonnade.networks.base import Edit, Incoming, Post, Unreadable
from colonnade.networks.conformance import GARBAGE
from colonnade.networks.feeds import aside
from colonnade.networks.feeds.connector import FeedConnector
from colonnade.networks.feeds.defuse import defused
from colonnade.networks.feeds.parse import LARGEST, parse
from colonnade.networks.feeds.plain import DEEPEST, depth, plain
from colonnade.networks.http import Client
from colonnade.primitives.text import MAX_TEXT
from tests.rooms.feed_town import ATOM, JSON, item, rss

pytestmark = pytest.mark.corpora  # no database: once is enough
ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "https://harbour.example/feed.xml"
GOOD = item("good", title="The tide table", description="<p>High at nine.</p>")


def read(payload: bytes) -> tuple[Incoming | Unreadable, ...]:
    return FeedConnector(ADDRESS, {}, Client()).read(payload)


def titles(payload: bytes) -> list[str]:
    return [thing.title for thing in read(payload) if isinstance(thing, Post)]


def with_description(text: str) -> bytes:
    return rss(item("bad", description=text), GOOD)


MENTIONS = "".join(
    f'<a class="mention" href="https://e.example/@u{number}">@u{number}</a> ' for number in range(100_000)
)

# Each is a document with one entry that is made to hurt, and one good one that must come through.
BESIDE_A_GOOD_ENTRY: dict[str, bytes] = {
    "elements nested 100,000 deep": rss(item("bad", raw="<a>" * 100_000 + "</a>" * 100_000), GOOD),
    "markup nested 100,000 deep": with_description("<div>" * 100_000 + "x" + "</div>" * 100_000),
    "markup that never closes": with_description("<div>" * 100_000),
    "a mention of 100,000": rss(
        item("bad", title="b", raw=f"<description><![CDATA[{MENTIONS}]]></description>"), GOOD
    ),
    "200,000 opening brackets": with_description("<" * 200_000),
    "200,000 ampersands": with_description("&" * 200_000),
    "comments that never close": with_description("<!--" * 100_000),
    "a style of 200,000 letters": with_description(f'<p style="{"a" * 200_000}">x</p>'),
    "a style of letters beyond ASCII": with_description(f'<p style="{"ä" * 100_000}">x</p>'),
    "an author of 100,000 letters": rss(item("bad", title="b", author="a" * 100_000), GOOD),
    "an author of 100,000 words": rss(item("bad", title="b", author="a@b " * 25_000), GOOD),
    "a million spaces": with_description(" " * 1_000_000),
    "50,000 quotes": with_description('<a href="' * 50_000),
    "100,000 attributes": with_description("<a " + "x=y " * 100_000 + ">"),
    "20,000 categories": rss(item("bad", title="b", raw="<category>x</category>" * 20_000), GOOD),
    "a date of 200,000 digits": rss(item("bad", title="b", pubDate="1" * 200_000), GOOD),
    "a guid of 100,000 letters": rss(item("g" * 100_000, title="b"), GOOD),
    "a link of 100,000 letters": rss(item("bad", link="https://e.example/" + "x" * 100_000), GOOD),
    "a link that is no address": rss(item("bad", title="b", link="http://[::1"), GOOD),
    "a title of 1,000,000 letters": rss(item("bad", title="b " * 500_000), GOOD),
    "only combining marks": rss(item("bad", title="\u0301" * 5000, description="\u0301" * 50_000), GOOD),
    "invisible letters only": rss(item("bad", title="\u200b\u2060" * 50, description="\u00ad" * 500), GOOD),
    "half a pair of surrogates": rss(
        item("bad", title="b", raw="<description>&#xD800;&#55357;</description>"), GOOD
    ),
    "zero bytes": rss(item("bad", title="a\0b", description="\0" * 100), GOOD),
    "bytes that are no UTF-8": rss(item("bad", title="XX"), GOOD).replace(b"XX", b"\xff\xfe\xc0\xaf"),
    "an unknown entity": rss(item("bad", raw="<title>&nosuch;</title>"), GOOD),
    "an end tag too many": rss(item("bad", raw="</b></i>"), GOOD),
    "an attribute without quotes": rss(item("bad", raw="<x y=z>"), GOOD),
    "5,000 items inside one another": rss(GOOD, "<item>" * 5000 + "</item>" * 5000),
    "a base64 text that is none": rss(item("bad", raw='<atom:content type="x/y">!!!</atom:content>'), GOOD),
}


@pytest.mark.parametrize("name", BESIDE_A_GOOD_ENTRY)
def test_one_bad_entry_costs_its_neighbour_nothing(name: str) -> None:
    things = read(BESIDE_A_GOOD_ENTRY[name])
    assert "The tide table" in [thing.title for thing in things if isinstance(thing, Post)]
    for thing in things:
        _is_sane(thing)


@pytest.mark.parametrize("name", GARBAGE)
def test_what_is_no_feed_is_unreadable_with_a_reason(name: str) -> None:
    (thing,) = read(GARBAGE[name])
    assert isinstance(thing, Unreadable)
    assert thing.reason.endswith(".")


@pytest.mark.parametrize(
    "document",
    [
        b"<rss><channel>" + b"<a>" * 100_000,
        b"<feed>" + b"<entry>" * 20_000,
        b"<rss" + b" a='b'" * 100_000 + b"><channel><item><title>x</title></item></channel></rss>",
        b"<!DOCTYPE rss ["
        + b"<!ENTITY a 'b'>" * 2000
        + b"]><rss><channel><title>&a;</title></channel></rss>",
        b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/hostname">]><rss><channel><item><title>&a;</title></item></channel></rss>',
        b"<rss><channel><item>" + b"<![CDATA[" * 50_000,
        b"<rss><channel><item><title>" + b"<!--" * 50_000,
        b"<?xml version='1.0' encoding='no-such'?><rss><channel><item><title>x</title></item></channel></rss>",
        b"<?xml version='1.0' encoding='utf-16'?><rss><channel><item><title>x</title></item></channel></rss>",
        b"<rss><channel>" + b"<item/>" * 50_000,
        "<rss><channel><item><title>x</title></item></channel></rss>".encode("utf-16"),
        "<rss><channel><item><title>x</title></item></channel></rss>".encode("utf-32"),
        JSON.replace(b'"items": [', b'"items": [5, null, "x", [], {"id": {}}, {"url": 5, "authors": [3]}, '),
        JSON.replace(b"Late", b"\\ud83d Late \xff"),
        JSON.replace(b'"id": 7', b'"id": 1e400'),
        JSON.replace(b'"id": 7', b'"id": ' + b"9" * 5000),
    ],
)
def test_odd_documents_end_with_posts_or_a_reason(document: bytes) -> None:
    for thing in read(document):
        _is_sane(thing)


def test_no_file_of_ours_comes_in_through_an_entity() -> None:
    document = b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/hostname">]><rss><channel><item><title>x&a;</title></item></channel></rss>'
    hostname = Path("/etc/hostname").read_text().strip()
    assert all(hostname not in repr(thing) for thing in read(document))


def test_laughs_do_not_multiply() -> None:
    laughs = GARBAGE["entities that multiply"].replace(
        b"<z>&m;</z>", b"<rss><channel><item><title>ha &m;</title></item></channel></rss>"
    )
    for thing in read(laughs):
        _is_sane(thing)
        assert len(repr(thing)) < 10_000


def test_odd_items_of_a_json_feed_cost_the_others_nothing() -> None:
    things = read(JSON.replace(b'"items": [', b'"items": [5, null, "x", '))
    assert [type(thing).__name__ for thing in things] == ["Post", "Post", "Unreadable"]


def test_a_document_of_fifty_megabytes_is_refused() -> None:
    (thing,) = read(b"<rss>" + b"x" * (50 * 1024 * 1024))
    assert isinstance(thing, Unreadable)
    assert str(LARGEST) in thing.reason


def test_texts_are_cut_where_texts_end_everywhere() -> None:
    (post, _) = read(with_description("<p>" + "word " * 60_000 + "</p>"))
    assert isinstance(post, Post)
    assert len(post.text) <= MAX_TEXT
    (post, _) = read(with_description("<p>" + "word " * 300_000 + "</p>"))
    assert isinstance(post, Post)
    assert post.html == ""


# --- the child ---------------------------------------------------------------------------------------------------


def test_the_child_reads_what_the_parser_reads() -> None:
    here = parse(rss(GOOD, item("2", title="Two")), ADDRESS)
    there = aside.parse_aside(
        rss(GOOD, item("2", title="Two")), {"content-type": "application/xml", "content-location": ADDRESS}
    )
    assert there == here


def test_a_document_that_takes_too_long_is_read_entry_by_entry() -> None:
    many = rss(*(item(str(number), title=f"n{number}") for number in range(200)))
    feed = aside.parse_aside(many, {"content-type": "application/xml"}, whole_s=0.001)
    assert [entry.title.value for entry in feed.entries if entry.title] == [
        f"n{number}" for number in range(200)
    ]
    assert feed.title is not None
    assert feed.title.value == "Port Alder Harbour"
    assert not feed.sound
    assert "entry by entry" in feed.problems[0]


def test_an_atom_document_is_salvaged_as_well() -> None:
    feed = aside.parse_aside(ATOM, {"content-type": "application/xml"}, whole_s=0.001)
    assert [entry.id[-1] for entry in feed.entries] == ["1", "2"]


def test_a_parser_that_fails_on_one_entry_loses_that_one_alone() -> None:
    """The child's work, in this process: a parser that fails as feedparser once did, on a link it cannot join."""
    from colonnade.networks.feeds.by_feedparser import parse_xml

    def brittle(body: bytes, headers: object) -> object:
        if b"http://[bad" in body:
            raise ValueError("Invalid IPv6 URL")
        return parse_xml(body, headers)  # type: ignore[arg-type]

    document = rss(GOOD, item("b", link="http://[bad"), item("c", title="Also good"))
    feed = aside.read_within_limits(
        aside.Request(body=document, headers={"content-type": "application/xml"}), brittle
    )  # type: ignore[arg-type]
    assert [entry.title.value for entry in feed.entries if entry.title] == ["The tide table", "Also good"]
    assert "1 of 3" in feed.problems[0]


def test_the_child_knows_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLONNADE_SECRET_KEY", "secret")
    assert all(not name.startswith("COLONNADE_") for name in aside.child_environment())


def test_memory_grows_by_little_while_bad_documents_pass_and_good_ones_follow() -> None:
    """In a process of its own, so that only its memory counts: at most 64 MiB above what a good feed takes."""
    script = f"""
import re, sys
sys.path[:0] = {[str(ROOT)]!r}
from tests.rooms.test_feeds_bad_input import BESIDE_A_GOOD_ENTRY, read, titles, rss, GOOD
from colonnade.networks.conformance import GARBAGE
documents = [*GARBAGE.values(), *BESIDE_A_GOOD_ENTRY.values(), b"<rss>" + b"x" * 1000]
titles(rss(GOOD))
most = lambda: int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
before = most()
for document in documents:
    read(document)
    assert titles(rss(GOOD)) == ["The tide table"]
print(most() - before)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    grown = int(done.stdout.strip())
    assert grown < 64 * 1024, f"{grown} KiB"


# --- the parts -------------------------------------------------------------------------------------------------------


def test_defusing_leaves_ordinary_documents_alone() -> None:
    for document in (
        ATOM,
        JSON,
        rss(GOOD),
        rss(item("1", description='<p style="color:red">x</p><!-- a -->')),
    ):
        assert defused(document) == document


def test_defusing_takes_comments_out_and_leaves_what_is_between() -> None:
    body = b"<!-- wp:p -->one<!-- /wp:p -->" * 300
    assert defused(body) == b"one" * 300
    escaped = body.replace(b"<", b"&lt;").replace(b">", b"&gt;")
    assert defused(escaped) == b"one" * 300


@given(some.text(max_size=200) | some.text(alphabet="<>/!-&;\"'ab =#x", max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_markup_becomes_text_without_tags(markup: str) -> None:
    text = plain(markup)
    assert text == text.strip()
    assert depth(markup) <= markup.count("<")


@given(some.binary(max_size=300), some.integers(0, 3000))
@settings(max_examples=100, deadline=None)
def test_any_damage_to_a_feed_ends_with_posts_or_a_reason(noise: bytes, at: int) -> None:
    for good in (ATOM, JSON, rss(GOOD)):
        at = at % len(good)
        for thing in read(good[:at] + noise + good[at:]):
            _is_sane(thing)


def _is_sane(thing: Incoming | Unreadable) -> None:
    assert isinstance(thing, Post | Edit | Unreadable)
    repr(thing).encode()
    if isinstance(thing, Post):
        for text in (
            thing.uri,
            thing.text,
            thing.title,
            thing.html,
            thing.author.address,
            thing.author.name,
            *thing.tags,
        ):
            text.encode()
            assert "\0" not in text
        assert thing.uri
        assert len(thing.uri) <= 3000
        assert len(thing.text) <= MAX_TEXT
        assert len(thing.title) <= 1000
        assert thing.author.address
        assert depth(thing.html) <= DEEPEST


def test_a_large_feed_is_read_whole() -> None:
    big = rss(*(item(str(number), title="x", description="y " * 2000) for number in range(400)))
    assert len(titles(big)) == 400
