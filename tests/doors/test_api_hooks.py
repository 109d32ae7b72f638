"""What others push to us: hubs of feeds, letters; and what the server says of itself."""

from __future__ import annotations

import hashlib
import hmac
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.conversations.models import Raw
from colonnade.core import work, worker
from colonnade.core.models import Job
from colonnade.inbox import queries as inbox
from colonnade.networks import base
from colonnade.places import actions as places
from colonnade.places import queries as place_queries
from colonnade.places.models import Place
from tests.rooms.feed_town import item, rss
from tests.rooms.loopback import pages, serving
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> World:
    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ("localhost", "127.0.0.1")
    return World.make()


def run_work() -> None:
    while work.run_due(20):
        pass


def signed(place: Place, body: bytes, secret: str = "") -> dict[str, str]:
    key = (secret or place_queries.hook_token(place.pk, "websub-secret")).encode()
    return {"X-Hub-Signature": f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"}


def push(path: str, body: bytes, headers: dict[str, str]) -> Any:
    return Client().post(path, body, content_type="application/rss+xml", headers=headers)


def titles(world: World, place: Place) -> list[str]:
    viewer = world.viewer(world.ana)
    return [
        line.title
        for line in conversation_queries.lines(viewer, conversation_queries.newest(viewer, place=place.pk))
    ]


def test_a_feed_with_a_hub_is_pushed_to_us_and_only_what_is_signed_counts(world: World) -> None:
    table: dict[str, tuple[int, dict[str, str], bytes]] = {"/hub": (202, {}, b"")}
    with serving(pages(table)) as there:
        topic = there.url("/rss")
        head = f'<atom:link rel="hub" href="{there.url("/hub")}"/><atom:link rel="self" href="{topic}"/>'
        table["/rss"] = (
            200,
            {"content-type": "application/rss+xml"},
            rss(item("1", title="First"), head=head),
        )
        place = places.add_source("feeds", topic)
        conversations.poll(place_queries.place_by_id(place.pk))
        worker.settle()
        run_work()
        asked = parse_qs(next(r for r in there.requests if r.path == "/hub").body.decode())
    assert (asked["hub.mode"], asked["hub.topic"]) == (["subscribe"], [topic])
    callback = urlsplit(asked["hub.callback"][0]).path

    challenge = {
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.challenge": "<b>7",
        "hub.lease_seconds": "60",
    }
    confirmed = Client().get(callback, challenge)
    assert (confirmed.status_code, confirmed.content) == (200, b"<b>7")
    assert confirmed["Content-Type"].startswith("text/plain")
    for wrong in (
        {"hub.topic": "https://other.example/"},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": ""},
    ):
        assert Client().get(callback, {**challenge, **wrong}).status_code == 404

    body = rss(item("2", title="Second"), head=head)
    for headers in ({}, {"X-Hub-Signature": "sha256=00"}, signed(place, body, "another secret")):
        assert push(callback, body, headers).status_code == 202
    assert Raw.objects.filter(state="received").count() == 0
    assert push(callback, body, signed(place, body)).status_code == 202
    assert push(callback, body, signed(place, body)).status_code == 202
    run_work()
    assert titles(world, place) == ["Second", "First"]


def test_a_push_is_answered_when_it_is_kept_and_understood_later(world: World) -> None:
    place = places.add_source("feeds", "https://feed.example/rss")
    places.note_poll(place, cursor={"hub": "https://hub.example/"}, again_in_s=60)
    path = f"/hooks/websub/{place.pk}/{place_queries.hook_token(place.pk, 'websub')}"
    body = b"this is no feed"
    assert push(path, body, signed(place, body)).status_code == 202
    (raw,) = Raw.objects.all()
    assert (raw.state, bytes(raw.payload)) == ("received", body)
    assert Job.objects.filter(function="colonnade.conversations.work.parse").count() == 1
    run_work()
    raw.refresh_from_db()
    assert raw.state == "quarantined"
    assert raw.reason


def test_an_address_that_is_not_ours_tells_nothing(world: World) -> None:
    feed = places.add_source("feeds", "https://feed.example/rss")
    plain = places.add_source("feeds", "https://plain.example/rss")
    places.note_poll(feed, cursor={"hub": "https://hub.example/"}, again_in_s=60)
    token = place_queries.hook_token(feed.pk, "websub")
    answers = set()
    for place, word in (
        (feed.pk, "x"),
        (feed.pk, place_queries.hook_token(feed.pk, "in")),
        (plain.pk, place_queries.hook_token(plain.pk, "websub")),
        (7, token),
        ("abc", token),
        ("99999999999999999999", token),
    ):
        answer = push(f"/hooks/websub/{place}/{word}", b"x", {})
        answers.add((answer.status_code, answer.content))
    assert {status for status, _ in answers} == {404}
    assert len(answers) == 1


def test_a_letter_that_is_pushed_becomes_a_case_at_the_desk(world: World) -> None:
    place = places.add_account(
        "mail",
        "desk@portalder.example",
        name="Desk",
        credentials={},
        identity=base.Author(network="mail", address="desk@portalder.example"),
    )
    letter = EmailMessage()
    letter["From"], letter["To"] = "Ngozi Okafor <ngozi@okafor.example>", "desk@portalder.example"
    letter["Subject"], letter["Message-ID"] = "Ferry", "<1@okafor.example>"
    letter.set_content("When does it leave?")
    path = f"/hooks/in/{place.pk}/{place_queries.hook_token(place.pk, 'in')}"
    for _ in range(2):
        assert Client().post(path, bytes(letter), content_type="message/rfc822").status_code == 202
    run_work()
    worker.settle()
    (case,) = inbox.cases_for(world.viewer(world.ana))
    assert case.heard is not None
    assert (case.heard.title, case.why) == ("Ferry", "direct")
    assert conversation_queries.newest(world.anonymous, place=place.pk) == []


def test_a_push_that_is_empty_or_endless_is_not_kept(world: World) -> None:
    place = places.add_account(
        "mail",
        "desk@portalder.example",
        name="Desk",
        credentials={},
        identity=base.Author(network="mail", address="desk@portalder.example"),
    )
    path = f"/hooks/in/{place.pk}/{place_queries.hook_token(place.pk, 'in')}"
    assert Client().post(path, b"", content_type="message/rfc822").status_code == 400
    assert Client().post(path, b"x" * (8 * 1024 * 1024 + 1), content_type="message/rfc822").status_code == 413
    assert Client().get(path).status_code == 405
    assert Raw.objects.count() == 0


def test_the_server_says_whether_it_is_alive_and_ready(world: World) -> None:
    assert Client().get("/healthz").json() == {"alive": True}
    early = Client().get("/readyz")
    assert (early.status_code, early.json()["ready"]) == (503, False)
    assert "No worker has been heard of" in early.json()["reasons"][0]
    worker.beat("worker-1")
    ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert {"database", "durability", "workers", "oldest_due_work_s", "parked_events"} <= ready.json().keys()
    assert not {"event_lag", "unstamped_events"} & ready.json().keys()
    assert Client().post("/readyz").status_code == 405
