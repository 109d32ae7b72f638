"""Bluesky's firehose: what is read out of it, how a break is bridged, and what nonsense does to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from websockets.frames import Frame, Opcode
from websockets.sync.server import ServerConnection

from colonnade.networks.base import (
    Batch,
    Deletion,
    Edit,
    Mark,
    NetworkError,
    Post,
    Profile,
    Unreadable,
)
from colonnade.networks.conformance import check
from colonnade.networks.http import BadResponse, Blocked, Client, HungUp, TooLarge
from colonnade.networks.jetstream.connector import JetstreamConnector, asking
from colonnade.networks.jetstream.names import Called, called
from colonnade.networks.jetstream.overlap import MOST, OVERLAP_US, Overlap
from tests.rooms.jetstream_town import (
    ANA,
    BEGAN_US,
    CLIENT,
    TOMASZ,
    Town,
    captured,
    commit,
    jetstream,
    play,
)
from tests.rooms.loopback import pages, serving

pytestmark = pytest.mark.corpora  # no database: once is enough

IDENTITY = {
    "did": ANA,
    "time_us": BEGAN_US,
    "kind": "identity",
    "identity": {"did": ANA, "handle": "ana.port-alder.example", "seq": 1, "time": "2026-09-21T12:00:00Z"},
}
GONE = {
    "did": TOMASZ,
    "time_us": BEGAN_US + 9_000,
    "kind": "account",
    "account": {
        "active": False,
        "did": TOMASZ,
        "seq": 2,
        "status": "deleted",
        "time": "2026-09-21T12:00:00Z",
    },
}


def connector(town: Town) -> JetstreamConnector:
    return JetstreamConnector(town.address, {}, CLIENT)


def until_it_ends(town: Town, cursor: Mapping[str, Any]) -> tuple[list[Batch], NetworkError]:
    """The batches of one connection, and why it ended."""
    batches: list[Batch] = []
    try:
        for batch in connector(town).stream(cursor):
            batches.append(batch)
    except NetworkError as problem:
        return batches, problem
    raise AssertionError("a stream ends with an error")


def said(batches: list[Batch]) -> list[Any]:
    return [thing for batch in batches for item in batch.items for thing in item.read]


def uris(batches: list[Batch]) -> list[str]:
    return [thing.uri for thing in said(batches) if isinstance(thing, Post)]


def read_one(event: dict[str, Any]) -> Any:
    (thing,) = JetstreamConnector("ws://localhost", {}, CLIENT).read(json.dumps(event).encode())
    return thing


def test_the_connector_keeps_its_promises_with_real_posts() -> None:
    events = captured()
    with jetstream(events) as town, serving(lambda _, socket: socket.sendall(b"nonsense\r\n\r\n")) as broken:
        problems = check(
            lambda: connector(town),
            payloads=[json.dumps(event).encode() for event in events[:20]],
            broken=[
                lambda: JetstreamConnector(f"ws://localhost:{broken.port}/subscribe", {}, CLIENT),
                lambda: JetstreamConnector("ws://localhost:9/subscribe", {}, CLIENT),
                lambda: JetstreamConnector("https://localhost/", {}, CLIENT),
            ],
        )
        assert problems == []
        assert len(uris([connector(town).pull({})])) == len(events)


def test_a_post_is_read_with_all_that_it_says() -> None:
    text = "Grüße an @tomasz: die Fähre fährt wieder, siehe port-alder.example/fahrp… #Fähre"
    raw = text.encode()

    def facet(part: str, **feature: str) -> dict[str, Any]:
        start = raw.index(part.encode())
        kind = next(iter(feature))
        name = {"uri": "link", "did": "mention", "tag": "tag"}[kind]
        return {
            "index": {"byteStart": start, "byteEnd": start + len(part.encode())},
            "features": [{"$type": f"app.bsky.richtext.facet#{name}", **feature}],
        }

    link = "https://port-alder.example/fahrplan?a=1&b=2"
    parent = f"at://{TOMASZ}/app.bsky.feed.post/3kparent"
    quoted = "at://did:plc:lea/app.bsky.feed.post/3kquoted"
    post = read_one(
        commit(
            1,
            text,
            langs=["de", "en"],
            reply={"root": {"uri": parent, "cid": "x"}, "parent": {"uri": parent, "cid": "x"}},
            tags=["hafen"],
            facets=[
                facet("#Fähre", tag="Fähre"),
                facet("@tomasz", did=TOMASZ),
                facet("port-alder.example/fahrp…", uri=link),
            ],
            embed={
                "$type": "app.bsky.embed.recordWithMedia",
                "record": {"$type": "app.bsky.embed.record", "record": {"uri": quoted, "cid": "x"}},
                "media": {
                    "$type": "app.bsky.embed.images",
                    "images": [
                        {
                            "alt": "The ferry",
                            "image": {
                                "$type": "blob",
                                "ref": {"$link": "bafkrei"},
                                "mimeType": "image/jpeg",
                                "size": 9,
                            },
                        }
                    ],
                },
            },
        )
    )
    assert isinstance(post, Post)
    assert post.uri == f"at://{ANA}/app.bsky.feed.post/3k00000000001"
    assert (post.author.network, post.author.address) == ("bluesky", ANA)
    assert (post.text, post.lang, post.reply_to, post.quotes) == (text, "de", parent, (quoted,))
    assert post.tags == ("Fähre", "hafen")
    assert post.mentions == (TOMASZ,)
    assert f'<a href="{link.replace("&", "&amp;")}">port-alder.example/fahrp…</a>' in post.html
    assert [(one.media_type, one.size, one.description) for one in post.media] == [
        ("image/jpeg", 9, "The ferry")
    ]


def test_what_a_post_says_of_its_time_and_its_links_is_not_believed_beyond_reason() -> None:
    post = read_one(commit(1, createdAt="2999-01-01T00:00:00Z"))
    assert post.published.year == 2026
    post = read_one(commit(1, createdAt="yesterday"))
    assert post.published.year == 2026
    facets = [
        {
            "index": {"byteStart": start, "byteEnd": end},
            "features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}],
        }
        for start, end, uri in (
            (0, 500, "https://a.example"),
            (3, 1, "https://b.example"),
            (0, 2, "javascript:1"),
        )
    ]
    assert read_one(commit(1, "short", facets=facets)).html == ""


def test_changes_deletions_names_and_accounts_are_told_apart() -> None:
    changed = read_one(commit(1, "Ferry 1 goes", operation="update"))
    assert isinstance(changed, Edit)
    assert changed.post.text == "Ferry 1 goes"
    gone = read_one(commit(2, operation="delete"))
    assert isinstance(gone, Deletion)
    assert gone.uri.endswith("3k00000000002")
    named = read_one(IDENTITY)
    assert isinstance(named, Profile)
    assert named.author.name == "ana.port-alder.example"
    left = read_one(GONE)
    assert isinstance(left, Deletion)
    assert left.uri == f"at://{TOMASZ}"
    like = commit(3)
    like["commit"] |= {"collection": "app.bsky.feed.like", "record": {"subject": {"uri": "at://x/y/z"}}}
    marked = read_one(like)
    assert isinstance(marked, Mark)
    assert (marked.kind, marked.uri) == ("like", "at://x/y/z")


def test_an_author_is_called_by_the_handle_once_the_stream_has_told_it() -> None:
    with jetstream([IDENTITY, commit(1), commit(2, did=TOMASZ)]) as town:
        batches, _ = until_it_ends(town, {})
    posts = [thing for thing in said(batches) if isinstance(thing, Post)]
    assert [post.author.name for post in posts] == ["ana.port-alder.example", ""]


def test_half_an_emoji_costs_a_letter_and_not_the_post() -> None:
    payload = json.dumps(commit(1, "Ferry \ud83d late")).encode()
    (post,) = JetstreamConnector("ws://localhost", {}, CLIENT).read(payload)
    assert isinstance(post, Post)
    assert post.text == "Ferry \ufffd late"


def test_after_a_break_nothing_is_left_out_and_nothing_comes_twice() -> None:
    events = [commit(number) for number in range(1, 301)]
    late = commit(140, "told late", key="late")  # its server heard it early and tells it after the break

    def breaks_off(connection: ServerConnection, town: Town) -> None:
        for event in events[:150]:
            connection.send(json.dumps(event))
        town.events.insert(140, late)
        connection.socket.close()

    with jetstream(events, [breaks_off]) as town:
        first, ended = until_it_ends(town, {})
        assert isinstance(ended, HungUp)
        second, _ = until_it_ends(town, json.loads(json.dumps(first[-1].cursor)))
        third, _ = until_it_ends(town, second[-1].cursor)
    assert int(town.asked[1]["cursor"][0]) <= events[149]["time_us"]
    found = uris(first) + uris(second)
    assert len(found) == len(set(found)) == 301
    assert uris(third) == []


def test_events_that_a_server_repeats_come_once() -> None:
    events = [commit(number) for number in (1, 2, 2, 3, 1, 3, 4)]
    with jetstream(events) as town:
        batches, _ = until_it_ends(town, {})
    assert len(uris(batches)) == 4


def test_garbage_is_told_with_a_reason_and_the_rest_goes_on() -> None:
    def mixes(connection: ServerConnection, town: Town) -> None:
        for event in town.events:
            connection.send(json.dumps(event))
            connection.send("{broken")
            connection.send(b"\xff\xfe\x00")

    with jetstream([commit(1), commit(2)], [mixes]) as town:
        batches, _ = until_it_ends(town, {})
    assert len(uris(batches)) == 2
    reasons = [thing.reason for thing in said(batches) if isinstance(thing, Unreadable)]
    assert len(reasons) == 4
    assert all(reasons)


def test_a_frame_that_is_too_large_or_breaks_the_protocol_ends_the_connection_after_what_came_whole() -> None:
    def too_large(connection: ServerConnection, town: Town) -> None:
        play(connection, town)
        connection.send("x" * 3_000_000)

    def nonsense(connection: ServerConnection, town: Town) -> None:
        play(connection, town)
        connection.socket.sendall(b"\xff" * 64)

    with jetstream([commit(1)], [too_large, nonsense]) as town:
        first, ended = until_it_ends(town, {})
        assert isinstance(ended, TooLarge)
        second, ended = until_it_ends(town, {})
        assert isinstance(ended, BadResponse)
    assert uris(first) == uris(second) == ["at://did:plc:anaofportalder/app.bsky.feed.post/3k00000000001"]


def test_a_message_in_several_frames_is_one_message_and_a_ping_between_them_none() -> None:
    def in_parts(connection: ServerConnection, town: Town) -> None:
        whole = json.dumps(town.events[0]).encode()
        for opcode, part, last in (
            (Opcode.TEXT, whole[:30], False),
            (Opcode.PING, b"still there?", True),
            (Opcode.CONT, whole[30:60], False),
            (Opcode.CONT, whole[60:], True),
        ):
            connection.socket.sendall(Frame(opcode, part, last).serialize(mask=False))

    with jetstream([commit(1)], [in_parts]) as town:
        batches, _ = until_it_ends(town, {})
    assert len(uris(batches)) == 1


def test_a_server_inside_a_private_network_is_refused_at_the_moment_of_connecting() -> None:
    with jetstream([commit(1)]) as town:
        stranger = JetstreamConnector(town.address, {}, Client())
        with pytest.raises(Blocked):
            stranger.pull({})
        assert town.asked == []


def test_posts_are_asked_for_unless_the_address_says_otherwise() -> None:
    assert asking("wss://jetstream.example").startswith(
        "wss://jetstream.example/subscribe?wantedCollections=app.bsky.feed.post&"
    )
    both = asking(
        "wss://jetstream.example/s?wantedCollections=a.b.c&wantedDids=did:plc:x&cursor=1&compress=1", 5
    )
    assert "wantedCollections=a.b.c&wantedDids=did%3Aplc%3Ax" in both
    assert both.endswith("cursor=5")
    assert "compress" not in both


def test_a_busy_stream_is_asked_from_behind_what_is_remembered_and_a_wrong_clock_moves_nothing() -> None:
    town = JetstreamConnector("ws://localhost", {}, CLIENT)
    overlap = Overlap({})
    latest = BEGAN_US + 3_600_000_000
    for number in range(3 * MOST):
        event = _event(commit(number))
        assert overlap.is_new(event, latest)
    cursor = overlap.cursor()
    assert cursor["time_us"] - cursor["since_us"] < OVERLAP_US
    again = Overlap(cursor)
    old = [commit(number) for number in range(3 * MOST) if BEGAN_US + number * 1000 >= cursor["since_us"]]
    assert old
    assert not any(again.is_new(_event(one), latest) for one in old)
    assert again.is_new(_event({**commit(1), "time_us": latest + 1}), latest)
    assert again.cursor()["time_us"] == cursor["time_us"]
    assert town.capabilities.can_stream


@pytest.mark.parametrize(
    "cursor", [{"time_us": "x"}, {"time_us": -4}, {"seen": 7}, {"seen": "?", "time_us": 5}, {"since_us": 9}]
)
def test_a_cursor_that_was_damaged_is_read_as_far_as_it_goes(cursor: dict[str, Any]) -> None:
    assert Overlap(cursor).from_us in (0, 5, 1)


def _event(one: dict[str, Any]) -> Any:
    from colonnade.networks.jetstream.events import event_of

    return event_of(json.dumps(one).encode())


def _document(did: str, *names: str) -> tuple[int, dict[str, str], bytes]:
    return 200, {}, json.dumps({"id": did, "alsoKnownAs": list(names)}).encode()


def test_a_did_is_called_by_a_name_that_says_the_same_of_it() -> None:
    ana, liar, other, broken = (f"did:plc:{letter * 24}" for letter in "abcd")
    table = {
        f"/{ana}": _document(ana, "https://ana.example", "at://Ana.Example"),
        "/proof/ana.example": (200, {}, f"{ana}\n".encode()),
        f"/{liar}": _document(liar, "at://ana.example"),
        f"/{other}": _document(ana, "at://ana.example"),
        f"/{broken}": (200, {}, b'{"id": 7}'),
    }
    with serving(pages(table)) as server:
        places = {"directory": server.url(), "proof": server.url("/proof/{handle}")}
        assert called(ana, CLIENT, **places) == Called(handle="ana.example", confirmed=True)
        assert called(liar, CLIENT, **places) == Called(handle="ana.example"), "anybody may say anything"
        for nobody in (other, broken, "did:plc:" + "e" * 24):
            assert called(nobody, CLIENT, **places) == Called()
        before = len(server.requests)
        for nonsense in ("did:plc:../../etc", "did:key:z6Mk", "did:web:a/b", "ana"):
            assert called(nonsense, CLIENT, **places) == Called()
        assert len(server.requests) == before
        with pytest.raises(NetworkError):
            called("did:web:127.0.0.1%3A1", CLIENT)
