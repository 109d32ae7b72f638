"""On a phone: an icon on the home screen, the last seen pages without a network, words that wait and are sent once."""

from __future__ import annotations

import json
import re

import pytest

from colonnade.conversations.models import Post
from colonnade.inbox.models import Case
from tests.doors.web_visits import stamp_in, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

KEY = "0123456789abcdef-once"


@pytest.fixture
def world() -> World:
    return World.make()


def seat_of(page: str) -> str:
    """Whose page a browser takes it for."""
    found = re.search(r'<meta name="colonnade-seat" content="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_house_can_be_put_on_a_home_screen(world: World) -> None:
    client = visitor()
    sent = client.get("/manifest.webmanifest")
    told = json.loads(sent.content)
    assert sent["Content-Type"] == "application/manifest+json"
    assert told["display"] == "standalone"
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        picture = client.get(icon["src"])
        assert picture["Content-Type"] == "image/png"
        assert len(picture.content) <= 20_000
    worker = client.get("/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"] == "no-cache"
    assert "There is no network" in text_of(client.get("/offline"))


def test_a_page_says_whose_it_is_without_giving_the_session_away(world: World) -> None:
    ana, lea = visitor(world.ana), visitor(world.lea)
    seats = {seat_of(text_of(client.get("/"))) for client in (ana, lea, visitor())}
    assert len(seats) == 3
    assert seat_of(text_of(ana.get("/inbox"))) in seats
    assert all(str(ana.session.session_key) not in seat for seat in seats)


def test_a_question_that_is_sent_twice_under_one_key_is_asked_once(world: World) -> None:
    client = visitor()
    form = {"text": "Does the ferry run?", "stamp": stamp_in(client.get("/")), "once": KEY}
    first = client.post("/ask", form)
    again = visitor().post("/ask", form)  # the answer to the first never arrived
    assert first["Location"] == again["Location"]
    assert "Does the ferry run?" in text_of(visitor_with(again).get(again["Location"]))
    assert Case.objects.count() == 1
    visitor().post("/ask", {**form, "once": "another-key-of-theirs"})
    for _ in range(2):
        visitor().post("/ask", {**form, "once": "short"})  # no key at all
    assert Case.objects.count() == 4


def visitor_with(response: object) -> object:
    """A browser that holds the cookies of an answer."""
    client = visitor()
    client.cookies = response.cookies  # type: ignore[attr-defined]
    return client


def test_words_that_are_sent_twice_under_one_key_are_said_once(world: World) -> None:
    talk, _ = world.start(world.town, "The bridge is closed.", by=world.tomasz)
    ana, lea = visitor(world.ana), visitor(world.lea)
    for client in (ana, ana, lea):
        client.post(f"/conversations/{talk.pk}/say", {"text": "Until noon.", "once": KEY})
    assert Post.objects.filter(conversation=talk, said__text="Until noon.").count() == 2


def test_an_asker_s_words_that_are_sent_twice_are_said_once(world: World) -> None:
    client = visitor()
    talk = client.post("/ask", {"text": "Does it run?", "stamp": stamp_in(client.get("/"))})["Location"]
    form = {"text": "And the last one?", "stamp": stamp_in(client.get(talk)), "once": KEY}
    for _ in range(2):
        assert client.post(f"{talk}/say", form).status_code == 302
    assert Post.objects.filter(said__text="And the last one?").count() == 1
