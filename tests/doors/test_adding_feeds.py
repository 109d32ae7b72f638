"""A feed whose address is read already, in a place that whoever adds it may not see: nothing is told, nothing doubled."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from colonnade.places import actions as places
from colonnade.places.models import Place, Source
from tests.doors.programs import Program
from tests.doors.web_visits import told, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

SECRET, NEW = "https://secret.example/rss", "https://fresh0.example/rss"
LIST = b"""<?xml version="1.0"?><opml version="2.0"><body>
<outline text="Mine" type="rss" xmlUrl="https://%b.example/rss"/></body></opml>"""


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def hidden(world: World) -> Place:
    """A source that Ines alone reads, and Tomasz, an admin too, may not know of."""
    alone = frozenset({(world.ines.principal_id, world.ines.principal_id)})
    return places.add_source("feeds", SECRET, name="The rival's list", audience=alone)


def assert_untouched(hidden: Place) -> None:
    (there,) = Source.objects.filter(address=SECRET).select_related("place")
    assert (there.place, there.place.name, there.place.audience) == (
        hidden,
        "The rival's list",
        hidden.audience,
    )


def without(address: str, answer: Any) -> tuple[int, str, dict[str, str]]:
    """The answer without the address that was asked about."""
    status, words, headers = told(answer)
    return status, words.replace(address, "…"), headers


def test_a_program_is_answered_the_same_whether_an_address_is_new_or_read_out_of_its_sight(
    world: World, hidden: Place
) -> None:
    program = Program(world.tomasz, "read", "admin")
    for body in ({}, {"name": "Mine"}):
        answers = [program.post("/rest/feeds", {"url": url, **body}) for url in (SECRET, NEW)]
        assert without(SECRET, answers[0]) == without(NEW, answers[1])
        assert answers[0].json() == {"url": SECRET}
    assert_untouched(hidden)
    assert program.get(f"/rest/feeds?url={SECRET}").json() == {"feeds": []}
    assert [feed["address"] for feed in program.get(f"/rest/feeds?url={NEW}").json()["feeds"]] == [NEW]
    assert SECRET not in program.get("/rest/feeds").content.decode()
    assert [
        feed["id"] for feed in Program(world.ines, "admin").get(f"/rest/feeds?url={SECRET}").json()["feeds"]
    ] == [str(hidden.pk)]


def test_a_program_with_a_ceiling_learns_nothing_of_a_feed_above_it(world: World) -> None:
    known = places.add_source("feeds", SECRET, name="Open to all, but not to this program")
    program = Program(world.ines, "admin", places=(world.town,))
    answer = program.post("/rest/feeds", {"url": SECRET})
    assert (answer.status_code, answer.json()) == (202, {"url": SECRET})
    assert str(known.pk) not in answer.content.decode()


def test_a_form_is_answered_the_same_whether_an_address_is_new_or_read_out_of_sight(
    world: World, hidden: Place
) -> None:
    client = visitor(world.tomasz)
    answers = [
        client.post("/places/add", {"feed": [url], f"name:{url}": "Mine"}, follow=False)
        for url in (SECRET, NEW)
    ]
    assert told(answers[0]) == told(answers[1])
    assert answers[0]["Location"] == "/places"
    assert_untouched(hidden)
    page = client.get("/places").content.decode()
    assert ("Mine" in page, "The rival" in page) == (True, False)


def test_a_list_does_not_say_which_of_its_feeds_are_read_out_of_sight(world: World, hidden: Place) -> None:
    client = visitor(world.tomasz)

    def preview(of: bytes) -> tuple[int, str, dict[str, str]]:
        sent = SimpleUploadedFile("feeds.opml", LIST % of)
        return without(
            f"https://{of.decode()}.example/rss", client.post("/places/opml/import", {"list": sent})
        )

    assert preview(b"secret") == preview(b"fresh0")
    places.add_source("feeds", NEW, name="Mine")
    assert preview(b"secret") != preview(b"fresh0")
    assert_untouched(hidden)
