"""The connector to the make-believe network, to a world in this house and to a server of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.networks.base import (
    Deletion,
    DeliveryClass,
    Duplicate,
    Edit,
    Follow,
    Incoming,
    Item,
    Mark,
    Media,
    NetworkError,
    Outgoing,
    Post,
    Receipt,
    Refused,
    SignInNeeded,
    TryLater,
    Uncertain,
    Unreachable,
    Unreadable,
)
from colonnade.networks.conformance import check
from colonnade.networks.http import Client, Limits
from colonnade.networks.pretend.client import desk_in_the_house
from colonnade.networks.pretend.connector import PretendConnector
from colonnade.networks.pretend.faults import Fault, Programme
from colonnade.networks.pretend.read import read_item
from colonnade.networks.pretend.script import Step
from colonnade.networks.registry import capabilities_of, connect
from colonnade.primitives import clock
from tests.faults.pretend_server import PretendServer

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

HELLO = Outgoing(text="The ferry leaves at nine.")
Connect = Callable[..., PretendConnector]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PretendServer]:
    with PretendServer(tmp_path_factory.mktemp("there") / "ledger.jsonl") as there:
        yield there


_worlds = iter(range(10**9))


class Place(NamedTuple):
    """A world: its address, what the credentials must say of it, and a way to let something happen there."""

    address: str
    credentials: dict[str, Any]
    happens: Callable[..., object]


@pytest.fixture(params=["in the house", "in a file", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    account = {"as": f"us{next(_worlds)}"}
    if request.param == "server":
        found: PretendServer = request.getfixturevalue("server")
        return Place(found.address, account, found.happens)
    folder = str(tmp_path) if request.param == "in a file" else ""
    desk = desk_in_the_house(name := f"w{next(_worlds)}", folder)
    return Place(
        f"pretend://{name}", account | {"folder": folder}, lambda **step: desk.world.act(Step(**step))
    )


@pytest.fixture
def connected(place: Place) -> Iterator[Connect]:
    http = _http()
    yield lambda rules="A", **more: PretendConnector(
        place.address, place.credentials | {"class": rules} | more, http
    )
    http.close()


def _http() -> Client:
    # Each test may cut many connections, which would put the host to rest.
    return Client(allowed_private_hosts=["127.0.0.1"], limits=Limits(failures_to_rest=1000))


def said(items: tuple[Item, ...]) -> list[Incoming | Unreadable]:
    return [thing for item in items for thing in item.read]


def pulled_with_cursor(
    connector: PretendConnector, cursor: Mapping[str, Any]
) -> tuple[list[Incoming | Unreadable], Mapping[str, Any]]:
    things: list[Incoming | Unreadable] = []
    while True:
        batch = connector.pull(cursor)
        things += said(batch.items)
        cursor = batch.cursor
        if batch.again_in_s is None or batch.again_in_s >= 1:
            return things, cursor


def pulled(connector: PretendConnector) -> list[Incoming | Unreadable]:
    return pulled_with_cursor(connector, {})[0]


def up_to_date(connector: PretendConnector) -> Mapping[str, Any]:
    return pulled_with_cursor(connector, {})[1]


def ours(connector: PretendConnector, receipt: Receipt) -> Post:
    (post,) = [thing for thing in pulled(connector) if isinstance(thing, Post) and thing.uri == receipt.uri]
    return post


# --- the contract -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", ["A", "B", "C", "D"])
def test_every_delivery_class_keeps_every_promise_of_a_connector(connected: Connect, rules: str) -> None:
    connected("D").write(Outgoing(text="Good morning"), "k0")
    payload = connected().pull({}).items[-1].raw
    broken = [
        lambda: PretendConnector("http://127.0.0.1:1/", {"class": rules, "timeout_s": 1}, _http()),
        lambda: PretendConnector("pretend://demo", {"class": rules, "folder": "/proc"}, _http()),
    ]
    outgoing = Outgoing(text=f"Promises of class {rules}")
    assert check(lambda: connected(rules), payloads=[payload], outgoing=outgoing, broken=broken) == []


def test_the_registry_knows_it_and_its_capabilities_follow_the_class() -> None:
    made = connect("pretend", "pretend://registry", {"class": "B", "key_life_s": 60}, _http())
    assert (made.capabilities.delivery_class, made.capabilities.key_life_s) == ("B", 60)
    assert capabilities_of("pretend").delivery_class == "A"
    mail_like = PretendConnector("pretend://registry", {"class": "E"}, _http()).capabilities
    assert (mail_like.can_find, mail_like.can_recall) == (False, False)


@pytest.mark.parametrize(
    ("address", "credentials"),
    [
        ("pretend://demo", {"class": "F"}),
        ("pretend://../../etc", {}),
        ("pretend://", {}),
        ("ftp://example.org/", {}),
    ],
)
def test_what_is_no_place_of_this_network_is_refused(address: str, credentials: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        PretendConnector(address, credentials, _http())


def test_the_guard_of_the_http_client_holds_here_too(server: PretendServer) -> None:
    with pytest.raises(Refused, match="private"):
        PretendConnector(server.address, {}, Client(limits=Limits(ports=frozenset((server.port,))))).pull({})


# --- out and back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", ["A", "B", "C", "D", "E"])
def test_what_we_write_comes_back_by_the_same_door(connected: Connect, rules: DeliveryClass) -> None:
    there = connected(rules)
    question = ours(there, connected("D", **{"as": "ada"}).write(Outgoing(text=f"When? {rules}"), "q"))
    key = f"delivery-{rules}"
    said = Outgoing(
        text="At nine – «immer».", lang="de", reply_to=question.uri, media=(Media(url="https://x/1"),)
    )
    receipt = there.write(said, key)
    post = ours(there, receipt)
    assert (post.text, post.lang, post.reply_to, post.media) == (said.text, "de", question.uri, said.media)
    assert post.ours_key == (key if rules in ("A", "B") else "")
    assert receipt.accepted == post.published
    elses = ours(connected(rules, **{"as": "ada"}), receipt)
    assert elses.ours_key == ""


def test_marks_edits_deletions_and_follows_are_read(connected: Connect, place: Place) -> None:
    there = connected("D")
    receipt = there.write(HELLO, "k1")
    cursor = up_to_date(there)
    place.happens(by="ada", name="Ada", do="mark", id=receipt.remote_id, mark="emoji", value="⛴")
    place.happens(by="ada", do="mark", id=receipt.remote_id, undo=True)
    place.happens(by="ada", do="follow", to=place.credentials["as"])
    place.happens(by="ada", id=(post_id := f"p{next(_worlds)}"), text="Oh", title="Title", tags=("ferry",))
    place.happens(by="ada", do="edit", id=post_id, text="Oh!")
    place.happens(by="ada", do="delete", id="never-seen")
    mark, undone, follow, post, edit, deletion = pulled_with_cursor(there, cursor)[0]
    assert isinstance(mark, Mark)
    assert (mark.uri, mark.kind, mark.value, mark.author.name) == (receipt.uri, "emoji", "⛴", "Ada")
    assert isinstance(undone, Mark)
    assert (undone.kind, undone.undo) == ("like", True)
    assert isinstance(follow, Follow)
    assert follow.target.startswith(place.credentials["as"] + "@")
    assert isinstance(post, Post)
    assert (post.title, post.tags) == ("Title", ("ferry",))
    assert isinstance(edit, Edit)
    assert (edit.post.uri, edit.post.text) == (post.uri, "Oh!")
    assert isinstance(deletion, Deletion)


def test_a_direct_message_reaches_the_one_it_is_for_and_is_restricted(connected: Connect) -> None:
    receipt = connected("A").write(Outgoing(text="Between us", to="ada@town"), "k1")
    theirs = ours(connected("A", **{"as": "ada"}), receipt)
    assert theirs.audience == "restricted"
    assert all(
        thing.uri != receipt.uri
        for thing in pulled(connected("A", **{"as": "bo"}))
        if isinstance(thing, Post)
    )
    if connected("A").capabilities.can_find:
        assert connected("A").find(Outgoing(text="Between us", to="ada@town"), "k1") is not None


def test_a_cursor_brings_only_what_is_new_and_a_foreign_one_the_beginning(connected: Connect) -> None:
    there = connected("D")
    there.write(HELLO, "k1")
    cursor = up_to_date(there)
    assert there.pull(cursor).items == ()
    there.write(HELLO, "k2")
    assert len(there.pull(cursor).items) == 1
    assert len(pulled_with_cursor(there, {"since": 10**12, "epoch": cursor["epoch"]})[0]) >= 2
    assert len(pulled_with_cursor(there, {"since": cursor["since"], "epoch": "another world"})[0]) >= 2
    with pytest.raises(NetworkError):
        there.pull({"since": "x"})


def test_a_long_timeline_comes_page_by_page(connected: Connect) -> None:
    there = connected("D")
    with ThreadPoolExecutor(4) as hands:
        receipts = list(hands.map(lambda n: there.write(Outgoing(text=str(n)), str(n)), range(450)))
    batch = there.pull({})
    assert len(batch.items) == 200
    assert batch.again_in_s is not None
    assert batch.again_in_s < 1
    uris = [thing.uri for thing in pulled(there) if isinstance(thing, Post)]
    assert len(uris) == len(set(uris))
    assert {receipt.uri for receipt in receipts} <= set(uris)


# --- settling what is uncertain ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", ["A", "B", "C", "D"])
@pytest.mark.parametrize("words_again", [0, 3])
def test_what_arrived_is_found_and_what_did_not_is_not(
    connected: Connect, rules: str, words_again: int
) -> None:
    there = connected(rules)
    for number in range(words_again):
        there.write(Outgoing(text=f"Other words {number}"), f"other-{number}")
    outgoing = Outgoing(text=f"Is it there? {rules}", sent_at=clock.now())
    assert there.find(outgoing, "k1") is None
    receipt = there.write(outgoing, "k1")
    found = there.find(outgoing, "k1")
    assert found is not None
    assert (found.uri, found.key, found.remote_id) == (receipt.uri, "k1", receipt.remote_id)


def test_the_same_words_under_another_post_are_another_delivery(connected: Connect) -> None:
    there = connected("D")
    one, two = (ours(there, there.write(Outgoing(text=f"Q{n}"), f"q{n}")) for n in range(2))
    there.write(Outgoing(text="Thank you", reply_to=one.uri), "k1")
    assert there.find(Outgoing(text="Thank you", reply_to=two.uri, sent_at=clock.now()), "k2") is None
    assert there.find(Outgoing(text="Thank you", sent_at=clock.now()), "k2") is None


def test_in_class_b_another_delivery_with_the_same_words_is_not_taken_for_ours(connected: Connect) -> None:
    there = connected("B")
    there.write(HELLO, "k1")
    assert there.find(Outgoing(text=HELLO.text, sent_at=clock.now()), "k2") is None


def test_by_words_alone_the_nearest_in_time_counts_and_another_hour_is_for_a_person() -> None:
    there = PretendConnector("pretend://hours", {"class": "D"}, _http())
    with clock.stopped_at(clock.now()) as move:
        first = there.write(HELLO, "k1")
        move(1800)
        second = there.write(HELLO, "k2")
        for sent, uri in ((-1795, first.uri), (0, second.uri), (5, second.uri)):
            found = there.find(Outgoing(text=HELLO.text, sent_at=clock.now() + timedelta(seconds=sent)), "k")
            assert found is not None
            assert found.uri == uri
        for sent in (3600, -9000):
            with pytest.raises(Uncertain):
                there.find(Outgoing(text=HELLO.text, sent_at=clock.now() + timedelta(seconds=sent)), "k")
        move(40 * 3600)
        assert there.find(Outgoing(text=HELLO.text, sent_at=clock.now()), "k") is None


def test_a_clock_of_ours_that_is_days_wrong_finds_its_post_all_the_same(server: PretendServer) -> None:
    there = PretendConnector(server.address, {"class": "D", "as": "wrong"}, _http())
    with clock.stopped_at(clock.now() + timedelta(days=9)):
        outgoing = Outgoing(text="Nine days ahead", sent_at=clock.now())
        receipt = there.write(outgoing, "k1")
        found = there.find(outgoing, "k1")
    assert found is not None
    assert found.uri == receipt.uri


def test_class_c_names_what_it_already_has(connected: Connect) -> None:
    there = connected("C")
    receipt = there.write(HELLO, "k1")
    with pytest.raises(Duplicate) as raised:
        there.write(HELLO, "k1")
    assert raised.value.uri == receipt.uri


def test_class_e_cannot_be_read_back(connected: Connect) -> None:
    with pytest.raises(Uncertain):
        connected("E").find(HELLO, "k1")


def test_only_ones_own_posts_are_recalled(connected: Connect) -> None:
    receipt = connected("A").write(HELLO, "k1")
    with pytest.raises(Refused, match="somebody else"):
        connected("A", **{"as": "ada"}).recall(receipt)
    connected("A").recall(receipt)
    assert any(isinstance(thing, Deletion) and thing.uri == receipt.uri for thing in pulled(connected("A")))


def test_many_at_once_with_one_key_make_one_post(connected: Connect) -> None:
    for rules in ("A", "B"):
        there, start = connected(rules), threading.Barrier(8)

        def say(number: int, there: PretendConnector = there, start: threading.Barrier = start) -> str:
            start.wait(10)
            return there.write(Outgoing(text="All at once"), "one").uri

        with ThreadPoolExecutor(8) as hands:
            assert len(set(hands.map(say, range(8)))) == 1


# --- when it goes wrong in the house -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "refuse"}, Refused),
        ({"kind": "refuse", "status": 422}, Refused),
        ({"kind": "rate_limit", "after_s": 7}, TryLater),
        ({"kind": "busy"}, TryLater),
        ({"kind": "expire_token"}, SignInNeeded),
        ({"kind": "timeout_before"}, Uncertain),
        ({"kind": "timeout_after"}, Uncertain),
        ({"kind": "cut_before"}, Uncertain),
        ({"kind": "cut_after"}, Uncertain),
        ({"kind": "cut_midway"}, Uncertain),
        ({"kind": "error_before"}, Uncertain),
        ({"kind": "error_after"}, Uncertain),
        ({"kind": "wrong_json"}, Uncertain),
    ],
)
def test_a_world_in_the_house_fails_like_one_far_away(
    fault: dict[str, Any], error: type[NetworkError]
) -> None:
    name = f"failing{next(_worlds)}"
    desk = desk_in_the_house(name)
    desk.programme = Programme([Fault(times=1, **fault)])
    there = PretendConnector(f"pretend://{name}", {}, _http())
    with pytest.raises(NetworkError) as raised:
        there.write(HELLO, "k1")
    assert raised.type is error
    assert raised.value.reached is (error is Uncertain)
    desk.sign_in("colonnade:")
    taken = there.find(HELLO, "k1") is not None
    assert taken is (
        fault["kind"] in ("timeout_after", "cut_after", "cut_midway", "error_after", "wrong_json")
    )


def test_a_world_whose_folder_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused):
        PretendConnector("pretend://demo", {"folder": str(tmp_path / "file")}, _http())


def test_nobody_at_the_address_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        PretendConnector("http://127.0.0.1:9/", {}, Client(allowed_private_hosts=["127.0.0.1:9"])).write(
            HELLO, "k"
        )


# --- bad input --------------------------------------------------------------------------------------------------------

GOOD: dict[str, Any] = {
    "kind": "post",
    "uri": "pretend://town/posts/1",
    "author": {"account": "ada@town", "name": "Ada"},
    "published": "2026-03-02T09:30:00Z",
    "text": "Hello",
}

BAD: dict[str, bytes] = {
    "broken JSON": b'{"kind": "post"',
    "no JSON": b"<html>502 Bad Gateway</html>",
    "broken UTF-8": json.dumps(GOOD).encode().replace(b"Hello", b"Hel\xff\xfelo"),
    "broken UTF-8 in what is passed over": json.dumps(GOOD | {"extra": "XX"})
    .encode()
    .replace(b"XX", b"\xc3"),
    "100,000 arrays": b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a list": b"[]",
    "null": b"null",
    "a number with 100,000 digits": b'{"n": ' + b"9" * 100_000 + b"}",
    "larger than allowed": json.dumps(GOOD | {"extra": "x" * 2_000_000}).encode(),
}
BAD |= {
    name: json.dumps(GOOD | change).encode()
    for name, change in dict[str, dict[str, Any]](
        {
            "an unknown kind": {"kind": "poem"},
            "text that is a number": {"text": 5},
            "text that is null": {"text": None},
            "an author that is a name": {"author": "ada"},
            "an author without an address": {"author": {"name": "Ada"}},
            "an author with an empty address": {"author": {"account": ""}},
            "an author with a line break": {"author": {"account": "ada\n@town"}},
            "no uri": {"uri": ""},
            "an endless uri": {"uri": "pretend://town/posts/" + "1" * 5000},
            "a uri with spaces": {"uri": "pretend://town /posts/1"},
            "year 0": {"published": "0000-01-01T00:00:00Z"},
            "year 1": {"published": "0001-01-01T00:00:00+14:00"},
            "year 9999": {"published": "9999-12-31T23:59:59-14:00"},
            "a time that is none": {"published": "yesterday"},
            "a time that is a number": {"published": 1e308},
            "100,000 mentions": {"text": "@ada " * 20_000},
            "many short mentions": {"text": "@a " * 30_000},
            "endless text": {"text": "x" * 200_000},
            "only combining marks": {"text": "\u0301\u0302\u0489" * 50},
            "only invisible signs": {"text": "\u200b\u2060\ufeff"},
            "nothing": {"text": "  "},
            "media that are none": {"media": ["https://example.org/1"]},
            "an id from the future that is no number": {"n": "10e99"},
        }
    ).items()
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_item_says_why_and_spoils_no_other(name: str) -> None:
    there = PretendConnector("pretend://empty", {}, _http())
    good = json.dumps(GOOD).encode()
    before, bad, after = there.read(b"\n".join((good, BAD[name].replace(b"\n", b" "), good)))
    assert isinstance(bad, Unreadable), bad
    assert bad.reason.endswith(".")
    assert len(bad.reason) < 1000
    assert isinstance(before, Post)
    assert before == after


def test_bad_items_in_a_timeline_keep_their_raw_form_and_the_cursor_goes_on(
    connected: Connect, place: Place
) -> None:
    connector = connected("D")
    cursor = up_to_date(connector)
    place.happens(do="raw", text='{"kind": "po')
    connector.write(HELLO, "k1")
    place.happens(do="raw", text="[" * 100_000)
    batch = connector.pull(cursor)
    assert [type(thing) for thing in said(batch.items)] == [Unreadable, Post, Unreadable]
    assert batch.items[0].raw == b'{"kind": "po'
    assert connector.pull(batch.cursor).items == ()


def test_huge_items_come_a_few_at_a_time_and_the_good_one_behind_them_too(
    connected: Connect, place: Place
) -> None:
    connector = connected("D")
    cursor = up_to_date(connector)
    for _ in range(4):
        place.happens(do="raw", text="x" * 1_900_000)
    place.happens(by="ada", text="Small and good")
    first = connector.pull(cursor)
    assert len(first.items) == 2
    things, _ = pulled_with_cursor(connector, cursor)
    assert [type(thing) for thing in things] == [Unreadable] * 4 + [Post]


def test_a_time_ahead_of_ours_is_read_as_it_stands() -> None:
    """Our own clock may be the wrong one; the id is held to the time of arrival where the post is stored."""
    ahead = (clock.now() + timedelta(days=40)).isoformat()
    post = read_item(json.dumps(GOOD | {"published": ahead}).encode(), "us")
    assert isinstance(post, Post)


def test_half_a_surrogate_costs_one_letter() -> None:
    post = read_item(json.dumps(GOOD | {"text": "a \ud83d b"}).encode(), "us")
    assert isinstance(post, Post)
    assert post.text == "a \ufffd b"


def test_nobody_elses_key_is_taken_for_ours() -> None:
    item = json.dumps(GOOD | {"key": "k1"}).encode()
    posts = [read_item(item, me) for me in ("ada", "us", "")]
    assert [post.ours_key for post in posts if isinstance(post, Post)] == ["k1", "", ""]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=10))
def test_nothing_is_too_odd_to_be_answered(payload: bytes, value: Any) -> None:
    there = PretendConnector("pretend://empty", {}, _http())
    assert there.read(payload)
    for field in GOOD:
        (thing,) = there.read(json.dumps(GOOD | {field: value}).encode())
        assert isinstance(thing, (*get_args(Incoming), Unreadable))
