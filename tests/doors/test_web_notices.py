"""What people are told: by whom it is meant, how much they want, in the list, by letter and on their devices."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from colonnade.conversations import actions as conversations
from colonnade.core import events
from colonnade.people import actions as people
from colonnade.places import actions as places
from colonnade.primitives import clock
from colonnade.workspace import work
from colonnade.workspace.models import Digest, Notice, Subscription
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, text_of, visitor
from tests.rooms.loopback import Request, serving
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def hear() -> None:
    """What was announced reaches its subscribers."""
    events.stamp()
    events.pump()


def kinds(person: Any) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def test_whoever_is_named_or_answered_is_told_where(world: World) -> None:
    name = world.identity(world.lea).address
    _, first = world.start(world.town, f"@{name} do you know when it opens?", by=world.ana)
    hear()
    page = text_of(visitor(world.lea).get("/notices"))
    assert "Ana Duarte named you in Town talk." in page
    assert "do you know" not in page
    assert kinds(world.ana) == []
    assert first.pk


def test_levels_conversation_then_membership_then_default(world: World) -> None:
    client = visitor(world.ana)
    world.start(world.partners, "The winter timetable", by=world.partner)
    hear()
    assert kinds(world.ana) == []  # by default only what is meant for her
    client.post(f"/settings/notices/spaces/{world.partners.pk}", {"level": "all"})
    talk, _ = world.start(world.partners, "The summer timetable", by=world.partner)
    hear()
    assert kinds(world.ana) == ["new_in_space"]
    client.post(f"/notices/conversations/{talk.pk}", {"level": "nothing"})
    name = world.identity(world.ana).address
    conversations.say(talk, by=world.identity(world.partner), text=f"@{name} what do you think?")
    hear()
    assert kinds(world.ana) == ["new_in_space"]


def test_nobody_is_told_of_what_they_may_not_see(world: World) -> None:
    name = world.identity(world.lea).address
    world.start(world.partners, f"@{name} this is between us", by=world.partner)
    hear()
    assert kinds(world.lea) == []
    name = world.identity(world.ana).address
    world.start(world.partners, f"@{name} this is between us", by=world.partner)
    hear()
    client = visitor(world.ana)
    told = Notice.objects.get(person=world.ana)
    assert "named you in Partners" in text_of(client.get("/notices"))
    places.leave(world.partners, world.ana)
    assert "Partners" not in text_of(client.get("/notices"))
    assert text_of(client.get("/notices?part=count")).strip() == ""
    assert_the_same_as_absent(client, f"/notices/{told.pk}", "/notices/17")


def test_notices_are_counted_read_one_by_one_and_all_at_once(world: World) -> None:
    client, name = visitor(world.ana), world.identity(world.ana).address
    for number in range(3):
        world.start(world.town, f"@{name} {number}", by=world.lea)
    hear()
    with few_statements():
        assert text_of(client.get("/notices?part=count")).startswith("3")
    with few_statements():
        assert text_of(client.get("/notices")).count(" unread") == 3
    newest = Notice.objects.filter(person=world.ana).order_by("-pk").first()
    assert newest is not None
    assert client.get(f"/notices/{newest.pk}")["Location"] == f"/posts/{newest.post_id}"
    assert text_of(client.get("/notices?part=count")).startswith("2")
    assert visitor(world.lea).get(f"/notices/{newest.pk}").status_code == 404
    client.post("/notices/read")
    assert text_of(client.get("/notices?part=count")).strip() == ""


def test_what_i_am_told_is_a_choice(world: World) -> None:
    client = visitor(world.ana)
    said = {
        "level": "all",
        "quiet_from": "22:00",
        "quiet_to": "07:00",
        "digest": "daily",
        "digest_at": "08:30",
    }
    assert client.post("/settings/notices", said).status_code == 302
    client.get("/settings/notices")  # the very first visit makes the keys for push
    with few_statements():
        page = text_of(client.get("/settings/notices"))
    assert 'value="22:00"' in page
    assert 'value="08:30"' in page
    assert client.post("/settings/notices", {**said, "quiet_from": "late"}).status_code == 422
    assert client.post("/settings/notices", {**said, "level": "more"}).status_code == 422


# --- letters ------------------------------------------------------------------------------------------------------


def wants(person: Any, **change: str) -> None:
    said = {"level": "mentions", "digest": "daily", "digest_at": "08:00", **change}
    assert visitor(person).post("/settings/notices", said).status_code == 302


def letters(moved: Any = None, seconds: float = 0) -> None:
    if moved is not None:
        moved(seconds)
    work.write_letters()
    for row in Digest.objects.filter(sent_at__isnull=True):
        work.send_letter(row.pk)


def test_a_letter_comes_once_a_day_at_my_own_time(world: World, mailoutbox: list[Any]) -> None:
    name = world.identity(world.ana).address
    world.ana.time_zone = "Pacific/Auckland"  # thirteen hours ahead in November
    people.set_profile(world.ana, name=world.ana.name, time_zone="Pacific/Auckland", language="")
    with clock.stopped_at(datetime(2026, 11, 22, 18, 0, tzinfo=UTC)) as moved:
        wants(world.ana)
        world.start(world.town, f"@{name} one", by=world.lea)
        hear()
        letters()
        assert mailoutbox == []  # 07:00 there
        letters(moved, 3600)
        letters(moved, 3600)
        (letter,) = mailoutbox
        assert letter.to == ["ana@portalder.example"]
        assert "Lea Brandt named you in Town talk." in letter.body
        row = Digest.objects.get()
        assert letter.extra_headers["Message-ID"].startswith(f"<notices.{row.pk}@")
        work.send_letter(row.pk)
        letters(moved, 24 * 3600)
        assert len(mailoutbox) == 1  # nothing new: no letter, and what the last one told is not told again


def test_no_letter_in_quiet_hours_nor_about_what_one_may_no_longer_see(
    world: World, mailoutbox: list[Any]
) -> None:
    name = world.identity(world.ana).address
    with clock.stopped_at(datetime(2026, 11, 22, 23, 0, tzinfo=UTC)) as moved:
        wants(world.ana, digest="hourly", quiet_from="22:00", quiet_to="07:00")
        world.start(world.partners, f"@{name} between us", by=world.partner)
        hear()
        letters()
        assert mailoutbox == []
        assert not Digest.objects.exists()
        places.leave(world.partners, world.ana)
        letters(moved, 9 * 3600)
        assert mailoutbox == []
        assert Digest.objects.get().sent_at is not None


# --- push ---------------------------------------------------------------------------------------------------------


class Browser:
    """A browser's half of a subscription: it alone can read what is pushed."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"sixteen bytes it"

    def keys(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": urlsafe_b64encode(point).decode(), "auth": urlsafe_b64encode(self.auth).decode()}

    def read(self, body: bytes) -> Any:
        return json.loads(
            http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        )


def push_all(person: Any) -> None:
    for notice in Notice.objects.filter(person=person):
        for row in Subscription.objects.filter(person=person):
            work.push(notice.pk, row.pk)


def test_a_notice_rings_on_the_device_that_asked_for_it_and_on_no_other(world: World, settings: Any) -> None:
    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ("localhost",)
    status = b"201 Created"

    def answer(request: Request, to: Any) -> None:
        to.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    with serving(answer) as service:
        browser, client = Browser(), visitor(world.ana)
        said = {"endpoint": service.url("/one"), **browser.keys()}
        assert visitor().post("/notices/push/on", said).status_code == 302
        assert client.post("/notices/push/on", {**said, "endpoint": "ftp://x"}).status_code == 422
        assert client.post("/notices/push/on", said).status_code == 204
        name = world.identity(world.ana).address
        world.start(world.partners, f"@{name} between us", by=world.partner)
        hear()
        push_all(world.ana)
        (request,) = service.requests
        told = Notice.objects.get()
        assert browser.read(request.body) == {
            "title": "Colonnade",
            "body": "Ferry Partner named you in Partners.",
            "url": f"/notices/{told.pk}",
        }
        assert request.headers["authorization"].startswith("vapid t=")
        places.leave(world.partners, world.ana)  # seen again at delivery
        push_all(world.ana)
        assert len(service.requests) == 1
        places.join(world.partners, world.ana)
        wants(world.ana, quiet_from="00:00", quiet_to="23:59")
        with clock.stopped_at(datetime(2026, 11, 22, 12, 0, tzinfo=UTC)):
            push_all(world.ana)
        assert len(service.requests) == 1
        wants(world.ana)
        status = b"410 Gone"
        push_all(world.ana)
        assert not Subscription.objects.exists()


def test_ending_a_session_ends_its_push(world: World) -> None:
    here, there = visitor(world.ana), visitor(world.ana)
    for number, client in enumerate((here, there)):
        said = {"endpoint": f"https://push.example/{number}", **Browser().keys()}
        assert client.post("/notices/push/on", said).status_code == 204
    here.post("/settings/sessions/end", {"others": "1"})
    assert [row.endpoint for row in Subscription.objects.all()] == ["https://push.example/0"]
    here.post("/notices/push/off")
    assert not Subscription.objects.exists()
