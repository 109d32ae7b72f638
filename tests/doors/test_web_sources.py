"""Sources besides feeds: pages that are watched for change, newsletters by an address of ours; from the form to the post."""

from __future__ import annotations

import re
from email.message import EmailMessage
from io import BytesIO, TextIOWrapper
from typing import Any
from urllib.parse import urlsplit

import pytest

from colonnade.cli import main
from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.conversations.models import Raw
from colonnade.core import work, worker
from colonnade.inbox.models import Case
from colonnade.places import actions as places
from colonnade.places import queries as place_queries
from colonnade.places.models import Place, Source
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import clock
from tests.doors.web_visits import few_statements, text_of, told, visitor
from tests.rooms.loopback import pages, serving
from tests.world import World

pytestmark = pytest.mark.django_db

HTML = {"content-type": "text/html; charset=utf-8"}
FERRY = "<html lang='en'><head><title>Ferry office</title></head><body><h1>Ferries</h1><p>The ferry leaves at nine.</p>"


@pytest.fixture
def world(settings: Any) -> World:
    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ("localhost",)
    return World.make()


def said_at(world: World, place: Place) -> list[str]:
    """Titles of what staff read at a place, newest first."""
    viewer = world.viewer(world.lea)
    return [
        one.title
        for one in conversation_queries.lines(viewer, conversation_queries.newest(viewer, place=place.pk))
    ]


def test_a_page_without_a_feed_can_be_watched_and_its_changes_become_posts(world: World) -> None:
    table = {"/": (200, HTML, FERRY.encode())}
    client = visitor(world.ines)
    with serving(pages(table)) as there:
        found = client.post("/places/feeds", {"address": there.url("/")})["Location"]
        work.run_due(10)
        worker.settle()
        offer = text_of(client.get(found))
        assert "Watch this page for changes" in offer
        assert "The ferry leaves at nine." in offer
        sent = client.post("/places/pages", {"address": there.url("/"), "name": "Ferry office", "part": ""})
        assert sent["Location"] == "/places"
        place = Place.objects.get(source__connector="pages")
        assert place.name == "Ferry office"
        conversations.poll(place_queries.place_by_id(place.pk))
        staff = visitor(world.lea)
        with few_statements():
            assert "Now watched." in text_of(staff.get(f"/places/{place.pk}"))
        table["/"] = (200, HTML, FERRY.encode() + b"<p>Fog: no boat before noon.</p>")
        conversations.poll(place_queries.place_by_id(place.pk))
        assert said_at(world, place) == ["Ferry office changed"]
        shown = text_of(visitor(world.lea).get(f"/places/{place.pk}"))
        assert "Fog: no boat before noon." in shown
        assert "Now watched." not in shown
        table["/"] = (200, HTML, b"<html><body><script>draw()</script></body></html>")
        conversations.poll(place_queries.place_by_id(place.pk))
        assert "made by a script" in text_of(visitor(world.lea).get(f"/places/{place.pk}"))
    assert visitor().get(f"/places/{place.pk}").status_code == 404


def test_a_page_beside_its_feed_is_offered_too_and_one_without_words_is_not(world: World) -> None:
    table = {
        "/": (200, HTML, b"<link rel=alternate type='application/rss+xml' href='/rss'>" + FERRY.encode()),
        "/app": (200, HTML, b"<html><body><div id=app></div><script>draw()</script></body></html>"),
    }
    client = visitor(world.ines)
    with serving(pages(table)) as there:
        beside, without = (
            client.post("/places/feeds", {"address": there.url(at)})["Location"] for at in table
        )
        work.run_due(10)
        worker.settle()
    assert "Or watch the page itself for changes" in text_of(client.get(beside))
    refusal = text_of(client.get(without))
    assert "Nor can the page be watched" in refusal
    assert "made by a script" in refusal


def test_a_part_of_a_page_is_a_source_of_its_own(world: World) -> None:
    client = visitor(world.ines)
    for part in ("Opening hours", ""):
        client.post(
            "/places/pages", {"address": "https://office.example/a#x", "name": "Office", "part": part}
        )
    assert set(Source.objects.filter(connector="pages").values_list("address", "place__name")) == {
        ("https://office.example/a#Opening%20hours", "Office: Opening hours"),
        ("https://office.example/a", "Office"),
    }


