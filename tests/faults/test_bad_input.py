"""Bad input through the real paths: a clear reason is kept, nothing is lost, the next good message goes through, and the
child that meets it grows by at most 64 MB."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import socket
from typing import Any

import pytest

from colonnade.conversations.models import Post, PostText, Raw
from colonnade.networks.base import Author
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.primitives import clock, ids
from tests.faults.bad_input import ROOM_BYTES
from tests.rooms.loopback import Request, reply, serving
from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

CHECKOUT = Path(__file__).resolve().parents[2]
DEEP = 100_000
MANY = 100_000
MARKS = "\u0301\u0308" * 20

Meet = Callable[..., dict[str, Any]]


class Zygote:
    """The process with everything loaded that forks the children; see `tests.faults.bad_input`."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._folder = folder
        self._spawned = itertools.count()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.bad_input"],
            cwd=CHECKOUT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def start(self, *specs: dict[str, Any]) -> list[Path]:
        """Fork a child for each, all at once. Gives where each writes what it tells."""
        folders = [self._folder / str(next(self._spawned)) for _ in specs]
        whole = [
            {"file": "", "hosts": [], **spec, "told": f"{folder}.json", "trace": f"{folder}.trace"}
            for spec, folder in zip(specs, folders, strict=True)
        ]
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(whole) + "\n")
        self.process.stdin.flush()
        return folders

    def told(self, folders: list[Path]) -> list[dict[str, Any]]:
        """What they told, once all have ended."""
        assert self.process.stdout is not None
        ended = json.loads(self.process.stdout.readline())
        for end, folder in zip(ended, folders, strict=True):
            assert (end["signal"], end["code"]) == (0, 0), Path(f"{folder}.trace").read_text()[-3000:]
        return [json.loads(Path(f"{folder}.json").read_text()) for folder in folders]

    def close(self) -> None:
        self.process.communicate(timeout=60)


@pytest.fixture(scope="module")
def zygotes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Zygote]]:
    """The one of this file, once a test with a database has made it."""
    made: dict[str, Zygote] = {}
    yield made
    for one in made.values():
        one.close()


