"""Names on networks that a page links to: read out of that page alone."""

from __future__ import annotations

import pytest

from colonnade.networks.feeds.discover import page_of
from colonnade.networks.http import Response
from colonnade.networks.profiles import MOST_PROFILES, profile_at, profiles, title_of

pytestmark = pytest.mark.corpora

CHANNEL = "UC" + "a1_-" * 5 + "bc"


def read(inside: str) -> list[tuple[str, str, bool]]:
    return [(one.network, one.address, one.me) for one in profiles(tree(inside), "https://ferry.example/")]


def tree(inside: str) -> object:
    body = f"<!doctype html><html><head><title> The  ferry </title></head><body>{inside}</body></html>"
    return page_of(Response(status=200, url="https://ferry.example/", headers={}, body=body.encode()))


@pytest.mark.parametrize(
    ("url", "network", "address", "feed"),
    [
        ("https://social.example/@ferry", "Mastodon", "@ferry@social.example", "https://social.example/@ferry.rss"),
        ("https://social.example/users/ferry", "Mastodon", "@ferry@social.example",
         "https://social.example/@ferry.rss"),
        ("https://bsky.app/profile/ferry.example", "Bluesky", "@ferry.example",
         "https://bsky.app/profile/ferry.example/rss"),
        ("https://www.youtube.com/@ferry", "YouTube", "@ferry", ""),
        (f"https://youtube.com/channel/{CHANNEL}", "YouTube", CHANNEL,
         f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"),
        ("https://x.com/ferry?lang=en", "X", "@ferry", ""),
        ("https://twitter.com/ferry/", "X", "@ferry", ""),
        ("https://www.instagram.com/ferry_line/", "Instagram", "@ferry_line", ""),
        ("https://de.linkedin.com/company/ferry-line", "LinkedIn", "ferry-line", ""),
        ("https://www.reddit.com/r/ferries", "Reddit", "r/ferries", "https://www.reddit.com/r/ferries/.rss"),
    ],
)  # fmt: skip
def test_an_address_says_whose_page_it_is(url: str, network: str, address: str, feed: str) -> None:
    found = profile_at(url)
    assert found is not None
    assert (found.network, found.address, found.feed) == (network, address, feed)


@pytest.mark.parametrize(
    "url",
    [
        "https://twitter.com/intent/tweet?text=a",
        "https://twitter.com/share",
        "https://x.com/ferry/status/1",
        "https://www.facebook.com/sharer/sharer.php?u=a",
        "https://www.facebook.com/sharer.php",
        "https://www.instagram.com/p/abc",
        "https://www.youtube.com/watch?v=abc",
        "https://bsky.app/intent/compose",
        "https://social.example/@ferry/112",
        "https://social.example/about",
        "https://localhost/@ferry",
        "mailto:desk@ferry.example",
        "https://",
    ],
)
def test_what_is_nobodys_page_is_none(url: str) -> None:
    assert profile_at(url) is None


def test_a_page_that_says_me_comes_first_and_each_name_once() -> None:
    assert read(
        """
        <a href="https://x.com/ferry">X</a> <a href="https://twitter.com/Ferry">again</a>
        <a href="//social.example/@ferry">Mastodon</a>
        <link rel="me" href="https://social.example/@ferry">
        <a rel="ME nofollow" href="https://bsky.app/profile/ferry.example">Bluesky</a>
        <a href="javascript:alert(1)">no</a> <a href="http://[::1">no</a> <a>no</a>
        <meta name="fediverse:creator" content="@captain@boats.example">
        """
    ) == [
        ("Mastodon", "@ferry@social.example", True),
        ("Bluesky", "@ferry.example", True),
        ("X", "@ferry", False),
        ("Mastodon", "@captain@boats.example", False),
    ]


def test_a_page_full_of_links_gives_a_few() -> None:
    links = "".join(f'<a href="https://social.example/@a{number}">a</a>' for number in range(6000))
    assert len(read(links)) == MOST_PROFILES


def test_a_page_says_what_it_is_called() -> None:
    assert title_of(tree("")) == "The ferry"