def test_who_may_not_see_that_a_page_is_watched_is_answered_as_if_it_were_not(world: World) -> None:
    alone = frozenset({(world.ines.principal_id, world.ines.principal_id)})
    places.add_source("pages", "https://rival.example/", name="The rival", audience=alone)
    client = visitor(world.tomasz)
    answers = [
        client.post("/places/pages", {"address": address, "name": "Mine"})
        for address in ("https://rival.example/", "https://other.example/")
    ]
    assert told(answers[0]) == told(answers[1])
    assert "The rival" not in text_of(client.get("/places"))
    assert Place.objects.get(source__address="https://rival.example/").name == "The rival"


def test_only_admins_add_sources_and_only_web_addresses_are_watched(world: World) -> None:
    assert visitor(world.lea).post("/places/pages", {"address": "https://office.example/"}).status_code == 404
    assert visitor(world.ines).post("/places/pages", {"address": "file:///etc/hostname"}).status_code == 422
    assert not Source.objects.filter(connector="pages").exists()
    place = places.add_source("pages", "https://office.example/", audience=STAFF_ONLY)
    assert place.name in text_of(visitor(world.lea).get("/places"))


# --- newsletters by an address of ours -----------------------------------------------------------------------------------


def letterbox_of(world: World) -> Place:
    sent = visitor(world.ines).post("/places/letters", {"name": "Quay News", "domain": "PortAlder.example"})
    return Place.objects.get(pk=int(sent["Location"].rpartition("/")[2]))


def letter_to(address: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = "Herald <l@herald.example>", address, "<1@herald.example>"
    made["Subject"] = "Please confirm your newsletter"
    made.set_content("Please confirm: https://herald.example/c/7")
    return bytes(made)


def test_a_letter_for_an_address_of_ours_becomes_a_post_for_staff(world: World) -> None:
    place = letterbox_of(world)
    assert re.fullmatch(r"listen\+[0-9a-f]{16}@portalder\.example", place.source.address)
    staff, admin = visitor(world.lea), visitor(world.ines)
    with few_statements():
        page = text_of(staff.get(f"/places/{place.pk}"))
    assert place.source.address in page
    hook = place_queries.hook_address(place.pk, "in")
    assert (hook in page, hook in text_of(admin.get(f"/places/{place.pk}"))) == (False, True)
    path = urlsplit(hook).path
    for _ in range(2):
        sent = visitor().post(path, letter_to(place.source.address), content_type="message/rfc822")
        assert sent.status_code == 202
    work.run_due(10)
    worker.settle()
    assert said_at(world, place) == ["Please confirm your newsletter"]
    page = text_of(staff.get(f"/places/{place.pk}"))
    assert 'href="https://herald.example/c/7"' in page
    place.polling.refresh_from_db()
    assert (place.polling.health, place.polling.due_at) == ("well", None)
    assert visitor().get(f"/places/{place.pk}").status_code == 404
    assert not Case.objects.exists()


def test_a_letterbox_is_never_asked_and_only_admins_make_one(world: World) -> None:
    assert visitor(world.lea).post("/places/letters", {"name": "x", "domain": "a.example"}).status_code == 404
    assert visitor(world.ines).post("/places/letters", {"name": "x", "domain": "a b"}).status_code == 422
    place = letterbox_of(world)
    visitor(world.ines).post(f"/places/{place.pk}/read")
    assert place.pk not in place_queries.due_for_polling(clock.now(), 10)


def mail_in(letter: bytes, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """`colonnade mail-in` as a mail server calls it."""
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(letter)))
    return main(["mail-in", *arguments])


def test_the_pipe_of_a_mail_server_keeps_a_letter_or_says_why_not(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = letterbox_of(world)
    address, letter = place.source.address, letter_to(place.source.address)
    assert mail_in(letter, monkeypatch, "--to", address.upper()) == 0
    assert mail_in(letter, monkeypatch) == 0
    assert mail_in(letter, monkeypatch, "--to", "listen+0000@portalder.example") == 67
    assert "Nobody here has that address." in capsys.readouterr().err
    assert mail_in(b" \n", monkeypatch, "--to", address) == 65
    monkeypatch.setenv("RECIPIENT", "listen+0000@portalder.example")
    assert mail_in(letter, monkeypatch) == 67
    assert Raw.objects.count() == 2
    work.run_due(10)
    worker.settle()
    assert said_at(world, place) == ["Please confirm your newsletter"]
    places.archive(place, by=world.ines)
    assert mail_in(letter, monkeypatch, "--to", address) == 67


def test_a_letter_that_nobody_understands_is_kept_with_the_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = letterbox_of(world)
    assert mail_in(b"this is no letter", monkeypatch, "--to", place.source.address) == 0
    work.run_due(10)
    (raw,) = Raw.objects.all()
    assert (raw.state, bool(raw.reason)) == ("quarantined", True)
