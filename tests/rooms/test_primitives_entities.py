from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.primitives.entities import (
    Dialect,
    cashtags,
    entities,
    hashtags,
    is_top_level,
    mentions,
    replied_to,
    urls,
)

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

PARTS = [
    *(
        "@",
        "＠",
        "#",
        "＃",
        "$",
        "ana",
        "Lea_7",
        "alder.example",
        "example.org",
        "http://",
        "HTTPS://",
        "://",
        ".",
        "-",
    ),
    *(
        "/",
        "?",
        "(",
        ")",
        "[",
        "]",
        "_",
        ":",
        ",",
        " ",
        "\n",
        "é",
        "の",
        "みんな",
        "한국",
        "rt",
        "co",
        "t.co/",
        "xn--",
        "1",
    ),
    *("\u202a", "\u200d", "\ufe0f", "\u0301", "👩", "\U00020021", "۳", "+", "=", "&", "'", "–"),
]
odd_text = st.lists(st.sampled_from(PARTS) | st.text(max_size=2), max_size=30).map("".join)


@given(odd_text, st.sampled_from(Dialect))
def test_entities_lie_inside_the_text_in_order_and_apart(text: str, dialect: Dialect) -> None:
    found = entities(text, dialect)
    ends = [0, *(entity.end for entity in found)]
    assert all(end <= entity.start < entity.end for end, entity in zip(ends, found, strict=False))
    assert ends[-1] <= len(text)


@given(odd_text)
def test_what_is_found_says_what_is_written(text: str) -> None:
    for entity in entities(text):
        written = text[entity.start : entity.end]
        if entity.kind == "url":
            assert entity.value == (f"https://{written}" if entity.bare else written)
        else:
            assert written[1:].startswith(entity.value)
        assert not any(letter.isspace() for letter in written)


def test_a_mention_may_name_its_server() -> None:
    text = "Ask @tomasz@alder.example, @ines.mayor and @lea!"
    assert [(one.value, one.host) for one in mentions(text)] == [
        ("tomasz", "alder.example"),
        ("ines.mayor", ""),
        ("lea", ""),
    ]
    assert text[4:25] == "@tomasz@alder.example"
    assert [(one.start, one.end) for one in mentions(text)] == [(4, 25), (27, 38), (43, 47)]


def test_a_server_may_have_a_name_of_its_own_or_in_another_script() -> None:
    assert mentions("@ana@intranet.lan")[0].host == "intranet.lan"
    assert mentions("@ana@ドメイン.みんなです")[0].host == "ドメイン.みんな"


@pytest.mark.parametrize(
    "text",
    [
        "ana@alder.example",
        "see /@ana",
        "https://alder.example/@ana",
        "@ana@",
        "@",
        "a=@ana",
        "é@ana",
        "@anaé",
    ],
)
def test_what_only_looks_like_a_mention_is_none(text: str) -> None:
    assert [one for one in entities(text) if one.kind == "mention"] == []


def test_a_handle_of_the_at_protocol_is_a_host() -> None:
    assert [one.value for one in mentions("@Lea.Alder.example.org. @lea", Dialect.ATPROTO)] == [
        "lea.alder.example.org"
    ]


def test_a_text_that_begins_with_a_mention_answers_it() -> None:
    answered = replied_to(" @ana thank you @lea")
    assert answered is not None
    assert (answered.value, answered.start, answered.end) == ("ana", 1, 5)
    assert replied_to("thank you @ana") is None


def test_an_address_ends_before_the_sentence_does() -> None:
    text = "See (https://alder.example/ferry?day=1#times), then https://alder.example/a_(b)."
    assert [one.value for one in urls(text)] == [
        "https://alder.example/ferry?day=1#times",
        "https://alder.example/a_(b)",
    ]
    assert urls("http://intranet.lan:8080/x")[0].host == "intranet.lan"


def test_an_address_without_a_scheme_is_given_one() -> None:
    (found,) = urls("on www.example.org/ferry today")
    assert (found.value, found.bare) == ("https://www.example.org/ferry", True)


@pytest.mark.parametrize(
    "text",
    [
        "ana@example.org",
        "file.txt",
        "1.2.3",
        "e.g.",
        "http://localhost/",
        "http://a..org",
        "x://example.org",
        "javascript://x",
        "http://user@example.org/",
        "http://user:word@example.org/",
        "ftp://example.org/",
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert urls(text) == []


def test_hashtags_of_any_script_are_found_and_numbers_are_none() -> None:
    assert [one.value for one in hashtags("#Fähre #橋 #महात्मा #2026 #_ &#39; a#b")] == [
        "Fähre",
        "橋",
        "महात्मा",
    ]


def test_cashtags_need_room_before_them() -> None:
    assert [one.value for one in cashtags("$HARB and $HARB.AX, not US$HARB or $100")] == ["HARB", "HARB.AX"]


def test_top_level_domains_are_known_in_both_spellings() -> None:
    assert is_top_level("ORG")
    assert is_top_level("みんな")
    assert is_top_level("xn--q9jyb4c")
    assert not is_top_level("xn--\u3042")
    assert not is_top_level("bz2")


HOSTILE = {
    "mentions": ("@ana " * 100_000, 100_000),
    "mentions of servers": ("@ana@alder.example " * 20_000, 20_000),
    "signs": ("@" * 100_000, 0),
    "hashtags": ("#ferry " * 20_000, 20_000),
    "hash signs": ("#" * 100_000, 0),
    "numbers": ("#" + "1" * 100_000, 0),
    "dots": ("a." * 50_000, 0),
    "labels that end as domains do": ("co.uk." * 20_000, 0),
    "name of dots": ("@" + "a." * 50_000, 0),
    "open brackets": ("http://example.org/" + "(" * 100_000, 1),
    "brackets": ("http://example.org/" + "()" * 50_000, 1),
    "trailing dots": ("http://example.org/a" + "." * 100_000, 1),
    "schemes": ("http://" * 20_000, 0),
    "addresses": ("http://example.org " * 10_000, 10_000),
    "another script": ("http://example.org" + "の" * 100_000, 1),
    "another script in labels": ("http://" + "の." * 50_000, 0),
    "dollars": ("$A" * 50_000, 1),
    "rt": ("rt:@" * 30_000, 29_999),
    "two scripts in turn": ("a.の" * 30_000, 0),
    "two scripts and servers": ("@a@a.の" * 20_000, 0),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hundred_thousand_of_a_kind_are_worked_through(name: str) -> None:
    """In linear time: quadratic work on these would keep the run for minutes to hours."""
    text, number = HOSTILE[name]
    assert len(entities(text)) == number
