"""Any list stands as a column: cases, what goes out, drafts, notices, what a search finds."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.utils.html import escape

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.networks.base import Author
from colonnade.places import actions as places
from colonnade.publishing import actions as publishing
from colonnade.publishing.types import Wanted
from colonnade.web.views import listed, search
from colonnade.web.views.cases.lists import OF_ONE, VIEWS
from colonnade.web.views.deliveries import VIEWS as OUTGOING
from colonnade.web.views.publish.lists import VIEWS as DRAFTS
from colonnade.workspace.models import Column
from colonnade.workspace.rules import LISTS, OF_ONE_OWNER
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, text_of, told, visitor
from tests.rooms.pretend_town import send
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def opened(world: World, text: str) -> Case:
    talk, post = world.start(world.town, text, by=world.okafor)
    return inbox.open_case(talk, post=post)


def heads(world: World) -> list[str]:
    """The names of Ana's columns, from the left."""
    page = text_of(visitor(world.ana).get("/columns"))
    return re.findall(r'<section\s+class="column card"\s+id="[^"]+"\s+aria-label="([^"]+)"', page)


def test_every_part_of_every_list_stands_as_a_column_with_its_name_its_page_and_its_empty_state(
    world: World,
) -> None:
    client = visitor(world.ana)
    shows = [f"{kind}={part or 1}" for kind, parts in LISTS.items() for part in parts]
    shows += [f"cases={part}&owner={world.lea.pk}" for part in OF_ONE_OWNER] + ["found=1&q=bridge&when=week"]
    for show in shows:
        assert client.post("/columns/add", {"show": show}).status_code == 302, show
        part = text_of(client.get(f"/columns/list?{show}"))
        assert 'class="empty"' in part, show
        column = Column.objects.filter(person=world.ana).latest("position")
        client.post(f"/columns/{column.pk}/remove")
    for show in (
        "cases=mine",
        f"cases=waiting&owner={world.lea.pk}",
        "outgoing=check",
        "drafts=plan",
        "notices=1",
        "found=1&q=old+bridge",
    ):
        client.post("/columns/add", {"show": show})
    assert heads(world) == [
        "Everything",
        "My cases",
        "Cases of Lea Brandt that wait for them",
        "To check",
        "What goes out",
        "Notices",
        "“old bridge”",
    ]
    page = text_of(client.get("/columns"))
    for address in (
        "/inbox?view=mine",
        f"/inbox?view=waiting&owner={world.lea.pk}",
        "/deliveries?view=check",
        "/publish?view=plan",
        "/notices",
        "/search?q=old+bridge",
    ):
        assert f'href="{escape(address)}"' in page
        with few_statements():
            assert client.get(address).status_code == 200, address


def test_the_parts_that_a_column_knows_are_those_of_the_page(world: World) -> None:
    assert set(LISTS["cases"]) == set(VIEWS)
    assert OF_ONE_OWNER == OF_ONE
    assert set(LISTS["outgoing"]) == set(OUTGOING)
    assert set(LISTS["drafts"]) == set(DRAFTS)


def test_a_column_of_cases_shows_whose_they_are_and_says_where_we_wait_for_them(world: World) -> None:
    mine, free, leas, answered = (opened(world, f"Question {n}") for n in range(4))
    inbox.take(mine, by=world.ana)
    inbox.take(leas, by=world.lea)
    inbox.take(answered, by=world.lea)
    inbox.wait(answered, by=world.lea)
    client = visitor(world.ana)

    def shown(query: str) -> list[int]:
        with few_statements():
            part = text_of(client.get(f"/columns/list?{query}"))
        return [int(number) for number in re.findall(r'data-case="(\d+)"', part)]

    assert shown("cases=mine") == [mine.pk]
    assert shown("cases=nobody") == [free.pk]
    assert shown("cases=waiting") == [answered.pk]
    assert shown("cases=all") == [mine.pk, free.pk, leas.pk, answered.pk]
    assert shown(f"cases=all&owner={world.lea.pk}") == [leas.pk, answered.pk]
    part = text_of(client.get("/columns/list?cases=all"))
    assert (
        part.index(f'data-case="{leas.pk}"')
        < part.index("We wait for them")
        < part.index(f'data-case="{answered.pk}"')
    )
    assert "data-pick" not in part
    assert f'href="/inbox/{leas.pk}?view=all"' in part


