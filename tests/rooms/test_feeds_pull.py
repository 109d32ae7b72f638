"""Visits to a feed: what is new, what has changed, what has moved, and when to come again."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from colonnade.networks.base import Batch, Edit, Post, Refused, SignInNeeded, TryLater, Unreadable
from colonnade.networks.conformance import check
from colonnade.networks.feeds import pace
from colonnade.networks.feeds.connector import FeedConnector
from colonnade.networks.feeds.hints import Hints, hints
from colonnade.networks.feeds.memory import MOST_SEEN, recall
from colonnade.networks.http import Client
from colonnade.primitives.clock import stopped_at
from tests.rooms.feed_town import ATOM, JSON, item, rss
from tests.rooms.loopback import Loopback, Request, pages, reply, serving

pytestmark = pytest.mark.corpora  # no database: once is enough


class Site:
    """One feed on a real server, whose document a test changes."""

    def __init__(self, server: Loopback) -> None:
        self.server = server
        self.body = b""
        self.status = 200
        self.headers: dict[str, str] = {}
        self.http = Client(allowed_private_hosts=["localhost"])

    def answer(self, request: Request, connection: socket.socket) -> None:
        known = request.headers.get("if-none-match")
        unchanged = known is not None and known == self.headers.get("etag")
        since = request.headers.get("if-modified-since")
        unchanged = unchanged or (since is not None and since == self.headers.get("last-modified"))
        reply(connection, b"" if unchanged else self.body, 304 if unchanged else self.status, self.headers)

    def pull(self, cursor: dict[str, object] | None = None, path: str = "/feed") -> Batch:
        """As after a restart: the cursor has been written down and read again."""
        through = json.loads(json.dumps(cursor or {}, sort_keys=True))
        return FeedConnector(self.server.url(path), {}, self.http).pull(through)


@pytest.fixture
def site() -> Iterator[Site]:
    made: list[Site] = []
    with serving(lambda request, connection: made[0].answer(request, connection)) as server:
        made.append(Site(server))
        yield made[0]


def said(batch: Batch) -> list[tuple[str, str]]:
    """(kind, title) of what a batch brings."""
    return [
        (type(thing).__name__, thing.title if isinstance(thing, Post) else thing.post.title)
        for each in batch.items
        for thing in each.read
        if isinstance(thing, Post | Edit)
    ]


def test_only_what_is_new_comes_again(site: Site) -> None:
    site.body = rss(item("1", title="One"))
    first = site.pull()
    assert said(first) == [("Post", "One")]
    assert first.title == "Port Alder Harbour"
    site.body = rss(item("2", title="Two"), item("1", title="One"))
    second = site.pull(dict(first.cursor))
    assert said(second) == [("Post", "Two")]
    assert said(site.pull(dict(second.cursor))) == []


def test_an_entry_whose_words_changed_is_an_edit_of_the_same_post(site: Site) -> None:
    site.body = ATOM
    first = site.pull()
    site.body = ATOM.replace(b"nine", b"ten").replace(b"09:30:00+01:00", b"10:30:00+01:00")
    (change,) = site.pull(dict(first.cursor)).items
    (edit,) = change.read
    assert isinstance(edit, Edit)
    assert edit.post.uri == "tag:port-alder.example,2026:mayor/1"
    assert "ten" in edit.post.text
    assert edit.edited == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def test_markup_that_changes_without_the_words_is_no_edit(site: Site) -> None:
    site.body = rss(item("1", description="<p>The <b>ferry</b></p>"))
    first = site.pull()
    site.body = rss(item("1", description="<div><p class='x'>The  <i>ferry</i> </p></div>"))
    assert said(site.pull(dict(first.cursor))) == []


def test_each_item_has_its_raw_form_and_its_own_name(site: Site) -> None:
    site.body = rss(item("1", title="One"), item("2", title="Two"))
    batch = site.pull()
    assert [json.loads(each.raw)["title"] for each in batch.items] == ["One", "Two"]
    assert len({each.external_id for each in batch.items}) == 2


@pytest.mark.parametrize("header", [{"etag": '"v1"'}, {"last-modified": "Sun, 01 Mar 2026 08:00:00 GMT"}])
def test_an_unchanged_feed_is_not_sent_again(site: Site, header: dict[str, str]) -> None:
    site.body, site.headers = rss(item("1", title="One")), header
    first = site.pull()
    second = site.pull(dict(first.cursor))
    assert said(second) == []
    assert second.title == "Port Alder Harbour"
    sent = site.server.requests[-1].headers
    assert ("if-none-match" in sent) == ("etag" in header)
    assert ("if-modified-since" in sent) == ("last-modified" in header)


def test_a_permanent_redirect_tells_the_new_address_and_a_passing_one_does_not(site: Site) -> None:
    site.body = rss(item("1", title="One"))
    table = {
        "/old": (301, {"location": site.server.url("/feed")}, b""),
        "/away": (302, {"location": site.server.url("/feed")}, b""),
    }
    with serving(pages(table)) as old:
        moved = FeedConnector(old.url("/old"), {}, site.http).pull({})
        assert moved.moved_to == site.server.url("/feed")
        assert said(moved) == [("Post", "One")]
        assert FeedConnector(old.url("/away"), {}, site.http).pull({}).moved_to == ""
        after = FeedConnector(moved.moved_to, {}, site.http).pull(moved.cursor)
        assert said(after) == []
        assert recall(after.cursor).base == old.url("/old")


def test_a_feed_that_moved_to_a_page_has_not_moved(site: Site) -> None:
    site.body = b"<!doctype html><title>Shop</title>"
    with serving(pages({"/old": (301, {"location": site.server.url("/")}, b"")})) as old:
        batch = FeedConnector(old.url("/old"), {}, site.http).pull({})
        assert batch.moved_to == ""
        assert isinstance(batch.items[0].read[0], Unreadable)


def test_a_podcast_may_say_itself_that_it_moved(site: Site) -> None:
    head = "<itunes:new-feed-url>https://new.example/feed.xml</itunes:new-feed-url>"
    site.body = rss(item("1", title="One"), head=head)
    assert site.pull().moved_to == "https://new.example/feed.xml"


def test_gone_is_gone(site: Site) -> None:
    site.body = rss(item("1", title="One"))
    cursor = dict(site.pull().cursor)
    site.status = 410
    batch = site.pull(cursor)
    assert batch.gone
    assert batch.items == ()


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, SignInNeeded), (403, Refused), (404, Refused), (500, TryLater), (429, TryLater), (503, TryLater)],
)
def test_other_answers_are_told_apart(site: Site, status: int, error: type[Exception]) -> None:
    site.status = status
    with pytest.raises(error):
        site.pull()


def test_a_document_that_is_no_feed_goes_to_quarantine_once(site: Site) -> None:
    site.body = b"<!doctype html><html><body>Please wait</body></html>"
    first = site.pull()
    (broken,) = first.items
    assert broken.raw == site.body
    assert isinstance(broken.read[0], Unreadable)
    assert "web page" in broken.read[0].reason
    second = site.pull(dict(first.cursor))
    assert second.items == ()
    site.body = rss(item("1", title="Back"))
    assert said(site.pull(dict(second.cursor))) == [("Post", "Back")]


def test_a_hub_is_told_from_the_feed_and_from_the_header(site: Site) -> None:
    site.body = ATOM
    batch = site.pull()
    assert (batch.hub, batch.topic) == ("https://hub.example/", "https://port-alder.example/mayor.atom")
    site.body = JSON
    assert site.pull().hub == "https://hub.example/"
    site.body = rss(item("1", title="a"))
    site.headers = {"link": '</hub>; rel="hub", <https://harbour.example/feed>; rel=self'}
    batch = site.pull()
    assert (batch.hub, batch.topic) == (site.server.url("/hub"), "https://harbour.example/feed")
    site.headers = {}
    assert (site.pull().hub, site.pull().topic) == ("", "")


def test_a_name_and_password_or_a_token_are_sent_with_the_request(site: Site) -> None:
    site.body = rss(item("1", title="a"))
    FeedConnector(site.server.url(), {"username": "ana", "password": "x"}, site.http).pull({})
    assert site.server.requests[-1].headers["authorization"] == "Basic YW5hOng="
    FeedConnector(site.server.url(), {"token": "t"}, site.http).pull({})
    assert site.server.requests[-1].headers["authorization"] == "Bearer t"


def test_what_is_remembered_is_bounded_and_still_never_says_anything_twice(site: Site) -> None:
    cursor: dict[str, object] = {}
    seen: list[str] = []
    for start in range(0, 12_000, 1_500):
        site.body = rss(*(item(str(number), title=f"n{number}") for number in range(start, start + 2000)))
        batch = site.pull(cursor)
        seen += [title for _, title in said(batch)]
        cursor = dict(batch.cursor)
        assert len(recall(cursor).seen) <= MOST_SEEN
        assert len(json.dumps(cursor)) < 200_000
    assert len(seen) == len(set(seen))


def test_of_an_endless_feed_the_newest_entries_come(site: Site) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    dated = [
        item(
            str(number),
            title=str(number),
            pubDate=(start + timedelta(minutes=number)).strftime("%a, %d %b %Y %H:%M:%S GMT"),
        )
        for number in range(2500)
    ]
    site.body = rss(*dated)
    titles = [int(title) for _, title in said(site.pull())]
    assert len(titles) == 2000
    assert min(titles) == 500


def test_a_damaged_cursor_counts_as_none(site: Site) -> None:
    site.body = rss(item("1", title="One"))
    for cursor in ({"seen": 5}, {"fast": "maybe"}, {"etag": None}, {"odd": 1}):
        assert said(site.pull(cursor)) == [("Post", "One")]


# --- the fast parser -------------------------------------------------------------------------------------------------


def told(number: int, **elements: str) -> str:
    """An item that has everything, as most feeds have."""
    named = {
        "title": f"n{number}",
        "link": f"https://harbour.example/{number}",
        "description": "<p>a</p>",
        **elements,
    }
    return item(f"https://harbour.example/{number}", pubDate="Sun, 01 Mar 2026 08:00:00 GMT", **named)


def test_the_fast_parser_reads_a_feed_only_after_both_agreed_on_it(site: Site) -> None:
    site.body = rss(told(1))
    cursor = dict(site.pull().cursor)
    assert (recall(cursor).fast, recall(cursor).since_sample) == ("agrees", 0)
    samples = 0
    for number in range(2, 46):
        site.body = rss(told(number))
        batch = site.pull(cursor)
        assert said(batch) == [("Post", f"n{number}")]
        cursor = dict(batch.cursor)
        samples += recall(cursor).since_sample == 0
    assert recall(cursor).fast == "agrees"
    assert samples == 2


def test_a_feed_on_which_the_parsers_differ_stays_with_the_slow_one(site: Site) -> None:
    site.body = rss(told(1, raw="<author>ines@port-alder.example (Ines)</author>"))
    cursor = dict(site.pull().cursor)
    assert recall(cursor).fast == "differs"
    site.body = rss(told(2))
    assert recall(site.pull(cursor).cursor).fast == "differs"


def test_a_date_that_the_fast_parser_makes_up_is_noticed(site: Site) -> None:
    site.body = rss(item("1", title="One"))
    batch = site.pull()
    (post,) = batch.items[0].read
    assert isinstance(post, Post)
    assert post.published is None
    assert recall(batch.cursor).fast == "differs"


def test_a_feed_that_starts_to_differ_goes_back_to_the_slow_parser_at_the_next_sample(site: Site) -> None:
    site.body = rss(told(1))
    cursor = dict(site.pull().cursor)
    for number in range(2, 30):
        site.body = rss(told(number, raw="<author>ines@port-alder.example (Ines)</author>"))
        cursor = dict(site.pull(cursor).cursor)
    assert recall(cursor).fast == "differs"


def test_going_over_to_the_fast_parser_edits_nothing(site: Site) -> None:
    words = '<p class="a" onclick="x()">The <b>ferry</b> &amp; the&nbsp;bridge</p><script>no()</script>'
    one = told(1, title="Ferry & bridge", description=words)
    site.body = rss(one)
    cursor = dict(site.pull().cursor)
    assert recall(cursor).fast == "agrees"
    site.body = rss(told(2), one)
    batch = site.pull(cursor)
    assert recall(batch.cursor).since_sample == 1
    assert said(batch) == [("Post", "n2")]


# --- the pace --------------------------------------------------------------------------------------------------------

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def every(minutes: float, count: int = 10) -> list[datetime]:
    return [NOON - timedelta(minutes=minutes * number) for number in range(count)]


def test_the_pace_follows_the_median_gap_between_five_minutes_and_a_day() -> None:
    with stopped_at(NOON):
        assert pace.again_in_s(every(30), Hints(), {}) == 1800
        assert pace.again_in_s([*every(30), NOON - timedelta(days=300)], Hints(), {}) == 1800
        assert pace.again_in_s(every(0.1), Hints(), {}) == 300
        assert pace.again_in_s(every(60 * 24 * 7), Hints(), {}) == 86_400
        assert pace.again_in_s((), Hints(), {}) == 3600


def test_a_feed_that_has_gone_quiet_is_asked_more_rarely() -> None:
    with stopped_at(NOON + timedelta(hours=50)):
        assert pace.again_in_s(every(30), Hints(), {}) == 5 * 3600


def test_ttl_update_period_and_max_age_are_respected() -> None:
    with stopped_at(NOON):
        assert pace.again_in_s(every(10), hints(rss(head="<ttl>90</ttl>"), {}), {}) == 90 * 60
        period = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
        assert pace.again_in_s(every(10), hints(rss(head=period), {}), {}) == 6 * 3600
        assert pace.again_in_s(every(10), Hints(), {"cache-control": "public, max-age=7200"}) == 7200
        assert pace.again_in_s(every(10), Hints(), {"cache-control": "max-age=99999999"}) == 86_400


def test_hours_and_days_to_skip_are_skipped() -> None:
    with stopped_at(NOON):
        head = "<skipHours><hour>12</hour><hour>13</hour></skipHours>"
        assert pace.again_in_s(every(30), hints(rss(head=head), {}), {}) == 2 * 3600
        monday = hints(rss(head="<skipDays><day>Monday</day></skipDays>"), {})
        assert pace.again_in_s(every(30), monday, {}) == 12 * 3600
        always = hints(
            rss(head=f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in range(24))}</skipHours>"), {}
        )
        assert pace.again_in_s(every(30), always, {}) == 1800


def test_after_failures_the_wait_doubles_up_to_a_day() -> None:
    assert [pace.after_failures_s(count) for count in (1, 2, 3, 9, 10, 5000)] == [
        300,
        600,
        1200,
        76_800,
        86_400,
        86_400,
    ]


# --- the promises ----------------------------------------------------------------------------------------------------


def test_the_connector_keeps_every_promise_of_a_connector() -> None:
    table = {
        "/feed": (
            200,
            {"content-type": "application/rss+xml"},
            rss(item("1", title="One"), item(title="Two")),
        ),
        "/500": (500, {}, b""),
        "/404": (404, {}, b""),
        "/loop": (302, {"location": "/loop"}, b""),
        "/packed": (200, {"content-encoding": "gzip"}, b"not packed"),
        "/large": (200, {"content-length": str(2**40)}, b""),
    }
    with serving(pages(table)) as server:
        http = Client(allowed_private_hosts=["localhost"])
        problems = check(
            lambda: FeedConnector(server.url("/feed"), {}, http),
            payloads=[rss(item("1", title="One", description="<p>x</p>")), ATOM, JSON],
            broken=[
                *(
                    lambda path=path: FeedConnector(server.url(path), {}, http)
                    for path in table
                    if path != "/feed"
                ),
                lambda: FeedConnector("http://localhost:9/", {}, http),
                lambda: FeedConnector("not an address", {}, http),
                lambda: FeedConnector("http://169.254.169.254/", {}, http),
            ],
        )
    assert problems == []
