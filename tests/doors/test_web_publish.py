"""Publish, as staff see it: what waits, the composer that keeps everything typed, what went out, the brake."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils.html import escape

from colonnade.conversations.models import Post
from colonnade.core.db import act
from colonnade.deliveries.models import Delivery, Dispatch
from colonnade.networks.base import Author
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.primitives import clock
from colonnade.publishing import actions
from colonnade.publishing.models import Draft
from colonnade.publishing.types import Wanted
from colonnade.web.views.publish import lists
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    made = World.make()
    with act():
        Person.objects.filter(pk=made.ana.pk).update(time_zone="Europe/Berlin")
    return made


@pytest.fixture
def move() -> Iterator[Callable[[float], None]]:
    with clock.stopped_at(NOON) as moved:
        yield moved


def account(name: str = "Harbour") -> Place:
    us = Author(network="pretend", address=f"{name}@town", name=name, proof="signed")
    return places.add_account("pretend", f"pretend://{name}", name=name, credentials={}, identity=us)


def form(*targets: Place, text: str = "The ferry runs.", do: str = "keep", **more: Any) -> dict[str, Any]:
    return {"text": text, "place": [one.pk for one in targets], "do": do, **more}


# --- the composer -------------------------------------------------------------------------------------------------


def test_a_text_is_written_planned_in_ones_own_time_and_shown_by_day(
    world: World, move: Callable[[float], None]
) -> None:
    client, harbour = visitor(world.ana), account()
    with few_statements():
        page = text_of(client.get("/publish/new"))
    assert "Only you see this" in page
    assert 'value="Europe/Berlin"' in page
    sent = form(harbour, world.town, do="plan", day="2026-11-24", time="09:30")
    made = client.post("/publish/new", sent)
    draft = Draft.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"/publish#draft-{draft.pk}")
    assert draft.goes_at == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    with few_statements():
        page = text_of(client.get("/publish"))
    assert "Tomorrow" in page
    assert "09:30" in page
    assert "The ferry runs." in page
    assert "Harbour" in page
    assert "everyone on the web" in page
    part = text_of(client.get("/publish?part=list"))
    assert "<html" not in part
    assert "The ferry runs." in part


def test_what_is_sent_again_since_its_answer_was_lost_goes_out_once(
    world: World, move: Callable[[float], None]
) -> None:
    client, harbour = visitor(world.ana), account()
    found = re.search(r'name="fresh" value="([^"]+)"', text_of(client.get("/publish/new")))
    assert found is not None
    sent = form(harbour, do="now", fresh=found[1], version="0")
    first, again = client.post("/publish/new", sent), client.post("/publish/new", sent)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    assert (Draft.objects.count(), Dispatch.objects.count()) == (1, 1)
    other = client.post("/publish/new", {**sent, "text": "The ferry does not run."})
    assert other.status_code == 409
    assert "The ferry does not run." in text_of(other)
    assert (Draft.objects.count(), Dispatch.objects.count()) == (1, 1)


def test_what_is_refused_keeps_everything_that_was_typed(world: World, move: Callable[[float], None]) -> None:
    client, harbour = visitor(world.ana), account()
    long = "x" * 5001
    sent = form(
        harbour, world.town, text=long, do="plan", title="Ferry", day="2026-11-24", time="09:30",
        **{f"own_{world.town.pk}": "Short & sweet"},
    )  # fmt: skip
    page = client.post("/publish/new", sent)
    words = text_of(page)
    assert page.status_code == 422
    assert "Harbour cannot take it. It has 5001 characters, and at most 5000 fit there." in words
    for kept in (long, 'value="Ferry"', 'value="2026-11-24"', 'value="09:30"', escape("Short & sweet")):
        assert kept in words
    draft = Draft.objects.get()
    assert (draft.state, draft.text) == ("draft", long)
    assert f'action="/publish/{draft.pk}"' in words
    again = client.post(f"/publish/{draft.pk}", {**sent, "text": "Better", "version": draft.version})
    assert again.status_code == 302
    assert Draft.objects.get().state == "waiting"


def test_whoever_comes_second_sees_what_is_stored_and_loses_nothing(world: World) -> None:
    draft = actions.write("First", by=world.ana, targets=[Wanted(world.town.pk)])
    seen = draft.version
    actions.change(draft, "Words of Lea", by=world.lea, version=seen)
    client = visitor(world.ana)
    page = client.post(f"/publish/{draft.pk}", form(world.town, text="Words of Ana", version=seen))
    words = text_of(page)
    assert page.status_code == 409
    assert "Lea Brandt changed this while you were writing" in words
    assert "Words of Lea" in words
    assert "Words of Ana" in words
    assert Draft.objects.get().text == "Words of Lea"
    version = re.search(r'name="version" value="(\d+)"', words)
    assert version is not None
    client.post(f"/publish/{draft.pk}", form(world.town, text="Words of both", version=version[1]))
    assert Draft.objects.get().text == "Words of both"


def test_the_server_says_while_one_types_who_sees_it_whether_it_fits_and_when(
    world: World, move: Callable[[float], None]
) -> None:
    client, harbour = visitor(world.ana), account()
    sent = form(harbour, world.partners, text="x" * 5001, day="2027-03-28", time="02:30")
    with few_statements():
        part = text_of(client.post("/publish/look", sent))
    assert "<b>Everyone on the web</b> will see this" in part
    assert "5001 / 5000" in part
    assert "skipped" in part
    assert not Draft.objects.exists()
    only = text_of(client.post("/publish/look", form(world.partners)))
    assert "<b>2 people in Partners</b> will see this" in only


def test_a_planned_text_that_no_longer_fits_stays_as_it_was(
    world: World, move: Callable[[float], None]
) -> None:
    client, harbour = visitor(world.ana), account()
    draft = actions.write("Fits", by=world.ana, targets=[Wanted(harbour.pk)])
    actions.schedule(draft, "2026-11-24T09:30", "UTC", by=world.ana)
    draft.refresh_from_db()
    sent = form(harbour, text="y" * 6000, do="plan", day="2026-11-24", time="10:30", version=draft.version)
    page = client.post(f"/publish/{draft.pk}", sent)
    assert page.status_code == 422
    assert "y" * 6000 in text_of(page)
    draft.refresh_from_db()
    assert (draft.state, draft.text) == ("waiting", "Fits")
    client.post(f"/publish/{draft.pk}", {**sent, "do": "keep"})
    draft.refresh_from_db()
    assert (draft.state, draft.goes_at) == ("draft", None)


def test_what_is_published_now_says_where_it_stands_and_can_be_undone(
    world: World, move: Callable[[float], None]
) -> None:
    client, harbour = visitor(world.ana), account()
    made = client.post("/publish/new", form(harbour, world.town, do="now"), follow=True)
    page = text_of(made)
    draft = Draft.objects.get()
    assert made.redirect_chain[-1][0] == f"/publish/{draft.pk}"
    assert "It can be undone for 10 seconds." in page
    assert "Waiting" in page
    assert "Stands here" in page
    with few_statements():
        assert "The ferry runs." in text_of(client.get("/publish?view=out"))
    client.post(f"/publish/{draft.pk}/take-back")
    assert Dispatch.objects.get().state == "undone"
    assert Post.objects.get().deleted
    assert "The ferry runs." in text_of(client.get("/publish?view=drafts"))
    client.post(f"/publish/{draft.pk}", form(world.town, do="now", version=Draft.objects.get().version))
    move(11)
    late = client.post(f"/publish/{draft.pk}/take-back")
    assert late.status_code == 409
    assert "The time to take it back is over." in text_of(late)
    target = draft.targets.get()
    client.post(f"/publish/{draft.pk}/take-down", {"target": target.pk})
    assert "Taken back" in text_of(client.get(f"/publish/{draft.pk}?part=gone"))


# --- holding back -------------------------------------------------------------------------------------------------


def test_everything_is_paused_with_a_reason_that_everybody_reads_and_resumed_by_one_button(
    world: World, move: Callable[[float], None]
) -> None:
    client, draft = visitor(world.ana), actions.write("Swim", by=world.ana, targets=[Wanted(world.town.pk)])
    actions.schedule(draft, "2026-11-23T13:00", "UTC", by=world.ana)
    client.post("/publish/all/pause", {"reason": " "})
    assert "Everything planned is paused." not in text_of(client.get("/publish"))
    client.post("/publish/all/pause", {"reason": "The <bridge>"})
    lea = visitor(world.lea)
    for address in ("/publish", "/publish?part=today"):
        with few_statements():
            page = text_of(lea.get(address))
        assert "Everything planned is paused." in page
        assert "The &lt;bridge&gt;" in page
        assert "Swim" in page
    move(7200)
    after = client.post("/publish/all/resume", follow=True)
    assert "came due while everything was paused" in text_of(after)
    assert "Its time passed while everything was paused" in text_of(after)
    assert not Post.objects.exists()


def test_one_is_held_resumed_withdrawn_and_thrown_away_by_buttons(
    world: World, move: Callable[[float], None]
) -> None:
    client, draft = visitor(world.ana), actions.write("Swim", by=world.ana, targets=[Wanted(world.town.pk)])
    actions.schedule(draft, "2026-11-23T13:00", "UTC", by=world.ana)
    for what, state in (("pause", "paused"), ("resume", "waiting"), ("withdraw", "withdrawn")):
        assert client.post(f"/publish/{draft.pk}/{what}").status_code == 302
        draft.refresh_from_db()
        assert draft.state == state
    assert client.post(f"/publish/{draft.pk}/resume").status_code == 409
    client.post(f"/publish/{draft.pk}/remove")
    assert not Draft.objects.exists()
    assert client.get(f"/publish/{draft.pk}").status_code == 404


# --- who may ------------------------------------------------------------------------------------------------------


def test_a_draft_for_a_place_that_one_may_not_read_is_not_there(world: World) -> None:
    draft = actions.write("Secret timetable", by=world.ana, targets=[Wanted(world.partners.pk)])
    client = visitor(world.lea)
    assert "Secret timetable" not in text_of(client.get("/publish?view=drafts"))
    assert "Partners" not in text_of(client.get("/publish/new"))
    for path in (f"/publish/{draft.pk}", f"/publish/{draft.pk}/now"):
        method = "post" if path.endswith("now") else "get"
        assert_the_same_as_absent(client, path, path.replace(str(draft.pk), str(draft.pk + 1)), method)
    refused = client.post("/publish/new", form(world.partners, text="Mine"))
    assert refused.status_code == 422
    assert "Mine" in text_of(refused)
    assert "Partners" not in text_of(refused)
    for nobody in (visitor(), visitor(world.okafor)):
        assert nobody.get("/publish").status_code in (302, 404)
        assert nobody.post("/publish/all/pause", {"reason": "x"}).status_code in (302, 404)
    assert not Delivery.objects.exists()


def test_what_went_out_is_shown_page_by_page(
    world: World, move: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "AT_ONCE", 1)
    client = visitor(world.ana)
    for number in range(2):
        move(60)
        draft = actions.write(f"Number {number}", by=world.ana, targets=[Wanted(world.town.pk)])
        actions.publish_now(draft, by=world.ana)
    older = f"/publish?view=out&amp;before={draft.pk}"
    assert older in text_of(client.get("/publish?view=out"))
    page = text_of(client.get(f"/publish?view=out&before={draft.pk}"))
    assert "Number 0" in page
    assert "Number 1" not in page
    assert "Older ones" not in page


def test_many_drafts_need_no_more_statements_than_one(world: World, move: Callable[[float], None]) -> None:
    client, harbour = visitor(world.ana), account()
    for number in range(4):
        wanted = [Wanted(harbour.pk), Wanted(world.town.pk), Wanted(world.partners.pk)]
        draft = actions.write(f"Number {number}", by=world.ana, targets=wanted)
        if number % 2:
            actions.publish_now(draft, by=world.ana)
        else:
            actions.schedule(draft, f"2026-11-2{4 + number}T09:00", "UTC", by=world.ana)
    for address in ("/publish", "/publish?view=out", f"/publish/{draft.pk}", "/publish?part=today"):
        with few_statements():
            assert client.get(address).status_code == 200
