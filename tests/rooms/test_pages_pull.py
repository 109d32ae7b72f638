"""Visits to a page that is watched: what is news, what is noise, and what is said of a page on which nothing can be read."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.networks.base import Batch, Post, Refused, SignInNeeded, TryLater
from colonnade.networks.conformance import check
from colonnade.networks.http import Client
from colonnade.networks.pages.connector import PageConnector
from colonnade.networks.pages.difference import difference, key
from colonnade.networks.pages.memory import FLIPS_LAST_S
from colonnade.primitives.clock import stopped_at
from tests.rooms.loopback import Loopback, Request, reply, serving

pytestmark = pytest.mark.corpora  # no database: once is enough

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
FERRY = "<p>The ferry leaves at nine from the old harbour.</p>"
TOLL = "<p>Crossing the bridge costs two crowns for cars.</p>"


def page(*parts: str, lang: str = "en", title: str = "Harbour office") -> bytes:
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{title}</title><style>p {{}}</style></head><body>'
        f"<nav><a href='/'>Home</a> <a href='/news'>News of today</a></nav><main>{''.join(parts)}</main>"
        f"<footer>Port Alder, all rights reserved</footer><script>let visits = 7;</script></body></html>"
    ).encode()


class Site:
    """One page on a real server, which a test changes."""

    def __init__(self, server: Loopback) -> None:
        self.server = server
        self.body, self.status = page(FERRY, TOLL), 200
        self.headers: dict[str, str] = {"content-type": "text/html; charset=utf-8"}
        self.http = Client(allowed_private_hosts=["localhost"])
        self.cursor: dict[str, object] = {}

    def answer(self, request: Request, connection: socket.socket) -> None:
        known = request.headers.get("if-none-match")
        unchanged = known is not None and known == self.headers.get("etag")
        reply(connection, b"" if unchanged else self.body, 304 if unchanged else self.status, self.headers)

    def connector(self, fragment: str = "") -> PageConnector:
        return PageConnector(self.server.url("/office") + fragment, {}, self.http)

    def look(self, *parts: str, fragment: str = "", **about: str) -> str:
        """The next visit, as after a restart; what it tells, "" for nothing."""
        if parts:
            self.body = page(*parts, **about)
        batch = self.connector(fragment).pull(json.loads(json.dumps(self.cursor)))
        self.cursor = dict(batch.cursor)
        return "\n".join(f"{post.title}\n{post.text}" for post in posts(batch))


def posts(batch: Batch) -> list[Post]:
    return [thing for item in batch.items for thing in item.read if isinstance(thing, Post)]


@pytest.fixture
def site() -> Iterator[Site]:
    made: list[Site] = []
    with serving(lambda request, connection: made[0].answer(request, connection)) as server:
        made.append(Site(server))
        yield made[0]


# --- news -----------------------------------------------------------------------------------------------------------


def test_the_first_look_says_nothing_and_the_next_difference_becomes_a_post(site: Site) -> None:
    first = site.connector().pull({})
    assert (posts(first), first.title) == ([], "Harbour office")
    site.body = page(FERRY, "<h2>Storm</h2>", "<p>All boats stay in the harbour tonight.</p>")
    second = site.connector().pull(first.cursor)
    (post,) = posts(second)
    assert post.title == "Harbour office changed"
    assert post.text == (
        "New on the page:\n• Storm\n• All boats stay in the harbour tonight.\n\n"
        "Taken away:\n• Crossing the bridge costs two crowns for cars."
    )
    assert "<ins>Storm</ins>" in post.html
    assert "<del>Crossing the bridge" in post.html
    assert post.url == site.server.url("/office")
    assert post.author.address == site.server.url("/office")
    assert posts(site.connector().pull(second.cursor)) == []


def test_a_line_that_reads_otherwise_is_told_with_what_it_said_before(site: Site) -> None:
    site.look()
    told = site.look(FERRY, "<p>Crossing the bridge costs five crowns for lorries.</p>")
    assert "Changed:" in told
    assert "now: Crossing the bridge costs five crowns for lorries." in told
    assert "before: Crossing the bridge costs two crowns for cars." in told


def test_rows_of_tables_and_items_of_lists_are_lines(site: Site) -> None:
    table = "<table><tr><th>Boat</th><th>State</th></tr><tr><td>Gull</td><td><p>sails</p></td></tr></table>"
    site.look(FERRY, table)
    told = site.look(FERRY, table.replace("sails", "cancelled today"), "<ul><li>Lifejackets</li></ul>")
    assert "now: Gull | cancelled today — before: Gull | sails" in told
    assert "• Lifejackets" in told


def test_a_page_in_german_is_told_in_german(site: Site) -> None:
    site.look(FERRY, lang="de-AT", title="Hafenamt")
    told = site.look(FERRY, "<p>Heute fährt kein Schiff über den Fluss.</p>", lang="de-AT", title="Hafenamt")
    assert told == "Hafenamt wurde geändert\nNeu auf der Seite:\n• Heute fährt kein Schiff über den Fluss."


def test_a_page_written_anew_is_told_in_short(site: Site) -> None:
    site.look(
        *(
            f"<p>{word} boats sail along the {word} coast</p>"
            for word in ["red", "green", "blue", "white", "black", "grey"]
        )
    )
    told = site.look(
        *(
            f"<p>Welcome {word} visitors</p>"
            for word in ["one", "more", "many", "several", "all", "some", "few"]
        )
    )
    assert "Nearly all of the page" in told
    assert told.count("•") == 5


def test_markup_of_a_page_is_told_as_words(site: Site) -> None:
    site.look()
    site.body = page(FERRY, TOLL, "<p>Write &lt;script&gt;alert(1)&lt;/script&gt; to nobody</p>")
    (post,) = posts(site.connector().pull(site.cursor))
    assert "<script>" not in post.html
    assert "&lt;script&gt;" in post.html


# --- noise ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parts",
    [
        (TOLL, FERRY),
        (FERRY.replace(" ", "  \n "), TOLL),
        (FERRY.upper(), TOLL),
        ("<p>The ferry leaves at nine</p><p>from the old harbour.</p>", TOLL),
        (FERRY, TOLL.replace("the bridge", "a the bridge")),
        (FERRY, TOLL, "<p>Seen 4,711 times</p>".replace("Seen", "").replace("times", "")),
        (FERRY, TOLL, "<div class='cookie-consent'>We would like to count your visits, please agree</div>"),
        (FERRY, TOLL, "<p hidden>Nobody reads this sentence at all</p>"),
        (FERRY, TOLL, "<aside role='complementary'>Other people also looked at this</aside>"),
    ],
)
def test_what_no_reader_would_call_a_change_is_not_told(site: Site, parts: tuple[str, ...]) -> None:
    site.look()
    assert site.look(*parts) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Last updated Monday, 4 May 2026, 12:03", "Last updated Tuesday, 5 June 2026, 07:59"),
        ("Stand: 4. Mai 2026, 12 Uhr", "Stand: 17. Dezember 2026, 3 Uhr"),
        ("Written 3 minutes ago", "Written 2 hours ago"),
        ("128 comments", "131 comments"),
    ],
)
def test_dates_and_counters_alone_are_no_news(site: Site, one: str, other: str) -> None:
    site.look(FERRY, f"<p>{one}</p>")
    assert site.look(FERRY, f"<p>{other}</p>") == ""


def test_a_day_that_stands_by_itself_is_news() -> None:
    assert key("The next boat is on Monday") != key("The next boat is on Tuesday")
    assert key("You may land") != key("You land")


def test_a_page_that_flips_back_and_forth_is_told_once(site: Site) -> None:
    poster = "<p>Come to the lantern festival at the quay</p>"
    with stopped_at(NOON) as move:
        told = []
        for parts in [(FERRY,), (FERRY, poster), (FERRY,), (FERRY, poster), (FERRY,), (FERRY, poster)]:
            told.append(site.look(*parts))
            move(3600)
        assert [bool(each) for each in told] == [False, True, False, False, False, False]
        move(FLIPS_LAST_S)
        assert "Taken away:" in site.look(FERRY)


def test_teasers_that_take_turns_are_told_once_each_and_news_beside_them_is(site: Site) -> None:
    teasers = [
        f"<p>{word} photographs of the town</p>" for word in ("Yellow lantern", "Sunken rowing", "Frozen")
    ]
    with stopped_at(NOON) as move:
        told = []
        for turn in range(9):
            told.append(site.look(FERRY, teasers[turn % 3]))
            move(3600)
        assert [bool(each) for each in told[:4]] == [False, True, True, False]
        assert not any(told[4:])
        told_now = site.look(FERRY, teasers[0], "<p>The lighthouse opens for visitors</p>")
        assert "lighthouse" in told_now
        assert "photographs" not in told_now


def test_small_steps_add_up(site: Site) -> None:
    site.look(FERRY, "<p>Boat</p>")
    assert site.look(FERRY, "<p>Boat x</p>") == ""
    told = site.look(FERRY, "<p>Boat x y</p>")
    assert "• Boat x y" in told
    assert site.look(FERRY, "<p>Boat x y</p>") == ""
    assert "no boat" in site.look(FERRY, "<p>no boat</p>")


# --- which part, and pages that cannot be read --------------------------------------------------------------------------


def test_only_the_part_under_a_heading_is_watched(site: Site) -> None:
    def body(hours: str, rest: str) -> tuple[str, ...]:
        return (f"<h2>News</h2><p>{rest}</p><h2>Opening hours</h2><p>{hours}</p><h3>Feasts</h3><p>closed</p>",
                "<h2>Ways here</h2><p>By boat</p>")  # fmt: skip

    part = "#Opening%20hours"
    site.look(*body("Every weekday in the morning", "The crane was painted"), fragment=part)
    assert site.look(*body("Every weekday in the morning", "The crane fell over"), fragment=part) == ""
    told = site.look(*body("At weekends in the evening", "The crane fell over"), fragment=part)
    assert told.startswith("Harbour office: Opening hours changed")
    assert "crane" not in told
    with pytest.raises(Refused, match="headed “Opening hours”"):
        site.look("<h2>News</h2><p>Nothing else on this page</p>", fragment=part)


def test_an_id_names_a_part_too(site: Site) -> None:
    def body(state: str, rest: str) -> str:
        return f"<div id='state'><p>{state}</p></div><p>{rest}</p>"

    site.look(body("The bridge is open for everybody", "Word of the day: keel"), fragment="#state")
    assert site.look(body("The bridge is open for everybody", "Word: rudder"), fragment="#state") == ""
    assert "closed" in site.look(body("The bridge is closed for everybody", "x"), fragment="#state")


def test_a_page_made_by_a_script_says_that_nothing_readable_is_there(site: Site) -> None:
    site.body = b"<html><head><title>App</title></head><body><div id=root></div><script src=/app.js></script></body></html>"
    with pytest.raises(Refused, match="made by a script"):
        site.look()
    site.body, site.headers["content-type"] = b"%PDF-1.7", "application/pdf"
    with pytest.raises(Refused, match="application/pdf"):
        site.look()


def test_a_page_that_cannot_be_read_for_once_is_compared_with_what_it_said_before(site: Site) -> None:
    site.look()
    good = site.body
    site.body = b"<html><body></body></html>"
    with pytest.raises(Refused):
        site.look()
    site.body = good
    assert site.look() == ""


def test_old_pages_are_read_in_their_own_letters(site: Site) -> None:
    site.headers["content-type"] = "text/html"
    words = "<p>Die Fähre fährt täglich über den Fluß</p>"
    head = "<html><head><meta charset='iso-8859-1'><title>Fähre</title></head>"
    site.body = f"{head}<body>{words}</body></html>".encode("latin-1")
    assert site.connector().pull({}).title == "Fähre"


# --- manners --------------------------------------------------------------------------------------------------------


def test_an_unchanged_page_costs_one_short_answer(site: Site) -> None:
    site.headers["etag"] = '"7"'
    site.look()
    site.body = page("<p>What is sent is not looked at</p>")
    assert site.look() == ""
    assert site.server.requests[-1].headers["if-none-match"] == '"7"'


def test_a_page_may_ask_for_patience_and_may_be_gone(site: Site) -> None:
    site.headers["cache-control"] = "max-age=7200"
    assert site.connector().pull({}).again_in_s == 7200
    for status, kind in ((401, SignInNeeded), (404, Refused), (500, TryLater)):
        site.status = status
        with pytest.raises(kind):
            site.connector().pull({})
    site.status = 410
    assert site.connector().pull({}).gone


def test_pages_keep_the_promises_of_connectors(site: Site) -> None:
    site.body = page(FERRY)
    assert check(site.connector, broken=[lambda: PageConnector("http://localhost:9/x", {}, site.http)]) == []
    many = "".join(f"<p>{'Жук ползёт по мосту ' * 12}{at * 'о'}</p>" for at in range(300))
    site.body = page(many)
    assert check(site.connector) == []


LINES = st.lists(
    st.sampled_from(["Boats sail", "The bridge is shut", "7", "4 May", "Fog", "fog"]), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(LINES, st.randoms(use_true_random=False))
def test_any_order_of_the_same_lines_is_no_difference(lines: list[str], chance: object) -> None:
    shuffled = list(lines)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert not difference(lines, shuffled).moved
    assert not difference(lines, [*lines, *lines]).moved
