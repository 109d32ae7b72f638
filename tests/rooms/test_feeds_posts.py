"""What becomes of a feed's entries: names, authors, words, times, files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from colonnade.networks.base import Incoming, Post, Unreadable
from colonnade.networks.feeds.connector import FeedConnector
from colonnade.networks.http import Client
from colonnade.primitives.clock import stopped_at
from tests.rooms.feed_town import ATOM, JSON, item, rss

pytestmark = pytest.mark.corpora  # no database: once is enough

ADDRESS = "https://harbour.example/feed.xml"


def read(payload: bytes, address: str = ADDRESS) -> tuple[Incoming | Unreadable, ...]:
    return FeedConnector(address, {}, Client()).read(payload)


def posts(payload: bytes, address: str = ADDRESS) -> list[Post]:
    return [thing for thing in read(payload, address) if isinstance(thing, Post)]


def test_an_atom_entry_becomes_a_post_with_everything_it_says() -> None:
    first, second = posts(ATOM)
    assert first.uri == "tag:port-alder.example,2026:mayor/1"
    assert first.url == "https://port-alder.example/mayor/1"
    assert first.title == "The bridge opens"
    assert first.text == "From nine o'clock.\n\nSee you."
    assert first.html == "<p>From <b>nine</b> o'clock.</p><p>See you.</p>"
    assert first.published == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    assert first.lang == "en-GB"
    assert first.tags == ("bridge", "ferry")
    assert [(each.url, each.media_type, each.size) for each in first.media] == [
        ("https://port-alder.example/bridge.jpg", "image/jpeg", 4096)
    ]
    assert (first.author.network, first.author.name) == ("web", "Ines")
    assert first.author.address == first.author.url == "https://port-alder.example/people/ines"
    assert second.reply_to == first.uri
    assert (second.author.address, second.author.name) == ("press@port-alder.example", "Tomasz")
    assert (second.text, second.html) == ("Only words, with < and & in them.", "")


def test_json_feed_is_read_in_both_versions() -> None:
    first, second = posts(JSON, "https://ferry.example/feed.json")
    assert first.uri == "https://ferry.example/feed.json#7"
    assert (first.text, first.html, first.lang) == ("Late by nine minutes.", "", "en")
    assert first.published == datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
    assert first.author.address == "https://ferry.example/about"
    assert (second.uri, second.title, second.text) == ("https://ferry.example/8", "Timetable", "New times")
    assert (second.media[0].media_type, second.media[0].size) == ("application/pdf", 12_000)
    old = (
        JSON.replace(b"version/1.1", b"version/1")
        .replace(b'"authors": [{', b'"author": {')
        .replace(b'about"}]', b'about"}')
    )
    assert posts(old, "https://ferry.example/feed.json")[0].author.name == "The ferry"


@pytest.mark.parametrize(
    ("document", "title"),
    [
        (
            b'<rss version="0.91"><channel><title>t</title><item><title>one</title></item></channel></rss>',
            "one",
        ),
        (
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
            b'<channel rdf:about="x"><title>t</title></channel><item rdf:about="y"><title>two</title></item></rdf:RDF>',
            "two",
        ),
        (
            b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>three</title></entry></feed>',
            "three",
        ),
        (
            b'<CHANNEL><TITLE>t</TITLE><ITEM HREF="http://a.example/"><TITLE>four</TITLE></ITEM></CHANNEL>',
            "four",
        ),
    ],
    ids=["RSS 0.91", "RDF", "Atom 0.3", "CDF"],
)
def test_older_formats_are_read(document: bytes, title: str) -> None:
    assert [post.title for post in posts(document)] == [title]


def test_a_number_as_guid_gets_a_name_that_is_one_in_the_world() -> None:
    (post,) = posts(rss(item("12", title="Tide")))
    assert post.uri == f"{ADDRESS}#12"


def test_an_entry_without_guid_is_named_by_its_link_and_without_link_by_its_words() -> None:
    same = "https://harbour.example/log"
    named = posts(
        rss(
            item(title="One", link="https://harbour.example/1"),
            item(title="Two", link=same),
            item(title="Three", link=same),
            item(title="Four"),
        )
    )
    assert named[0].uri == "https://harbour.example/1"
    assert len({post.uri for post in named}) == 4
    assert all(post.uri.startswith(f"{ADDRESS}#") for post in named[1:])


def test_the_same_entry_twice_in_a_document_is_one_post() -> None:
    assert len(posts(rss(item("1", title="a"), item("1", title="a"), item("2", title="b")))) == 2


def test_an_author_without_address_is_named_under_the_feeds_page_and_a_feed_speaks_for_itself() -> None:
    one, two = posts(
        rss(item("1", title="a", raw="<dc:creator>Ana &amp; Lea</dc:creator>"), item("2", title="b"))
    )
    assert one.author.address == "https://harbour.example/#Ana%20%26%20Lea"
    assert one.author.name == "Ana & Lea"
    assert (two.author.address, two.author.name) == ("https://harbour.example/", "Port Alder Harbour")


def test_the_fuller_of_summary_and_content_is_kept() -> None:
    content = "<content:encoded><![CDATA[<p>The whole <i>story</i></p>]]></content:encoded>"
    (post,) = posts(rss(item("1", title="a", description="Short", raw=content)))
    assert post.text == "The whole story"
    assert "<i>story</i>" in post.html


def test_a_post_may_be_a_picture_alone() -> None:
    (post,) = posts(rss(item("1", description='<img src="https://harbour.example/fog.jpg">')))
    assert post.text == ""
    assert "fog.jpg" in post.html


def test_relative_addresses_become_absolute() -> None:
    (post,) = posts(rss(item("1", title="a", link="/tide", description='<a href="/x">y</a>')))
    assert post.url == "https://harbour.example/tide"
    assert "https://harbour.example/x" in post.html


def test_a_time_in_the_future_is_now_and_one_that_makes_no_sense_is_none() -> None:
    moment = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
    dates = {
        "Mon, 04 May 2026 08:00:00 GMT": datetime(2026, 5, 4, 8, 0, tzinfo=UTC),
        "Mon, 04 May 2037 08:00:00 GMT": moment,
        "Fri, 31 Dec 9999 23:59:59 GMT": None,
        "9999-12-31T23:59:59-12:00": None,
        "0000-00-00T00:00:00Z": None,
        "0001-01-01T00:00:00+14:00": None,
        "Sat, 00 Jan 0000 00:00:00 +0000": None,
        "yesterday": None,
        "1" * 5000: None,
    }
    with stopped_at(moment):
        found = posts(rss(*(item(str(number), title="a", pubDate=date) for number, date in enumerate(dates))))
    assert len(found) == len(dates)
    for post, expected in zip(found, dates.values(), strict=True):
        assert post.published is None or post.published <= moment
        if expected is not None:
            assert post.published == expected


def test_media_are_web_addresses_each_once_and_not_without_end() -> None:
    files = "".join(
        f'<enclosure url="https://harbour.example/{number}.mp3" length="x" type="Audio/MPEG"/>'
        for number in range(100)
    )
    bad = '<enclosure url="javascript:alert(1)" type="text/html"/><enclosure url="https://harbour.example/0.mp3"/>'
    (post,) = posts(rss(item("1", title="a", raw=bad + files)))
    assert len(post.media) == 32
    assert len({each.url for each in post.media}) == 32
    assert all(each.url.startswith("https://") for each in post.media)


def test_scripts_and_styles_are_no_text() -> None:
    (post,) = posts(
        rss(
            item(
                "1", description="<style>p{}</style><script>alert(1)</script><p>Seen<br>here</p><!-- not -->"
            )
        )
    )
    assert post.text == "Seen\nhere"
