"""Lists at the doors: whoever may see them reads queries by them, to others there are none."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.listening import actions as listening
from colonnade.listening.models import NamedList, Watch
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.workspace import actions as workspace
from colonnade.workspace.models import Column
from tests.doors.programs import Program
from tests.doors.web_visits import few_statements, posts_on, text_of, told, visitor
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def arrive(world: World, *texts: str) -> list[int]:
    made = conversations.receive(world.wire, [world.incoming(text) for text in texts])
    worker.settle()
    return made.posts


def test_staff_search_by_lists_and_to_others_there_are_none(world: World) -> None:
    bridge, ferry, _ = arrive(world, "the bridge is closed", "the ferry is closed", "the tunnel is closed")
    listening.add_list("crossings", "bridge OR ferry", by=world.lea)
    staff = visitor(world.lea)
    with few_statements(12):
        found = staff.get("/search?q=list:crossings closed")
    assert set(posts_on(found)) == {bridge, ferry}
    assert "crossings" in text_of(found)
    client = visitor(world.okafor)
    _, hidden, _ = told(client.get("/search?q=list:crossings closed"))
    _, absent, _ = told(client.get("/search?q=list:crossingz closed"))
    assert "There is no list" in hidden
    assert hidden.replace("crossings", "crossingz") == absent


def test_programs_of_staff_search_by_lists(world: World) -> None:
    bridge, _ = arrive(world, "the bridge is closed", "the tunnel is closed")
    listening.add_list("crossings", "bridge OR ferry", by=world.lea)
    found = Program(world.lea).get("/rest/search?q=list:crossings").json()["posts"]
    assert [post["id"] for post in found] == [str(bridge)]
    hours = Program(world.lea).get("/rest/search/hours?q=list:crossings").json()["hours"]
    assert sum(hour["posts"] for hour in hours) == 1
    refused = Program(world.okafor).get("/rest/search?q=list:crossings")
    assert (refused.status_code, refused.json()["errors"][0]["what"]) == (
        422,
        "There is no list “crossings”.",
    )


def test_a_list_is_written_looked_at_changed_and_removed(world: World) -> None:
    bridge, _ = arrive(world, "the bridge is closed", "the tunnel is closed")
    client = visitor(world.ana)
    assert "No list yet" in text_of(client.get("/listen/lists"))
    shown = text_of(client.get("/listen/lists/preview", {"name": "crossings", "query": "bridge OR ferry"}))
    assert "<b>1</b> of the 2 posts of 30 days" in shown
    assert f'id="hit-{bridge}"' in shown
    round_ = text_of(
        client.get("/listen/lists/preview", {"name": "Crossings", "query": "bridge OR list:crossings"})
    )
    assert "holds itself" in round_
    asked = {"name": "Our crossings", "query": "bridge OR ferry", "description": "Over the river"}
    made = client.post("/listen/lists/add", asked)
    block = NamedList.objects.get()
    assert made["Location"] == f"/listen/lists/{block.pk}"
    client.post("/listen/add", {"query": "list:our-crossings closed", "name": "Closed"})
    with few_statements():
        page = text_of(client.get(made["Location"]))
    assert "Nothing names it yet" not in page
    assert ">Closed</a>" in page
    assert "Remove this list" not in page
    client.get("/listen")
    with few_statements():
        watch = text_of(client.get(f"/listen/{Watch.objects.get().pk}"))
    assert f'href="/listen/lists/{block.pk}" dir="auto">list:our-crossings</a>' in watch
    with few_statements():
        assert "</svg>Closed</span>" in text_of(client.get("/listen/lists"))
    changed = {"name": "our-crossings", "query": "bridge OR ferry OR tunnel", "description": ""}
    client.post(f"/listen/lists/{block.pk}/change", changed)
    page = text_of(client.get(f"/listen/lists/{block.pk}"))
    assert "<ins> OR tunnel</ins>" in page
    client.post(f"/listen/lists/{block.pk}/back", {"version": "1"})
    block.refresh_from_db()
    assert (block.query, block.version, block.description) == ("bridge OR ferry", 3, "")
    refused = client.post(f"/listen/lists/{block.pk}/remove")
    assert (refused.status_code, "used by “Closed”" in text_of(refused)) == (422, True)
    client.post(f"/listen/{Watch.objects.get().pk}/remove")
    assert client.post(f"/listen/lists/{block.pk}/remove")["Location"] == "/listen/lists"
    assert client.get(f"/listen/lists/{block.pk}").status_code == 404


def test_what_is_wrong_with_a_list_is_said_beside_what_was_written(world: World) -> None:
    client = visitor(world.ana)
    listening.add_list("names", "ferry", by=world.lea)
    refused = client.post("/listen/lists/add", {"name": "names", "query": "boat"})
    assert (refused.status_code, "There is a list “names” already." in text_of(refused)) == (422, True)
    refused = client.post("/listen/lists/add", {"name": "more", "query": "boat OR (ship"})
    assert ">boat OR (ship</textarea>" in text_of(refused)
    assert "<mark>(</mark>" in text_of(refused)
    listening.add_watch("Late", "list:names NEAR/2 late", by=world.lea)
    block = NamedList.objects.get()
    broken = client.post(f"/listen/lists/{block.pk}/change", {"name": "names", "query": "lang:de"})
    assert "The watch “Late” could no longer be read: NEAR takes words" in text_of(broken)
    assert client.post(f"/listen/lists/{block.pk}/nonsense").status_code == 404


def test_names_are_brought_in_as_lines_or_as_a_column_and_kept_only_when_told(world: World) -> None:
    client = visitor(world.ana)
    lines = 'Harbour Lines\nharbour-lines\n\nWhat? "Cat"\n!!\n'
    page = text_of(client.post("/listen/lists/bring", {"name": "rivals", "names": lines}))
    assert ">&quot;Harbour Lines&quot; OR &quot;What Cat&quot;</textarea>" in page
    assert "2 names stand in the list now" in page
    assert "<code>!!</code>" in page
    assert not NamedList.objects.exists()
    table = "Firm;Town\nWavecat;Port Alder\nOld Pier;Mill Bay\n"
    sent = SimpleUploadedFile("rivals.csv", table.encode("utf-16"))
    page = text_of(client.post("/listen/lists/bring", {"query": "ferry late", "file": sent}))
    assert ">(ferry late) OR &quot;Wavecat&quot; OR &quot;Old Pier&quot;</textarea>" in page
    again = {
        "query": '(ferry late) OR "Wavecat" OR "Old Pier"',
        "before": "ferry late",
        "column": "1",
        "headed": "1",
    }
    page = text_of(client.post("/listen/lists/bring", {**again, "after": again["query"], "names": table}))
    assert ">(ferry late) OR &quot;Port Alder&quot; OR &quot;Mill Bay&quot;</textarea>" in page
    empty = client.post("/listen/lists/bring", {"query": "ferry"})
    assert (empty.status_code, "Paste names" in text_of(empty)) == (422, True)
    looked = client.post("/listen/lists/bring", {"query": "ferry", "do": "look", "name": "boats"})
    assert "of the 0 posts" in text_of(looked)


def test_lists_of_others_are_not_there_for_anybody_but_staff(world: World) -> None:
    block = listening.add_list("names", "ferry", by=world.lea)
    client = visitor(world.okafor)
    hidden, absent = client.get(f"/listen/lists/{block.pk}"), client.get("/listen/lists/17")
    assert (told(hidden)[:2], hidden.status_code) == (told(absent)[:2], 404)
    for path in ("", "/new", "/names", "/preview?query=ferry"):
        assert client.get(f"/listen/lists{path}").status_code == 404
    for path in ("add", "bring", f"{block.pk}/change", f"{block.pk}/remove"):
        assert client.post(f"/listen/lists/{path}", {"query": "boat"}).status_code == 404
    assert NamedList.objects.get().query == "ferry"


def test_the_builder_offers_lists_and_shows_what_they_stand_for(world: World) -> None:
    listening.add_list("names", "ferry OR boat", by=world.lea)
    client = visitor(world.ana)
    assert ">names</li>" in text_of(client.get("/listen/lists/names"))
    assert 'data-completes="/listen/lists/names"' in text_of(client.get("/listen/new?expert=1"))
    with few_statements():
        shown = text_of(client.get("/listen/preview", {"query": "list:names late", "expert": "1"}))
    assert "<b>List</b> <code>names</code>" in shown
    assert "<code>boat</code>" in shown


def test_what_only_looks_bears_no_token_in_its_address(world: World) -> None:
    page = text_of(visitor(world.ana, strict=True).get("/listen/new?topic=ferry"))
    builder = page.split('id="builder"')[1].split("</form>")[0]
    assert builder.count('name="csrfmiddlewaretoken"') == 1
    assert re.search(r'<button class="btn main" name="csrfmiddlewaretoken" value="\w+" data-sends>', builder)


def test_a_watch_says_which_aim_it_serves_and_the_aim_which_watches_serve_it(world: World) -> None:
    aim = places.set_aim("Ferries are on time", owner=world.ines, by=world.ines)
    client = visitor(world.ines)
    assert f'<option value="{aim.pk}">Ferries are on time</option>' in text_of(client.get("/listen/new"))
    client.post("/listen/add", {"query": "ferry", "name": "Boats", "aim": str(aim.pk)})
    watch = Watch.objects.get()
    for path in ("/listen", f"/listen/{watch.pk}"):
        assert "</svg>Ferries are on time</span>" in text_of(client.get(path))
    assert f'value="{aim.pk}" selected' in text_of(client.get(f"/listen/{watch.pk}/edit"))
    with few_statements():
        assert f'href="/listen/{watch.pk}"' in text_of(client.get("/settings/aims"))
    client.post(f"/listen/{watch.pk}/change", {"query": "ferry", "name": "Boats"})
    assert Watch.objects.get().aim == aim
    client.post(f"/listen/{watch.pk}/change", {"query": "ferry", "name": "Boats", "aim": ""})
    assert Watch.objects.get().aim is None
    beside = text_of(client.get("/listen/new?q=ferry"))
    assert 'hx-get="/listen/aims?picked="' in beside
    assert "Ferries are on time" in text_of(client.get("/listen/aims?picked=1"))
    assert visitor(world.okafor).get("/listen/aims").status_code == 404


def saved(world: World, person: Person, words: str) -> Client:
    client = visitor(person)
    assert client.post("/columns/add", {"show": f"found=1&q={words}"}).status_code == 302
    return client


def test_a_list_that_saved_searches_name_stays_as_it_is_and_says_whose_they_are(world: World) -> None:
    crossings = listening.add_list("crossings", "bridge OR ferry", by=world.lea)
    ana = saved(world, world.ana, "list:crossings secretive")
    lea = visitor(world.lea)
    address = f"/listen/lists/{crossings.pk}"
    with few_statements():
        hers = text_of(lea.get(address))
    yours = text_of(ana.get(address))
    assert "Saved search of a colleague" in hers
    assert "secretive" not in hers
    assert 'href="/search?q=list%3Acrossings%20secretive"' in yours
    assert "Remove for good" not in hers + yours
    for where in ("/listen/lists", address):
        assert "secretive" not in text_of(lea.get(where))
    kept = {"query": crossings.query, "description": ""}
    for client, by in (
        (lea, "is used by a saved search of a colleague."),
        (ana, "is used by your saved search “list:crossings secretive”."),
    ):
        assert by in text_of(client.post(f"{address}/remove"))
        assert by in text_of(client.post(f"{address}/change", {"name": "ways", **kept}))
    saved(world, world.tomasz, "list:crossings late")
    assert "is used by 2 saved searches of colleagues." in text_of(lea.post(f"{address}/remove"))
    for column in Column.objects.all():
        visitor(column.person).post(f"/columns/{column.pk}/remove")
    lea.post(f"{address}/remove")
    assert not NamedList.objects.exists()


def test_a_change_that_would_break_a_saved_search_is_refused_without_its_words(world: World) -> None:
    crossings = listening.add_list("crossings", "bridge OR ferry", by=world.lea)
    listening.add_list("ways", "list:crossings OR road", by=world.lea)
    ana = saved(world, world.ana, "list:ways NEAR/3 secretive")
    saved(world, world.ana, "list:ways (((")
    address, breaks = (
        f"/listen/lists/{crossings.pk}/change",
        {"name": "crossings", "query": "ferry OR lang:de"},
    )
    hers = text_of(visitor(world.lea).post(address, breaks))
    assert "A saved search of a colleague could no longer be read." in hers
    assert "secretive" not in hers
    assert "Your saved search “list:ways NEAR/3 secretive” could no longer be read" in text_of(
        ana.post(address, breaks)
    )
    assert NamedList.objects.get(pk=crossings.pk).query == "bridge OR ferry"
    ana.post(address, {"name": "crossings", "query": "tunnel"})
    assert NamedList.objects.get(pk=crossings.pk).query == "tunnel"


def test_searches_of_those_to_whom_there_are_no_lists_hold_none(world: World) -> None:
    crossings = listening.add_list("crossings", "bridge OR ferry", by=world.lea)
    workspace.add_column(world.okafor, "search", words="list:crossings")
    listening.remove_list(crossings, by=world.lea)
    assert not NamedList.objects.exists()
