"""Public timelines of Mastodon: pushed, asked for after a break, and looked at where nobody may listen."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from colonnade.networks import streams
from colonnade.networks.base import Batch, Deletion, Edit, NetworkError, Post, Unreadable
from colonnade.networks.conformance import check
from colonnade.networks.mastodon_streaming.connector import TimelineConnector
from tests.rooms.jetstream_town import CLIENT
from tests.rooms.loopback import Request, reply, serving

pytestmark = pytest.mark.corpora  # no database: once is enough

DATA = Path(__file__).resolve().parents[2] / "../shared/data/mastodon_cassettes"
BEGAN_MS = 1_790_000_000_000


def status(number: int, text: str = "", **more: Any) -> dict[str, Any]:
    """A status of Port Alder's server, `number` seconds after the beginning."""
    return {
        "id": str((BEGAN_MS + number * 1000) << 16),
        "uri": f"https://port-alder.example/users/ana/statuses/{number}",
        "url": f"https://port-alder.example/@ana/{number}",
        "created_at": "2026-09-21T12:00:00.000Z",
        "visibility": "public",
        "language": "en",
        "content": f"<p>{text or f'Ferry {number}'}</p>",
        "account": {
            "acct": "ana",
            "username": "ana",
            "display_name": "Ana",
            "url": "https://port-alder.example/@ana",
        },
        "media_attachments": [],
        "mentions": [],
        "tags": [],
        **more,
    }


def recorded() -> list[dict[str, Any]]:
    """Real statuses out of recordings, oldest first; skips the test where they are not."""
    if not DATA.is_dir():
        pytest.skip("the recordings of Mastodon are not beside the checkout")
    found: dict[str, dict[str, Any]] = {}
    for name in ("test_public_tl_anonymous", "test_hashtag_tl", "test_public_tl", "test_home_tl"):
        for one in yaml.load((DATA / f"{name}.yaml").read_text(), yaml.CSafeLoader)["interactions"]:
            with suppress(ValueError):
                said = json.loads(one["response"]["body"]["string"])
                for each in said if isinstance(said, list) else [said]:
                    if "content" in each:
                        found[each["id"]] = each
    return sorted(found.values(), key=lambda each: int(each["id"]))


