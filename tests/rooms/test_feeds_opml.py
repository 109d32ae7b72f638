"""Lists of feeds: what is written is read back, and what others wrote badly is read as far as it goes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from lxml import etree

from colonnade.networks.conformance import GARBAGE
from colonnade.networks.feeds.opml import MOST_OUTLINES, Outline, read, write
from colonnade.primitives import clock

pytestmark = pytest.mark.corpora  # no database: once is enough

_words = (
    some.text(
        alphabet=some.characters(
            codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"
        ),
        min_size=1,
        max_size=60,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
_paths = some.text(alphabet="abcXYZ019-_.~/?&=%+,;'()!*@:", max_size=60)
_urls = some.builds(
    "https://{}.example/{}".format, some.sampled_from(["a", "harbour", "xn--bcher-kva"]), _paths
)
_outlines = some.builds(
    Outline,
    feed_url=_urls,
    title=_words,
    page_url=_urls | some.just(""),
    folder=some.lists(_words, max_size=4).map(tuple),
)


@given(
    some.lists(_outlines, max_size=30, unique_by=lambda each: (each.feed_url, each.folder)),
    _words | some.just(""),
)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_back(outlines: list[Outline], title: str) -> None:
    with clock.stopped_at(clock.now()):  # a list says when it was written
        back = read(write(outlines, title))
        assert back.title == title
        assert sorted(back.outlines, key=repr) == sorted(outlines, key=repr)
        assert write(back.outlines, title) == write(read(write(back.outlines, title)).outlines, title)


@given(some.text(max_size=80), some.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_whatever_a_title_holds_the_file_is_well_formed(title: str, folder: str) -> None:
    written = write([Outline(feed_url="https://a.example/f", title=title, folder=(folder,))], title)
    etree.fromstring(written)
    (outline,) = read(written).outlines
    assert outline.feed_url == "https://a.example/f"


def opml(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><head><title>T</title></head><body>{body}</body></opml>'.encode()


def test_folders_become_paths_and_names_are_read_in_any_case() -> None:
    found = read(
        opml(
            '<outline text="City"><outline text="Water"><outline type="rss" text="Ferry" XMLURL="https://a.example/1"'
            ' htmlurl="https://a.example/"/></outline><outline title="Bridge" xmlUrl="feed://a.example/2"/></outline>'
        )
    )
    assert found.problems == ()
    assert [(each.title, each.feed_url, each.page_url, each.folder) for each in found.outlines] == [
        ("Ferry", "https://a.example/1", "https://a.example/", ("City", "Water")),
        ("Bridge", "https://a.example/2", "", ("City",)),
    ]


def test_a_feed_twice_in_a_folder_is_one_and_in_two_folders_two() -> None:
    one = '<outline text="A" xmlUrl="https://a.example/1"/>'
    assert len(read(opml(f'{one}{one}<outline text="F">{one}</outline>')).outlines) == 2


@pytest.mark.parametrize(
    ("attribute", "title"),
    [
        ('text="Ships & tides"', "Ships & tides"),
        ('text="Caf&eacute; &nbsp;am Hafen"', "Café am Hafen"),
        ('text="The "old" bridge"', 'The "old" bridge'),
        ('text="A" description="<a href="https://b.example/">b</a> said "x""', "A"),
        ('text="A < B"', "A < B"),
    ],
)
def test_what_is_not_escaped_is_mended_and_told(attribute: str, title: str) -> None:
    found = read(opml(f'<outline {attribute} xmlUrl="https://a.example/f?a=1&b=2" type="rss" />'))
    assert [(each.title, each.feed_url) for each in found.outlines] == [
        (title, "https://a.example/f?a=1&b=2")
    ]
    assert len(found.problems) == 1


def test_missing_end_tags_and_a_cut_file_give_what_is_there() -> None:
    whole = opml(
        '<outline text="A" xmlUrl="https://a.example/1"/><outline text="B" xmlUrl="https://a.example/2"/>'
    )
    assert len(read(whole[:-15]).outlines) == 2
    assert len(read(whole[:140]).outlines) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_encodings_are_understood(encoding: str) -> None:
    declared = {"latin-1": "iso-8859-1"}.get(encoding, encoding.removesuffix("-sig"))
    text = f'<?xml version="1.0" encoding="{declared}"?><opml><body><outline text="Möwe" xmlUrl="https://a.example/1"/></body></opml>'
    assert [each.title for each in read(text.encode(encoding)).outlines] == ["Möwe"]


def test_an_address_that_is_none_is_left_out_and_told() -> None:
    found = read(
        opml('<outline text="Bad" xmlUrl="javascript:x"/><outline text="Good" xmlUrl="https://a.example/1"/>')
    )
    assert [each.title for each in found.outlines] == ["Good"]
    assert found.problems == ("Bad has no address that could be a feed's.",)


def test_a_list_of_a_million_feeds_ends() -> None:
    many = "".join(
        f'<outline text="x" xmlUrl="https://a.example/{number}"/>' for number in range(MOST_OUTLINES + 500)
    )
    found = read(opml(many))
    assert len(found.outlines) == MOST_OUTLINES
    assert "500" in found.problems[-1]


@pytest.mark.parametrize("name", GARBAGE)
def test_what_is_no_list_says_so(name: str) -> None:
    found = read(GARBAGE[name])
    assert found.outlines == ()
    assert found.problems


@pytest.mark.parametrize(
    "body",
    [
        b"<opml>" + b"<outline text='a'>" * 100_000,
        b"<opml><body>" + b"<outline text='a'>" * 10_000 + b"</outline>" * 10_000 + b"</body></opml>",
        b'<opml><body><outline text="' + b"&" * 500_000,
        b'<opml><body><outline text="' + b'"' * 500_000,
        b"<opml>" + b"<!DOCTYPE [" * 20_000,
        b"<opml>" + b"<!--" * 100_000,
        b"<!DOCTYPE opml [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><opml><body><outline text='&a;' xmlUrl='https://a.example/'/></body></opml>",
        b"<opml " + b"x='y' " * 100_000 + b"/>",
    ],
)
def test_no_list_breaks_the_reader(body: bytes) -> None:
    found = read(body)
    assert len(found.outlines) <= 1
    assert len(found.problems) <= 50


@given(some.binary(max_size=200), some.integers(0, 1000))
@settings(max_examples=200, deadline=None)
def test_any_damage_ends_with_a_list(noise: bytes, at: int) -> None:
    whole = opml('<outline text="A"><outline text="B" xmlUrl="https://a.example/1"/></outline>')
    read(whole[: at % len(whole)] + noise + whole[at % len(whole) :])