def test_columns_of_what_goes_out_of_drafts_of_notices_and_of_a_search_show_their_rows(world: World) -> None:
    us = Author(network="pretend", address="harbour@town", name="Harbour", proof="signed")
    harbour = places.add_account("pretend", "pretend://harbour", name="Harbour", credentials={}, identity=us)
    send(harbour, "The ferry runs again.", by=world.ana)
    publishing.write("About the pier", by=world.ana, targets=[Wanted(world.town.pk)])
    inbox.assign(opened(world, "Who cleans the pier?"), to=world.ana, by=world.lea)
    worker.settle()
    client = visitor(world.ana)
    for query, words in (
        ("outgoing=open", "The ferry runs again."),
        ("drafts=drafts", "About the pier"),
        ("notices=1", "A case was given to you."),
        ("found=1&q=cleans", "<mark>cleans</mark>"),
        (f"found=1&q=cleans&place={world.town.pk}&when=day", "<mark>cleans</mark>"),
    ):
        with few_statements():
            part = text_of(client.get(f"/columns/list?{query}"))
        assert words in part, query
        assert 'class="row' in part  # j and k walk it
        assert "data-steady" in part
    assert "<mark>" not in text_of(client.get(f"/columns/list?found=1&q=cleans&place={world.questions.pk}"))


def test_a_list_says_how_it_goes_on(world: World) -> None:
    conversations.receive(world.wire, [world.incoming(f"bridge {n}") for n in range(31)])
    client = visitor(world.ana)
    part = text_of(client.get("/columns/list?found=1&q=bridge"))
    assert part.count("data-post=") == 30
    assert re.search(r'hx-get="/columns/list\?found=1&amp;q=bridge&amp;after=\d+"', part)


def test_such_a_column_is_offered_where_the_list_stands(world: World) -> None:
    world.start(world.town, "The bridge is open.", by=world.ana)
    client = visitor(world.ana)
    for address, show in (
        ("/inbox?view=nobody", "cases=nobody"),
        (f"/inbox?view=waiting&owner={world.lea.pk}", f"cases=waiting&owner={world.lea.pk}"),
        ("/notices", "notices=1"),
        ("/search?q=bridge&when=week", "found=1&q=bridge&when=week"),
    ):
        assert f'name="show" value="{escape(show)}"' in text_of(client.get(address)), address
    choice = text_of(client.get("/columns/choose"))
    for show in ("cases=mine", "outgoing=check", "drafts=plan", "notices=1"):
        assert f'value="{show}"' in choice


def test_lists_in_columns_are_for_staff_and_never_of_what_is_hidden(world: World) -> None:
    assert visitor().get("/columns/list?cases=all").status_code == 302
    assert_the_same_as_absent(visitor(world.okafor), "/columns/list?cases=all", "/columns/list?cases=none")
    lea = visitor(world.lea)
    assert lea.get("/columns/list").status_code == 404
    hidden = lea.post("/columns/add", {"show": f"found=1&q=ferry&place={world.partners.pk}"})
    absent = lea.post("/columns/add", {"show": "found=1&q=ferry&place=17"})
    assert hidden.status_code == 422
    assert told(hidden) == told(absent)
    for show in (
        f"cases=all&owner={world.okafor.pk}",
        "cases=all&owner=17",
        f"cases=mine&owner={world.lea.pk}",
        "found=1&q=-no",
    ):
        assert lea.post("/columns/add", {"show": show}).status_code == 422, show


