"""A Jetstream server on loopback that plays events, hangs up, repeats itself and talks nonsense as a test wants."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from colonnade.networks.http import Client

DATA = Path(__file__).resolve().parents[2] / "../shared/data/atproto/captures"
BEGAN_US = 1_790_000_000_000_000
ANA, TOMASZ = "did:plc:anaofportalder", "did:plc:tomaszofportalder"
CLIENT = Client(allowed_private_hosts=["localhost", "127.0.0.1"])

Play = Callable[[ServerConnection, "Town"], None]


def commit(
    number: int, text: str = "", *, did: str = ANA, operation: str = "create", key: str = "", **record: Any
) -> dict[str, Any]:
    """An event about a post, `number` milliseconds after the beginning."""
    said: dict[str, Any] = {
        "rev": f"rev{number}",
        "operation": operation,
        "collection": "app.bsky.feed.post",
        "rkey": key or f"3k{number:011d}",
    }
    if operation != "delete":
        said["record"] = {
            "$type": "app.bsky.feed.post",
            "text": text or f"Ferry {number} is late",
            "createdAt": datetime.fromtimestamp(BEGAN_US / 1_000_000 + number / 1000, UTC).isoformat(),
            **record,
        }
    return {"did": did, "time_us": BEGAN_US + number * 1000, "kind": "commit", "commit": said}


def captured() -> list[dict[str, Any]]:
    """Real posts as commits, oldest first; skips the test where they are not."""
    files = sorted(DATA.glob("automod/*/testdata/*.json"))
    if not files:
        pytest.skip("the captures of atproto are not beside the checkout")
    found = []
    for file in files:
        for one in json.loads(file.read_text()).get("postRecords") or []:
            did, collection, key = one["uri"].removeprefix("at://").split("/")
            made = datetime.fromisoformat(one["value"]["createdAt"])
            said = {
                "rev": key,
                "operation": "create",
                "collection": collection,
                "rkey": key,
                "cid": one["cid"],
            }
            found.append(
                {
                    "did": did,
                    "time_us": int(made.timestamp() * 1_000_000) + 900_000,
                    "kind": "commit",
                    "commit": {**said, "record": one["value"]},
                }
            )
    return sorted(found, key=lambda event: event["time_us"])


class Town:
    """What is played: `events` from the cursor on, then goodbye. `plays` stand in for the first connections, one each."""

    def __init__(self, events: Sequence[dict[str, Any]], plays: Sequence[Play] = ()) -> None:
        self.events = list(events)
        self.plays = list(plays)
        self.asked: list[dict[str, list[str]]] = []
        self.port = 0

    @property
    def address(self) -> str:
        return f"ws://localhost:{self.port}/subscribe"

    def talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.asked.append(parse_qs(urlsplit(connection.request.path).query))
        with suppress(ConnectionClosed, OSError):
            if self.plays:
                self.plays.pop(0)(connection, self)
            else:
                play(connection, self)

    def from_cursor(self) -> list[dict[str, Any]]:
        """The events that the last who came asked for: from the named moment on, that moment included."""
        start = int(self.asked[-1].get("cursor", ["0"])[0])
        return [event for event in self.events if event["time_us"] >= start]


def play(connection: ServerConnection, town: Town) -> None:
    """Everything from the cursor on."""
    for event in town.from_cursor():
        connection.send(json.dumps(event))


@contextmanager
def jetstream(events: Sequence[dict[str, Any]], plays: Sequence[Play] = ()) -> Iterator[Town]:
    """A server that plays these events."""
    town = Town(events, plays)
    with serve(town.talk, "localhost", 0) as server:
        town.port = server.socket.getsockname()[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield town
        server.shutdown()
