"""A second person's look, as staff see it: asked for, given in place, fallen by one letter, and said alone only twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from colonnade.core.db import act
from colonnade.core.models import AuditEntry
from colonnade.deliveries.models import Dispatch
from colonnade.inbox import actions as inbox
from colonnade.networks.base import Author
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.primitives import clock
from colonnade.publishing import actions, queries, rules, work
from colonnade.publishing.models import Draft, FourEyes
from colonnade.publishing.types import Wanted
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HX = {"HX-Request": "true"}
WAITS = "/publish?view=approval"


@pytest.fixture
def world() -> World:
    made = World.make()
    with act():
        Person.objects.update(time_zone="UTC")
    return made


@pytest.fixture
def move() -> Iterator[Callable[[float], None]]:
    with clock.stopped_at(NOON) as moved:
        yield moved


@pytest.fixture
def harbour(world: World, move: Callable[[float], None]) -> Place:
    us = Author(network="pretend", address="harbour@town", name="Harbour", proof="signed")
    made = places.add_account("pretend", "pretend://harbour", name="Harbour", credentials={}, identity=us)
    actions.ask_for_approval(made, True, by=world.ines)
    return made


def form(*targets: Place, text: str = "The ferry runs.", do: str = "ask", **more: Any) -> dict[str, Any]:
    return {"text": text, "place": [one.pk for one in targets], "do": do, **more}


def asked(world: World, harbour: Place, text: str = "The ferry runs.") -> Draft:
    draft = actions.write(text, by=world.ana, targets=[Wanted(harbour.pk)])
    actions.ask_review(draft, by=world.ana)
    return draft


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def test_asked_for_in_the_composer_it_waits_for_others_and_is_approved_in_place(
    world: World, harbour: Place
) -> None:
    ana, tomasz = visitor(world.ana), visitor(world.tomasz)
    assert "asks for approval" in text_of(ana.get("/publish/new"))
    made = ana.post("/publish/new", form(harbour))
    draft = Draft.objects.get()
    assert made["Location"] == f"{WAITS}#draft-{draft.pk}"
    hers = text_of(ana.get(WAITS))
    assert "These are your words: somebody else has to look." in hers
    assert "data-approve" not in hers
    with few_statements():
        his = text_of(tomasz.get(WAITS))
    assert "It waits for a second person" in his
    told = tomasz.post(f"/publish/{draft.pk}/approve", {"seen": seen_on(his)}, headers=HX)
    assert "Approved, as it stands." in text_of(told)
    assert told["HX-Trigger"] == "colonnade:changed"
    left = text_of(tomasz.get(f"{WAITS}&part=list"))
    assert ("Nothing waits for approval." in left, "The ferry runs." in left) == (True, False)
    with few_statements():
        page = text_of(ana.get(f"/publish/{draft.pk}"))
    assert "Tomasz Zielke approved this at 12:00." in page
    assert 'form="compose" name="do" value="now"' in page
    version = Draft.objects.get().version
    typed = ana.post(f"/publish/{draft.pk}", form(harbour, text="The ferry tuns.", do="now", version=version))
    assert typed.status_code == 422, (
        "what goes out is what stands in the composer, and nobody has approved that"
    )
    assert not Dispatch.objects.exists()
    ana.post(f"/publish/{draft.pk}", form(harbour, do="now", version=Draft.objects.get().version))
    assert Dispatch.objects.get().content["text"] == "The ferry runs."


def test_one_letter_later_the_page_says_so_and_shows_which(world: World, harbour: Place) -> None:
    draft, tomasz = asked(world, harbour, "The <ferry> runs."), visitor(world.tomasz)
    tomasz.post(f"/publish/{draft.pk}/approve", {"seen": seen_on(text_of(tomasz.get(WAITS)))})
    visitor(world.ana).post(
        f"/publish/{draft.pk}", form(harbour, text="The <ferry> tuns.", do="keep", version=draft.version)
    )
    for address in (WAITS, f"/publish/{draft.pk}"):
        page = text_of(tomasz.get(address))
        assert "Tomasz Zielke approved this at 12:00. Then one letter changed: it needs another look." in page
        assert "&lt;</span>" not in page
        assert "<span>The &lt;ferry&gt; </span><del>runs</del><ins>tuns</ins>" in page
    refused = visitor(world.ana).post(f"/publish/{draft.pk}/now", {"version": Draft.objects.get().version})
    assert refused.status_code == 409
    assert "It has changed since it was approved" in text_of(refused)
    assert not Dispatch.objects.exists()


def test_an_approval_is_taken_back_by_its_toast_or_on_the_page_until_it_went_out(
    world: World, harbour: Place
) -> None:
    draft = asked(world, harbour)
    tomasz, lea = visitor(world.tomasz), visitor(world.lea)
    seen = seen_on(text_of(tomasz.get(WAITS)))
    told = text_of(tomasz.post(f"/publish/{draft.pk}/approve", {"seen": seen}, headers=HX))
    back = f"/publish/{draft.pk}/take-back-approval"
    assert f'hx-post="{back}"' in told
    assert lea.post(back, headers=HX).status_code == 409
    assert "Take my approval back" not in text_of(lea.get(f"/publish/{draft.pk}"))
    assert "waits again" in text_of(tomasz.post(back, headers=HX))
    review = queries.draft_for(world.viewer(world.ana), draft.pk).review  # type: ignore[union-attr]
    assert (review.standing, review.waits) == ("asked", True)
    with pytest.raises(rules.NeedsApproval, match="waits for approval"):
        actions.publish_now(draft, by=world.ana)
    tomasz.post(f"/publish/{draft.pk}/approve", {"seen": seen}, headers=HX)
    with few_statements():
        page = text_of(tomasz.get(f"/publish/{draft.pk}"))
    assert "Take my approval back" in page
    actions.publish_now(draft, by=world.ana)
    late = tomasz.post(back, headers=HX)
    assert late.status_code == 409
    assert "no longer waiting" in text_of(late)
    assert Dispatch.objects.count() == 1
    kept = AuditEntry.objects.filter(what="publishing.approval_taken_back")
    assert [row.actor for row in kept] == [world.tomasz.principal_id]


def test_an_approval_of_somebody_suspended_says_so_and_waits_for_another(
    world: World, harbour: Place
) -> None:
    draft = actions.write("The ferry runs.", by=world.ana, targets=[Wanted(harbour.pk)])
    mark = queries.draft_for(world.viewer(world.lea), draft.pk).review.fingerprint  # type: ignore[union-attr]
    actions.approve(draft, by=world.lea, seen=mark)
    people.suspend(world.lea, by=world.ines)
    writer = visitor(world.ana)
    with few_statements():
        page = text_of(writer.get(f"/publish/{draft.pk}"))
    assert "may no longer approve it: it needs another look." in page
    other = visitor(world.tomasz)
    assert "Approve" in text_of(other.get(f"/publish/{draft.pk}"))


def test_what_was_not_read_is_not_approved(world: World, harbour: Place) -> None:
    draft, tomasz = asked(world, harbour), visitor(world.tomasz)
    seen = seen_on(text_of(tomasz.get(WAITS)))
    actions.change(draft, "No ferry.", by=world.ana, version=draft.version)
    told = tomasz.post(f"/publish/{draft.pk}/approve", {"seen": seen}, headers=HX)
    assert told.status_code == 409
    assert "It has changed since you read it." in text_of(told)
    assert "It has changed since you read it." in text_of(
        tomasz.post(f"/publish/{draft.pk}/approve", {"seen": seen})
    )


def test_changes_are_asked_for_in_words_and_found_by_whoever_wrote_it(world: World, harbour: Place) -> None:
    draft, tomasz, ana = asked(world, harbour), visitor(world.tomasz), visitor(world.ana)
    told = tomasz.post(f"/publish/{draft.pk}/ask-changes", {"words": " "}, headers=HX)
    assert (told.status_code, "Say what should be different." in text_of(told)) == (409, True)
    tomasz.post(f"/publish/{draft.pk}/ask-changes", {"words": "Which ferry?"}, headers=HX)
    for address in ("/today?part=approve", f"/publish/{draft.pk}"):
        assert "Tomasz Zielke asked for changes at 12:00: “Which ferry?”" in text_of(ana.get(address))
    assert "The ferry runs." not in text_of(tomasz.get(WAITS))


def test_today_shows_what_waits_for_me_and_my_own_tap_sends(world: World, harbour: Place) -> None:
    draft, tomasz, ana = asked(world, harbour), visitor(world.tomasz), visitor(world.ana)
    with few_statements():
        his = text_of(tomasz.get("/today?part=approve"))
    assert '<b class="num">1</b> to approve or send' in his
    assert "The ferry runs." not in text_of(ana.get("/today?part=approve"))
    tomasz.post(f"/publish/{draft.pk}/approve", {"seen": seen_on(his)}, headers=HX)
    assert "The ferry runs." not in text_of(tomasz.get("/today?part=approve"))
    hers = text_of(ana.get("/today?part=approve"))
    assert f"/publish/{draft.pk}/now" in hers
    version = re.search(r'name="version" value="(\d+)"', hers)
    assert version is not None
    told = ana.post(f"/publish/{draft.pk}/now", {"version": version[1]}, headers=HX)
    assert "It is on its way." in text_of(told)
    assert f"/publish/{draft.pk}/take-back" in text_of(told)
    assert Dispatch.objects.count() == 1


def test_a_planned_one_says_that_it_waits_and_that_it_did_not_go(
    world: World, harbour: Place, move: Callable[[float], None]
) -> None:
    ana = visitor(world.ana)
    ana.post("/publish/new", form(harbour, day="2026-11-23", time="13:00"))
    draft = Draft.objects.get()
    assert draft.state == "waiting"
    assert "waits for approval" in text_of(ana.get("/publish"))
    assert "not approved" in text_of(ana.get("/today?part=out"))
    move(3600)
    work.send_due()
    for address in ("/publish", f"/publish/{draft.pk}"):
        assert "nobody had approved it as it is" in text_of(ana.get(address))
    assert not Dispatch.objects.exists()


def test_whoever_is_alone_is_shown_it_again_and_asked_again(
    world: World, harbour: Place, move: Callable[[float], None]
) -> None:
    for person in (world.tomasz, world.ana, world.lea):
        people.suspend(person, by=world.ines)
    draft = actions.write("We close.", by=world.ines, targets=[Wanted(harbour.pk)])
    actions.ask_review(draft, by=world.ines)
    ines, address = visitor(world.ines), f"/publish/{draft.pk}"
    page = text_of(ines.get(address))
    assert "Nobody else may approve it." in page
    assert "I have read it again: approve" not in page
    seen = {"seen": seen_on(page), "from": "draft"}
    assert ines.post(f"{address}/read-again", seen)["Location"] == address
    again = text_of(ines.get(address))
    assert '<blockquote class="prewrap">We close.</blockquote>' in again
    early = ines.post(f"{address}/approve", seen)
    assert "Read it in peace" in text_of(early)
    move(10)
    assert ines.post(f"{address}/approve", seen)["Location"] == address
    assert "Ines Moreau read it again and approved it alone at 12:00" in text_of(ines.get(address))


def test_words_of_a_note_to_staff_are_held_in_the_composer_and_said_by_a_second_act(
    world: World, harbour: Place
) -> None:
    note = "Depot says the 17:40 runs and the 18:10 does not, not official until eleven."
    case = inbox.ask(world.questions, name="Grace", text="Is it running?", ip_or_key="1").case
    inbox.note(case, note, by=world.tomasz)
    ana, sent = visitor(world.ana), form(world.town, text=note, do="now")
    page = ana.post("/publish/new", sent)
    words = text_of(page)
    assert page.status_code == 422
    assert "stand in a note to staff only, in Questions" in words
    assert 'name="said_anyway"' in words
    draft = Draft.objects.get()
    assert draft.state == "draft"
    ana.post(f"/publish/{draft.pk}", sent | {"version": draft.version, "said_anyway": "1"})
    assert Draft.objects.get().state == "done"


def test_admins_turn_it_on_and_off_where_the_accounts_are_listed(world: World, harbour: Place) -> None:
    tomasz = visitor(world.tomasz)
    with few_statements():
        page = text_of(tomasz.get("/settings/accounts"))
    assert "Nothing goes out there that no second person has approved." in page
    tomasz.post(f"/publish/accounts/{harbour.pk}/approval", {"on": "0"})
    assert not FourEyes.objects.exists()
    tomasz.post(f"/publish/accounts/{harbour.pk}/approval", {"on": "1"})
    assert FourEyes.objects.get().by == world.tomasz
    assert visitor(world.ana).post(f"/publish/accounts/{harbour.pk}/approval", {"on": "0"}).status_code == 404
    assert_the_same_as_absent(
        tomasz, f"/publish/accounts/{world.town.pk}/approval", "/publish/accounts/7/approval", "post"
    )
    assert FourEyes.objects.exists()


def test_many_that_wait_need_no_more_statements_than_one(world: World, harbour: Place) -> None:
    for number in range(5):
        draft = asked(world, harbour, f"Number {number}")
        if number % 2:
            line = queries.draft_for(world.viewer(world.lea), draft.pk)
            assert line is not None
            assert line.review is not None
            actions.approve(draft, by=world.lea, seen=line.review.fingerprint)
            actions.change(draft, f"Number {number}!", by=world.ana, version=draft.version)
    inbox.ask(world.questions, name="Grace", text="Is it running?", ip_or_key="1")
    for person in (world.tomasz, world.ana):
        client = visitor(person)
        for address in (
            WAITS,
            f"{WAITS}&part=list",
            "/today?part=needs",
            "/today?part=out",
            "/today",
            "/publish",
        ):
            with few_statements():
                assert client.get(address).status_code == 200, address