def test_a_list_that_was_taken_away_comes_back_as_it_was(world: World) -> None:
    client, script = visitor(world.ana), {"HX-Request": "true"}
    client.post("/columns/add", {"show": "found=1&q=ferry+late&ours=1", "width": "2"})
    before = Column.objects.filter(person=world.ana, kind="search").values("words", "which", "width").get()
    assert before == {"words": "ferry late", "which": "ours=1", "width": 2}
    column = Column.objects.get(person=world.ana, kind="search")
    gone = text_of(client.post(f"/columns/{column.pk}/remove", headers=script))
    undo = dict(re.findall(r'name="(to|width|show)" value="([^"]+)"', gone))
    client.post("/columns/add", {**undo, "show": undo["show"].replace("&amp;", "&")})
    assert (
        Column.objects.filter(person=world.ana, kind="search").values("words", "which", "width").get()
        == before
    )


def walked(client: Client, query: str, row: str) -> list[str]:
    """What stands in the rows of a list, piece after piece, each piece asked for as the one before it says."""
    shown, address, pieces = [], f"/columns/list?{query}", 0
    while address:
        with few_statements():
            part = text_of(client.get(address))
        assert part.count("<ul") == (0 if pieces else 1)
        shown += re.findall(row, part)
        further = re.search(r'hx-get="(/columns/list[^"]+)"', part)
        address, pieces = unescape(further[1]) if further else "", pieces + 1
    return shown


def test_a_column_of_cases_goes_on_and_says_once_where_we_wait_for_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [opened(world, f"Question {n}") for n in range(5)]
    for case in cases[2:]:
        inbox.take(case, by=world.ana)
        inbox.wait(case, by=world.ana)
    monkeypatch.setattr(listed, "AT_ONCE", 2)
    client = visitor(world.ana)
    row = r'data-case="(\d+)"|(We wait for them)'
    shown = [number or words for number, words in walked(client, "cases=all", row)]
    assert shown == [str(one.pk) for one in cases[:2]] + ["We wait for them"] + [
        str(one.pk) for one in cases[2:]
    ]
    assert len(walked(client, "cases=waiting", row)) == 3


def test_columns_of_every_other_kind_go_on_to_the_end_with_each_row_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = Author(network="pretend", address="harbour@town", name="Harbour", proof="signed")
    harbour = places.add_account("pretend", "pretend://harbour", name="Harbour", credentials={}, identity=us)
    for n in range(5):
        publishing.write(f"About pier {n}", by=world.ana, targets=[Wanted(world.town.pk)])
        inbox.assign(opened(world, f"Who cleans pier {n}?"), to=world.ana, by=world.lea)
    worker.settle()
    for n in range(5):
        send(harbour, f"The ferry runs at {n}.", by=world.ana)
    for module in (listed, search):
        monkeypatch.setattr(module, "AT_ONCE", 2)
    client = visitor(world.ana)
    key = r'<li[^>]*data-key="(\d+)"'
    for query in ("outgoing=open", "drafts=drafts", "notices=1", "found=1&q=cleans"):
        shown = walked(client, query, key)
        assert len(shown) == len(set(shown)) == 5, query
    assert "data-key" not in text_of(client.get("/columns/list?drafts=drafts&after=17"))


def test_a_plan_goes_on_and_says_each_day_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = [
        publishing.write(f"On the pier {n}", by=world.ana, targets=[Wanted(world.town.pk)]) for n in range(5)
    ]
    for draft, local in zip(
        drafts, ("01T12:00", "01T13:00", "02T12:00", "02T12:00", "02T13:00"), strict=True
    ):
        publishing.schedule(draft, f"2030-05-{local}", "UTC", by=world.ana)
    monkeypatch.setattr(listed, "AT_ONCE", 2)
    shown = walked(visitor(world.ana), "drafts=plan", r'data-key="(day-[\d-]+|\d+)"')
    first, second, *others = [str(one.pk) for one in drafts]
    assert shown == ["day-2030-05-01", first, second, "day-2030-05-02", *others]