class Server:
    """Its timeline is `statuses`; `pushes` are what it sends to each who listens, by turns, before it hangs up."""

    def __init__(
        self, statuses: Sequence[dict[str, Any]], pushes: Sequence[Any] = (), *, open_to_all: bool = True
    ):
        self.statuses = list(statuses)
        self.pushes = list(pushes)
        self.open_to_all = open_to_all
        self.asked: list[str] = []
        self.listened: list[str] = []
        self.port = self.push_port = 0

    def answer(self, request: Request, connection: Any) -> None:
        self.asked.append(request.path)
        asked = parse_qs(urlsplit(request.path).query)
        if request.path.startswith("/api/v2/instance"):
            urls = {"urls": {"streaming": f"ws://localhost:{self.push_port}"}}
            reply(connection, json.dumps({"configuration": urls}).encode())
        elif request.path.startswith("/api/v1/timelines/"):
            rows = sorted(self.statuses, key=lambda one: int(one["id"]))
            limit = int(asked["limit"][0])
            if "min_id" in asked:
                rows = [one for one in rows if int(one["id"]) > int(asked["min_id"][0])][:limit]
            reply(connection, json.dumps(rows[-limit:][::-1]).encode())
        else:
            reply(connection, status=401 if "streaming" in request.path else 404)

    def push(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.listened.append(connection.request.path)
        with suppress(ConnectionClosed, OSError):
            for event, payload in self.pushes.pop(0) if self.pushes else ():
                said = payload if isinstance(payload, str) else json.dumps(payload)
                connection.send(json.dumps({"stream": ["public"], "event": event, "payload": said}))

    def connector(self, path: str = "") -> TimelineConnector:
        made = TimelineConnector(f"http://localhost:{self.port}{path}", {}, CLIENT)
        made.look_every_s = 0.001
        return made


@contextmanager
def mastodon(*given: Any, **more: Any) -> Iterator[Server]:
    town = Server(*given, **more)
    with serving(town.answer, "localhost") as rest, serve(town.push, "localhost", 0) as push:
        town.port, town.push_port = rest.port, push.socket.getsockname()[1]
        if not town.open_to_all:
            town.push_port = rest.port
        threading.Thread(target=push.serve_forever, daemon=True).start()
        yield town
        push.shutdown()


def until_it_ends(connector: TimelineConnector, cursor: Mapping[str, Any]) -> list[Batch]:
    batches: list[Batch] = []
    with pytest.raises(NetworkError):
        batches.extend(connector.stream(cursor))
    return batches


def said(batches: Sequence[Batch]) -> list[Any]:
    return [thing for batch in batches for item in batch.items for thing in item.read]


def numbers(batches: Sequence[Batch]) -> list[int]:
    return [int(thing.uri.rsplit("/", 1)[1]) for thing in said(batches) if isinstance(thing, Post)]


def test_the_connector_keeps_its_promises_with_real_statuses() -> None:
    statuses = recorded()
    with mastodon(statuses) as town, serving(lambda _, socket: reply(socket, b"<html>", 200)) as broken:
        problems = check(
            town.connector,
            payloads=[json.dumps(one).encode() for one in statuses[:10]],
            broken=[
                lambda: TimelineConnector(f"http://localhost:{broken.port}", {}, CLIENT),
                lambda: TimelineConnector("http://localhost:9", {}, CLIENT),
                lambda: TimelineConnector("ftp://localhost", {}, CLIENT),
            ],
        )
        assert problems == []
        posts = [thing for thing in said([town.connector().pull({})]) if isinstance(thing, Post)]
    assert [post.uri for post in posts] == [one["uri"] for one in statuses[-40:]]


def test_what_is_pushed_after_the_first_moment_comes_and_what_was_there_does_not() -> None:
    pushed = [("update", status(5)), ("update", status(6)), ("update", status(5)), ("filters_changed", "")]
    with mastodon([status(1), status(2)], [pushed]) as town:
        batches = until_it_ends(town.connector(), {})
    assert numbers(batches) == [5, 6]
    assert town.listened == ["/api/v1/streaming?stream=public"]


def test_after_a_break_the_gap_is_asked_for_page_by_page_and_nothing_comes_twice() -> None:
    with mastodon(
        [status(1)], [[("update", status(2))], [("update", status(130)), ("update", status(131))]]
    ) as town:
        first = until_it_ends(town.connector(), {})
        town.statuses += [status(number) for number in range(2, 131)]
        second = until_it_ends(town.connector(), json.loads(json.dumps(first[-1].cursor)))
        third = until_it_ends(town.connector(), second[-1].cursor)
    assert numbers(first) == [2]
    assert numbers(second) == list(range(3, 132))
    assert numbers(third) == []


def test_changes_and_deletions_name_the_post_by_its_name_in_the_world() -> None:
    one = status(5)
    changed = {**one, "content": "<p>Ferry 5 goes</p>"}
    pushed = [
        ("update", one),
        ("status.update", changed),
        ("delete", one["id"]),
        ("delete", "404"),
        ("update", "{"),
    ]
    with mastodon([status(1)], [pushed]) as town:
        things = said(until_it_ends(town.connector(), {}))
    post, edit, gone, of_before, broken = things
    assert isinstance(post, Post)
    assert isinstance(edit, Edit)
    assert edit.post.html == "<p>Ferry 5 goes</p>"
    assert isinstance(gone, Deletion)
    assert gone.uri == edit.post.uri == post.uri
    assert of_before == Deletion(uri="", known_as="404"), "of what came before only the server's id is known"
    assert isinstance(broken, Unreadable)


def test_a_server_that_lets_nobody_listen_is_looked_at_every_so_often() -> None:
    with mastodon([status(1)], open_to_all=False) as town:
        running = town.connector().stream({})
        batches = [next(running)]
        town.statuses += [status(2), status(3)]
        batches += [next(running) for _ in range(3)]
        town.statuses += [status(4)]
        batches += [next(running) for _ in range(3)]
        running.close()
    assert numbers(batches) == [2, 3, 4]
    assert town.listened == []


def test_a_post_is_read_with_all_that_it_says() -> None:
    one = status(
        7,
        in_reply_to_id=status(6)["id"],
        spoiler_text="About the ferry",
        mentions=[{"acct": "tomasz"}, {"acct": "lea@elsewhere.example"}],
        tags=[{"name": "ferry"}],
        media_attachments=[
            {"type": "image", "url": "https://port-alder.example/1.png", "description": "The ferry"}
        ],
        quote={"state": "accepted", "quoted_status": {"uri": "https://elsewhere.example/9"}},
    )
    connector = TimelineConnector("https://port-alder.example", {}, CLIENT)
    connector.read(json.dumps(status(6)).encode())
    (post,) = connector.read(json.dumps(one).encode())
    assert isinstance(post, Post)
    assert post.author.address == "ana@port-alder.example"
    assert post.reply_to == status(6)["uri"]
    assert post.mentions == ("tomasz@port-alder.example", "lea@elsewhere.example")
    assert (post.tags, post.title, post.quotes) == (
        ("ferry",),
        "About the ferry",
        ("https://elsewhere.example/9",),
    )
    assert [one.description for one in post.media] == ["The ferry"]


def test_streams_are_named_as_people_write_them() -> None:
    asked = [
        "Public@mastodon.example",
        "local@mastodon.example:8443",
        "#Fähre@mastodon.example",
        "ana@mastodon.example",
    ]
    found = [streams.named(one) for one in asked]
    assert [one and one.address for one in found] == [
        "https://mastodon.example",
        "https://mastodon.example:8443/public/local",
        "https://mastodon.example/tags/F%C3%A4hre",
        None,
    ]
