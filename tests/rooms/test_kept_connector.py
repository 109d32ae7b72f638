"""What is kept by hand, as it is handed in: one name for the same words of the same page."""

from __future__ import annotations

import pytest

from colonnade.networks.base import Post, Unreadable
from colonnade.networks.conformance import check
from colonnade.networks.http import Client
from colonnade.networks.kept.connector import KeptConnector, Page, post_of, uri_of

pytestmark = pytest.mark.corpora  # no database: once is enough


def kept() -> KeptConnector:
    return KeptConnector("kept:by-hand", {}, Client())


def test_a_page_is_a_post_of_its_site() -> None:
    post = post_of(Page("https://www.herald.example/a?b=1#c", " The  crane\n", " It fell.\x00 "))
    assert (post.author.address, post.author.name) == ("https://www.herald.example/", "herald.example")
    assert (post.title, post.text, post.url) == (
        "The crane",
        "It fell.",
        "https://www.herald.example/a?b=1#c",
    )
    assert post_of(Page("https://herald.example/")).title == "https://herald.example/"


def test_the_same_words_of_the_same_page_have_one_name() -> None:
    assert uri_of("https://a.example/x#top", "It  fell. ") == uri_of("https://a.example/x", "It fell.")
    assert uri_of("https://a.example/x", "It fell.") != uri_of("https://a.example/x", "")
    assert uri_of("https://a.example/x?y=1", "") != uri_of("https://a.example/x?y=2", "")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "file:///etc/hostname",
        "https://",
        "https://[x",
        f"https://a.example/{'x' * 2000}",
    ],
)
def test_what_has_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        post_of(Page(url, "Title"))


def test_kept_pages_keep_the_promises_of_connectors() -> None:
    good = b'{"url": "https://a.example/x", "title": "The crane", "words": "It fell."}'
    assert check(kept, payloads=[good]) == []
    (post,) = kept().read(good)
    assert isinstance(post, Post)
    (bad,) = kept().read(b'{"url": 7}')
    assert isinstance(bad, Unreadable)
