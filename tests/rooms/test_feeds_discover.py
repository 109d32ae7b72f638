"""From what people paste to the feeds behind it."""

from __future__ import annotations

import pytest

from colonnade.networks.base import NetworkError
from colonnade.networks.feeds import opml
from colonnade.networks.feeds.discover import Found, discover
from colonnade.networks.http import Client, Limits
from tests.rooms.feed_town import ATOM, JSON, item, rss
from tests.rooms.loopback import Loopback, pages, serving

pytestmark = pytest.mark.corpora  # no database: once is enough

RSS = rss(item("1", title="One"))
Table = dict[str, tuple[int, dict[str, str], bytes]]


def page(inside: str = "", head: str = "") -> tuple[int, dict[str, str], bytes]:
    body = f"<!doctype html><html><head><title>Harbour</title>{head}</head><body>{inside}</body></html>"
    return (200, {"content-type": "text/html; charset=utf-8"}, body.encode())


def found(table: Table, path: str = "/") -> tuple[list[Found], Loopback]:
    with serving(pages(table)) as server:
        return discover(Client(allowed_private_hosts=["localhost"]), server.url(path)), server


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [(RSS, "rss", "Port Alder Harbour"), (ATOM, "atom", "The mayor writes"), (JSON, "json", "Ferry times")],
)
def test_an_address_may_be_a_feed_itself(body: bytes, kind: str, title: str) -> None:
    (only,), server = found({"/f": (200, {}, body)}, "/f")
    assert (only.url, only.kind, only.title) == (server.url("/f"), kind, title)
    assert len(server.requests) == 1


def test_an_address_may_be_a_list_of_feeds() -> None:
    lists = opml.write([opml.Outline(feed_url="https://a.example/f", title="A")], title="Our lists")
    (only,), _ = found({"/l": (200, {}, lists)}, "/l")
    assert (only.kind, only.title) == ("opml", "Our lists")


def test_a_page_tells_its_feeds_in_its_own_order_and_relative_to_its_base() -> None:
    head = """
      <base href="/blog/">
      <link rel="alternate" type="application/rss+xml" title=" All   posts " href="feed.xml">
      <LINK REL="ALTERNATE" TYPE="application/atom+xml; charset=utf-8" HREF="https://elsewhere.example/atom">
      <link rel="alternate" type="application/feed+json" href="/feed.json#top">
      <link rel="alternate" hreflang="de" href="/de">
      <link rel="stylesheet" type="text/css" href="/x.css">
      <link rel="alternate" type="application/rss+xml" href="feed.xml">
      <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
      <link rel="alternate" type="application/rss+xml" href="http://[::1">
    """
    feeds, server = found({"/": page(head=head)})
    assert [(each.url, each.kind, each.title) for each in feeds] == [
        (server.url("/blog/feed.xml"), "rss", "All posts"),
        ("https://elsewhere.example/atom", "atom", ""),
        (server.url("/feed.json"), "json", ""),
    ]
    assert len(server.requests) == 1


def test_links_that_look_like_feeds_are_tried_and_only_feeds_given() -> None:
    links = '<a href="/about">About</a><a href="/rss/news">News</a><a href="/not-a.xml">Map</a><a href="/rss/news">again</a>'
    feeds, server = found(
        {"/": page(links), "/rss/news": (200, {}, RSS), "/not-a.xml": (200, {}, b"<urlset/>")}
    )
    assert [each.url for each in feeds] == [server.url("/rss/news")]


def test_a_few_usual_paths_are_tried() -> None:
    feeds, server = found({"/": page(), "/atom.xml": (200, {}, ATOM)})
    assert [(each.url, each.kind) for each in feeds] == [(server.url("/atom.xml"), "atom")]


def test_no_page_makes_us_fetch_more_than_eleven_times() -> None:
    links = "".join(f'<a href="/feed/{number}.xml">x</a>' for number in range(500))
    feeds, server = found({"/": page(links)})
    assert feeds == []
    assert len(server.requests) <= 11


def test_a_redirected_address_is_given_where_it_ends() -> None:
    feeds, server = found({"/old": (301, {"location": "/new"}, b""), "/new": (200, {}, RSS)}, "/old")
    assert feeds[0].url == server.url("/new")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0" * 1000,
        b"<" * 100_000,
        b"<div>" * 200_000,
        b"<html>" + b"<link rel=alternate type=application/rss+xml href=/x>" * 50_000,
        b"{}",
        b"\xff\xfe\x00",
        b"<!--" * 100_000,
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_no_page_breaks_the_search(body: bytes) -> None:
    feeds, _ = found({"/": (200, {"content-type": "text/html; charset=no-such"}, body)})
    assert len(feeds) <= 30


def test_an_address_that_cannot_be_fetched_says_so() -> None:
    http = Client(allowed_private_hosts=["localhost"])
    for url in ("http://localhost:9/", "", "not an address", "ftp://a.example/", "http://127.0.0.1/"):
        with pytest.raises(NetworkError):
            discover(http, url)


@pytest.mark.parametrize("prefix", ["{0}", "feed:http://{0}", "http://{0}"])
def test_people_write_addresses_in_several_ways(prefix: str) -> None:
    """A bare name is asked over https, which this server doesn't speak: so only the asking is seen."""
    with serving(pages({"/": (200, {}, RSS)})) as server:
        http = Client(allowed_private_hosts=["localhost"], limits=Limits(connect_s=0.5))
        url = prefix.format(f"localhost:{server.port}")
        if prefix == "{0}":
            with pytest.raises(NetworkError):
                discover(http, url)
            assert server.connections == 1
        else:
            assert discover(http, url)[0].kind == "rss"