@pytest.fixture
def zygote(
    zygotes: dict[str, Zygote],
    child_environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Zygote:
    if "one" not in zygotes:
        zygotes["one"] = Zygote(child_environment, tmp_path_factory.mktemp("children"))
    return zygotes["one"]


@pytest.fixture
def meet(zygote: Zygote) -> Meet:
    """Let a child meet something: `meet(way, place, file, hosts=…)` gives what it tells."""

    def run(way: str, place: Place, file: Path | str = "", hosts: tuple[str, ...] = ()) -> dict[str, Any]:
        spec = {"way": way, "place": place.pk, "file": str(file), "hosts": hosts}
        told = zygote.told(zygote.start(spec))[0]
        assert told["grown"] <= ROOM_BYTES, f"it grew by {told['grown'] / 2**20:.0f} MB"
        return told

    return run


# --- what a feed may send -----------------------------------------------------------------------------------------


def rss(items: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>River</title>{items}</channel></rss>'.encode()


def entry(name: str, text: str, more: str = "") -> str:
    return f"<item><guid isPermaLink='false'>{name}</guid><description>{text}</description>{more}</item>"


GOOD = rss(entry("good", "The ferry sails again"))
Sends = Callable[[socket], object]


def whole(body: bytes, kind: str = "application/xml") -> Sends:
    return lambda connection: reply(connection, body, headers={"content-type": kind})


def bomb(connection: socket) -> None:
    """10 GB of gzip: a hundred members of 100 MB of nothing, about 10 MB on the wire."""
    member = gzip.compress(bytes(100 * 1024 * 1024), 9)
    head = "HTTP/1.1 200 X\r\ncontent-type: application/xml\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n"
    connection.sendall(head.encode())
    for _ in range(100):
        connection.sendall(member)


def unpacked_bomb(connection: socket) -> None:
    """As large, and small on the wire: gzip inside gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    member = gzip.compress(bytes(100 * 1024 * 1024), 9)
    body = b"".join(packer.compress(member) for _ in range(100)) + packer.flush()
    reply(connection, body, headers={"content-type": "application/xml", "content-encoding": "gzip, gzip"})


def large_page(connection: socket) -> None:
    """50 MB of a web page, in pieces and without a length."""
    connection.sendall(
        b"HTTP/1.1 200 X\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<!doctype html><body>"
    )
    piece = b"<p>The ferry is late.</p>" * 40_000
    for _ in range(50):
        connection.sendall(piece)


def deep_feed() -> bytes:
    return (
        b'{"version":"https://jsonfeed.org/version/1.1","title":"River","items":'
        + b"[" * DEEP
        + b"]" * DEEP
        + b"}"
    )


REFUSED: dict[str, Sends] = {
    "a feed broken off inside its first tag": whole(b"<?xml version='1.0'?><rs"),
    "what is neither markup nor text": whole(bytes(range(256)) * 400),
    "JSON 100,000 levels deep": whole(deep_feed(), "application/feed+json"),
    "a 10 GB gzip bomb": bomb,
    "a gzip bomb inside gzip": unpacked_bomb,
    "a page of 50 MB": large_page,
}

TAKEN: dict[str, bytes] = {
    "a feed broken off in its second entry": rss(entry("one", "The bridge is closed"))[:-20]
    + b"<item><descr",
    "a feed that says UTF-8 and is not": rss(entry("one", "The bridge is closed")).replace(
        b"bridge", b"br\xff\xfeidge"
    ),
    "an entry of the year 0": rss(
        entry("one", "The bridge is closed", "<pubDate>0000-01-01T00:00:00Z</pubDate>")
    ),
    "an entry of the year 9999": rss(entry("one", "The bridge", "<pubDate>9999-12-31T23:59:59Z</pubDate>")),
    "an entry of the year 99999": rss(entry("one", "The bridge", "<pubDate>99999-12-31T23:59:59Z</pubDate>")),
    "an entry that mentions 100,000 people": rss(entry("one", " ".join(f"@river{n}" for n in range(MANY)))),
}


@pytest.fixture
def world(transactional_db: None) -> World:
    return World.make()


def polled(meet: Meet, send: Sends) -> tuple[Place, dict[str, Any]]:
    """A child reads a feed that first sends this, and then a good one."""
    asked: Iterator[Sends] = iter((send, whole(GOOD)))

    def answer(request: Request, connection: socket) -> bool:
        next(asked)(connection)
        return False

    with serving(answer) as there:
        place = places.add_source("feeds", there.url("/feed"))
        return place, meet("poll", place, hosts=(f"localhost:{there.port}",))


@pytest.mark.parametrize("what", REFUSED)
def test_a_feed_that_cannot_be_read_leaves_its_reason_and_the_next_is_read(
    world: World, meet: Meet, what: str
) -> None:
    place, told = polled(meet, REFUSED[what])
    assert told["met"]["posts"] == []
    reasons = [*Raw.objects.filter(place=place, state="quarantined").values_list("reason", flat=True)]
    assert told["met"]["error"] or reasons
    said = told["met"]["error"] or reasons[0]
    assert re.search(r"[a-z]{3,} [a-z]{2,}", said), f"{said!r} is no clear reason"
    assert len(told["next"]["posts"]) == 1
    assert told["next"]["error"] == ""


@pytest.mark.parametrize("what", TAKEN)
def test_of_a_damaged_feed_all_that_can_be_read_comes_in(world: World, meet: Meet, what: str) -> None:
    _, told = polled(meet, whole(TAKEN[what]))
    assert len(told["met"]["posts"]) == 1
    assert len(told["next"]["posts"]) == 1
    now = ids.first_of(clock.now_ms() + 1)
    assert all(ids.ms_of(int(post)) >= ids.EARLIEST_MS and int(post) <= now for post in told["met"]["posts"])
    text = PostText.objects.get(pk=int(told["met"]["posts"][0])).text
    assert text
    assert len(text) <= 100_000


def test_an_entry_of_combining_marks_alone_costs_no_other_entry(world: World, meet: Meet) -> None:
    place, told = polled(meet, whole(rss(entry("marks", MARKS) + entry("two", "The bridge"))))
    assert len(told["met"]["posts"]) == 1
    kept = Raw.objects.get(place=place, state="quarantined")
    assert (kept.reason[:29], bytes(kept.payload).decode()) == ("Nothing of the entry's text c", MARKS)
    assert len(told["next"]["posts"]) == 1


# --- what is pushed to us -----------------------------------------------------------------------------------------


def line(**more: object) -> bytes:
    said = {
        "kind": "post",
        "uri": "p:bad",
        "author": {"account": "river@pretend"},
        "text": "The bridge",
        **more,
    }
    return json.dumps(said).encode()


def letter(head: str = "", body: bytes = b"The bridge is closed") -> bytes:
    given = f"From: River <river@harbour.example>\r\nSubject: Bridge\r\nMessage-ID: <bad@harbour.example>\r\n{head}\r\n"
    return given.encode() + body


PRETEND_REFUSED = {
    "broken UTF-8": line().replace(b"The bridge", b"The \xff\xfebridge"),
    "JSON 100,000 levels deep": b"[" * DEEP + b"]" * DEEP,
    "a name 100,000 levels deep": line(media=[]).replace(
        b'"media": []', b'"media": ' + b"[" * DEEP + b"]" * DEEP
    ),
    "the year 0": line(published="0000-01-01T00:00:00Z"),
    "the year 9999": line(published="9999-12-31T23:59:59Z"),
    "100,000 mentions": line(text=" ".join(f"@p{n}" for n in range(MANY))[:90_000]),
    "a text of 10 MB": line(text="word " * 2_000_000),
    "combining marks alone": line(text=MARKS),
    "an id from the future that is no id": line(uri="\u0000" * 30),
    "nothing": b"",
}

MAIL_REFUSED = {
    "no sender": b"Subject: Bridge\r\n\r\nThe bridge",
    "combining marks alone": letter("Content-Type: text/plain; charset=utf-8\r\n", MARKS.encode()).replace(
        b"Subject: Bridge\r\n", b""
    ),
    "parts in parts, 10,000 deep": letter(
        "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(10_000))
    ),
}

MAIL_TAKEN = {
    "broken UTF-8": letter("Content-Type: text/plain; charset=utf-8\r\n", b"The \xff\xfebridge is closed"),
    "the year 0": letter("Date: Mon, 01 Jan 0000 00:00:00 +0000\r\n"),
    "the year 9999": letter("Date: Fri, 31 Dec 9999 23:59:59 +0000\r\n"),
    "100,000 mentions": letter("", " ".join(f"@river{n}" for n in range(MANY)).encode()),
    "100,000 recipients": letter(
        "To: " + ",\r\n ".join(f"p{n}@harbour.example" for n in range(MANY)) + "\r\n"
    ),
}


@pytest.fixture
def mailbox(world: World) -> Place:
    us = Author(network="mail", address="desk@portalder.example")
    return places.add_account("mail", "desk@portalder.example", name="Desk mail", credentials={}, identity=us)


def pushed(meet: Meet, place: Place, payload: bytes, folder: Path) -> dict[str, Any]:
    (folder / "payload").write_bytes(payload)
    told = meet("keep", place, folder / "payload")
    assert told["met"]["kept"], "what was pushed is not what is kept"
    return told


def refused(told: dict[str, Any]) -> None:
    assert told["met"]["state"] == "quarantined"
    assert re.search(r"\w{2,} \w{2,}", told["met"]["reason"])
    assert told["met"]["posts"] == []


@pytest.mark.parametrize("what", PRETEND_REFUSED)
def test_a_pushed_item_that_cannot_be_read_waits_in_quarantine_with_its_reason(
    world: World, meet: Meet, tmp_path: Path, what: str
) -> None:
    refused(pushed(meet, world.wire, PRETEND_REFUSED[what], tmp_path))
    assert len(pushed(meet, world.wire, line(uri="p:good"), tmp_path)["met"]["posts"]) == 1


def test_a_bad_line_among_good_ones_costs_none_of_them(world: World, meet: Meet, tmp_path: Path) -> None:
    payload = b"\n".join([line(uri="p:1"), *PRETEND_REFUSED.values(), line(uri="p:2")])
    told = pushed(meet, world.wire, payload, tmp_path)
    assert told["met"]["state"] == "quarantined"
    assert len(told["met"]["posts"]) == 2


@pytest.mark.parametrize("what", MAIL_REFUSED)
def test_a_letter_that_cannot_be_read_waits_in_quarantine_with_its_reason(
    mailbox: Place, meet: Meet, tmp_path: Path, what: str
) -> None:
    refused(pushed(meet, mailbox, MAIL_REFUSED[what], tmp_path))
    good = letter().replace(b"bad@", b"good@")
    assert len(pushed(meet, mailbox, good, tmp_path)["met"]["posts"]) == 1


@pytest.mark.parametrize("what", MAIL_TAKEN)
def test_a_damaged_letter_is_read_as_far_as_it_goes(
    mailbox: Place, meet: Meet, tmp_path: Path, what: str
) -> None:
    told = pushed(meet, mailbox, MAIL_TAKEN[what], tmp_path)
    assert (told["met"]["state"], len(told["met"]["posts"])) == ("parsed", 1), told["met"]
    post = int(told["met"]["posts"][0])
    assert ids.EARLIEST_MS <= ids.ms_of(post) <= clock.now_ms()


# --- what is sent to our own doors ----------------------------------------------------------------------------------


def said(where: object, text: str = "The bridge") -> bytes:
    return json.dumps({"place": str(where), "text": text}).encode()


REST_REFUSED: dict[str, Callable[[Place], bytes]] = {
    "JSON 100,000 levels deep": lambda place: b'{"text":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "broken UTF-8": lambda place: said(place.pk).replace(b"bridge", b"br\xff\xfeidge"),
    "a text of 10 MB": lambda place: said(place.pk, text="word " * 2_000_000),
    "100,000 mentions": lambda place: said(place.pk, text=" ".join(f"@river{n}" for n in range(MANY))),
    "combining marks alone": lambda place: said(place.pk, text=MARKS),
    "an id that is none yet": lambda place: said("9223372036854775807"),
    "an id beyond all ids": lambda place: said("9" * 19),
    "nothing": lambda place: b"",
}

ASK_REFUSED: dict[str, bytes] = {
    "combining marks alone": MARKS.encode(),
    "100,000 mentions": " ".join(f"@river{n}" for n in range(MANY)).encode(),
    "a text of 4 MB": b"word " * 800_000,
    "nothing": b"",
}


@pytest.mark.parametrize("what", REST_REFUSED)
def test_a_program_that_sends_it_is_told_why_and_its_next_post_is_taken(
    world: World, meet: Meet, tmp_path: Path, what: str
) -> None:
    (tmp_path / "payload").write_bytes(REST_REFUSED[what](world.town))
    told = meet("rest", world.town, tmp_path / "payload")
    assert 400 <= told["met"]["status"] < 500
    assert re.search(r"\w{2,} \w{2,}", json.loads(told["met"]["says"])["detail"])
    assert told["next"] == 201


@pytest.mark.parametrize("what", ASK_REFUSED)
def test_whoever_asks_with_it_is_told_why_and_may_ask_again(
    world: World, meet: Meet, tmp_path: Path, what: str
) -> None:
    (tmp_path / "payload").write_bytes(ASK_REFUSED[what])
    told = meet("ask", world.questions, tmp_path / "payload")
    assert 400 <= told["met"]["status"] < 500
    assert told["next"] == 302


# --- the same at once, and from the future --------------------------------------------------------------------------


def test_the_same_post_twice_at_once_is_written_once_and_nobody_fails(
    world: World, zygote: Zygote, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    children = zygote.start(*({"way": "store", "place": world.wire.pk, "file": str(go)} for _ in range(3)))
    until = time.monotonic() + 60
    while len(list(tmp_path.glob("go.ready.*"))) < len(children):
        assert time.monotonic() < until, "they are not all ready"
        time.sleep(0.01)
    go.touch()
    told = zygote.told(children)
    written = {post for one in told for post in one["posts"]}
    assert sum(len(one["posts"]) for one in told) == 1
    assert all(set(one["known"]) <= written for one in told)
    assert Post.objects.filter(pk__in=[int(post) for post in written]).count() == 1


def test_a_post_from_the_future_is_of_the_moment_it_arrived(world: World, meet: Meet, tmp_path: Path) -> None:
    told = pushed(meet, world.wire, line(published="2199-01-01T00:00:00Z"), tmp_path)
    assert ids.ms_of(int(told["met"]["posts"][0])) <= clock.now_ms()
