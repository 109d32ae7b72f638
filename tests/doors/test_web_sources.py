"""Sources besides feeds: pages that are watched for change, from the form to the post."""

from __future__ import annotations

from typing import Any

import pytest

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.core import work, worker
from colonnade.places import actions as places
from colonnade.places import queries as place_queries
from colonnade.places.models import Place, Source
from colonnade.places.rules import STAFF_ONLY
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
