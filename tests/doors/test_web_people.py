"""People: whom one may know of, what is kept in mind about them, and whether two are the same person."""

from __future__ import annotations

import re
from datetime import date

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import db
from colonnade.core.models import AuditEntry
from colonnade.people import queries
from colonnade.people.models import Claim, Identity, PersonNote, Pseudonym, Tie
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def heard(world: World, text: str, author: str = "river.watch") -> Identity:
    """Somebody elsewhere whom nobody knows yet."""
    conversations.receive(world.wire, [world.incoming(text, author=author)])
    return Identity.objects.get(network="pretend", address=author)


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_shows_colleagues_and_whoever_can_be_read(world: World) -> None:
    world.start(world.town, "When does it open?", by=world.okafor)
    world.start(world.partners, "The price", by=world.partner)
    heard(world, "The river rises.")
    staff = visitor(world.lea)
    with few_statements():
        page = text_of(staff.get("/people"))
    assert "Tomasz Zielke" in page
    assert "Ngozi Okafor" in page
    assert "Ferry Partner" not in page
    assert "Ferry Partner" in text_of(visitor(world.ana).get("/people"))
    assert visitor().get("/people").status_code == 302
    assert visitor(world.okafor).get("/people").status_code == 404
    with few_statements():
        unknown = text_of(staff.get("/people", {"show": "unknown"}))
    assert "River.Watch" in unknown
    assert "Tomasz Zielke" not in unknown


def test_people_are_found_by_name_address_and_network(world: World) -> None:
    world.start(world.partners, "The price", by=world.partner)
    heard(world, "The river rises.")
    staff = visitor(world.lea)
    with few_statements():
        found = text_of(staff.get("/people", {"q": "tomasz"}))
    assert "Tomasz Zielke" in found
    assert "Ines Moreau" not in found
    for words in ("river", "PRETEND"):
        assert "River.Watch" in text_of(staff.get("/people", {"q": words, "show": "unknown"}))
    assert "Nobody is found" in text_of(staff.get("/people", {"q": "ferry partner"}))
    part = text_of(staff.get("/people", {"q": "ana", "part": "list"}))
    assert "<html" not in part
    assert "Ana Duarte" in part


def test_the_list_is_cut_by_what_people_are_to_us(world: World) -> None:
    world.start(world.town, "When does it open?", by=world.okafor)
    staff = visitor(world.lea)
    assert "Ngozi Okafor" not in text_of(staff.get("/people", {"show": "staff"}))
    wrote = text_of(staff.get("/people", {"show": "knows-us"}))
    assert "Ngozi Okafor" in wrote
    assert "Tomasz Zielke" not in wrote
    assert "Ngozi Okafor" in text_of(staff.get("/people", {"show": "new"}))
    assert staff.get("/people", {"show": "rubbish", "page": "x"}).status_code == 200


# --- one person -------------------------------------------------------------------------------------------------------


def test_a_persons_page_shows_only_what_its_reader_may_read(world: World) -> None:
    world.start(world.town, "When does it open?", by=world.okafor)
    world.start(world.partners, "Between us and the ferry.", by=world.okafor)
    staff, address = visitor(world.lea), f"/people/{world.okafor.pk}"
    with few_statements():
        page = text_of(staff.get(address))
    assert "When does it open?" in page
    assert "Between us" not in page
    for part in ("about", "talks", "notes"):
        with few_statements():
            shown = text_of(staff.get(address, {"part": part}))
        assert "<html" not in shown
        assert "Between us" not in shown


def test_a_colleague_has_a_page_before_saying_anything(world: World) -> None:
    assert "Tomasz Zielke" in text_of(visitor(world.lea).get(f"/people/{world.tomasz.pk}"))


def test_ties_name_only_people_whom_one_may_know_of(world: World) -> None:
    with db.act():
        Tie.objects.create(source=world.ana, target=world.tomasz, kind="works with")
        Tie.objects.create(source=world.ana, target=world.partner, kind="knows from the ferry")
    known = text_of(visitor(world.lea).get(f"/people/{world.ana.pk}", {"part": "ties"}))
    assert "Tomasz Zielke" in known
    assert "Ferry Partner" not in known
    back = text_of(visitor(world.lea).get(f"/people/{world.tomasz.pk}", {"part": "ties"}))
    assert "works with (the other way round)" in back
    assert "Ana Duarte" in back


def test_staff_say_with_whom_somebody_is_connected_and_how(world: World) -> None:
    staff, address = visitor(world.lea), f"/people/{world.ana.pk}/ties"
    said = {"kind": "works for", "reverse": "leads", "known_from": "the plan", "since": "2024-05-01"}
    assert staff.post(address, {**said, "who": "tomasz zielke", "confidence": "0.4"}).status_code == 302
    with few_statements():
        here = text_of(staff.get(f"/people/{world.ana.pk}", {"part": "ties"}))
    for words in ("works for", "Tomasz Zielke", "not sure", "1 May 2024", "known from the plan"):
        assert words in here, words
    there = text_of(staff.get(f"/people/{world.tomasz.pk}", {"part": "ties"}))
    assert "leads" in there
    (tie,) = queries.ties_of(world.tomasz)
    changed = {**said, "kind": "works with", "reverse": "works with", "tie": tie.pk}
    assert staff.post(f"/people/{world.tomasz.pk}/ties", changed).status_code == 302
    (tie,) = queries.ties_of(world.ana)
    assert (tie.source, tie.kind, tie.confidence) == (world.ana, "works with", 1.0)
    gone = text_of(staff.post(f"/people/{world.tomasz.pk}/ties", {"drop": tie.pk}))
    assert "The connection with Ana Duarte is gone." in gone
    assert queries.ties_of(world.ana) == []
    back = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', gone))
    staff.post(
        f"/people/{world.tomasz.pk}/ties",
        {name: value for name, value in back.items() if name != "csrfmiddlewaretoken"},
    )
    (again,) = queries.ties_of(world.tomasz)
    assert (again.kind, again.since, again.target) == ("works with", date(2024, 5, 1), world.tomasz)
    kept = AuditEntry.objects.filter(what__startswith="connection").order_by("pk")
    assert [row.what.split()[1] for row in kept] == ["added", "changed", "removed", "added"]


def test_a_connection_that_cannot_be_is_refused_and_what_was_typed_stays(world: World) -> None:
    staff, address = visitor(world.lea), f"/people/{world.ana.pk}/ties"
    for wrong, why in (
        ({"kind": "", "who": "Tomasz"}, "how they are connected"),
        ({"kind": "knows", "who": "Nobody of that name"}, "Nobody whom you may know of"),
        ({"kind": "knows", "who": "Ferry Partner"}, "Nobody whom you may know of"),
        ({"kind": "knows", "other": world.ana.pk}, "with themselves"),
        ({"kind": "knows", "who": "Tomasz", "since": "soon"}, "That is no day"),
        ({"kind": "knows", "who": "e"}, "choose one"),
    ):
        refused = staff.post(address, wrong)
        assert refused.status_code == 422
        assert why in text_of(refused), why
    assert f'<option value="{world.ines.pk}">' in text_of(refused)
    staff.post(address, {"kind": "knows", "who": "Tomasz"})
    assert "stands there already" in text_of(staff.post(address, {"kind": "knows", "who": "Tomasz"}))
    with db.act():
        Pseudonym.objects.create(identity=world.identity(world.ines), sealed_claim=b"sealed")
    for one, other in ((world.ana, world.ines), (world.ines, world.ana)):
        refused = staff.post(f"/people/{one.pk}/ties", {"kind": "knows", "other": other.pk})
        assert "These two cannot be connected." in text_of(refused)
    assert visitor(world.okafor).post(address, {"kind": "knows", "who": "Tomasz"}).status_code == 404
    assert staff.post(f"/people/{world.partner.pk}/ties", {"kind": "x", "who": "Ana"}).status_code == 404
    assert len(queries.ties_of(world.ana)) == 1


def test_notes_are_kept_by_staff_for_staff_and_dropped_by_their_writer_or_an_admin(world: World) -> None:
    world.start(world.town, "When does it open?", by=world.okafor)
    address = f"/people/{world.okafor.pk}/note"
    writer, other, admin = visitor(world.ana), visitor(world.lea), visitor(world.ines)
    assert writer.post(address, {"text": "Prefers the phone."}).status_code == 302
    note = PersonNote.objects.get()
    assert "Prefers the phone." in text_of(other.get(f"/people/{world.okafor.pk}", {"part": "notes"}))
    assert "Prefers the phone." not in text_of(visitor(world.okafor).get("/search?q=phone"))
    assert writer.post(address, {"text": " "}).status_code == 422
    assert other.post(address, {"drop": note.pk}).status_code == 422
    assert PersonNote.objects.exists()
    assert visitor(world.okafor).post(address, {"text": "Mine"}).status_code == 404
    admin.post(address, {"drop": note.pk})
    assert not PersonNote.objects.exists()
    assert AuditEntry.objects.filter(what__startswith="note about a person").count() == 2
    assert not AuditEntry.objects.filter(details__contains="phone").exists()


# --- same person? -----------------------------------------------------------------------------------------------------


def test_two_are_joined_only_after_both_were_shown_and_taken_apart_again(world: World) -> None:
    face = heard(world, "The river rises.")
    world.start(world.town, "I live by the river.", by=world.okafor)
    staff, address = visitor(world.lea), f"/people/identities/{face.pk}/same"
    with few_statements():
        assert "Ngozi Okafor" in text_of(staff.get(address, {"q": "okafor"}))
    with few_statements():
        preview = text_of(staff.get(address, {"person": world.okafor.pk}))
    assert "The river rises." in preview
    assert "I live by the river." in preview
    assert not Claim.objects.exists()
    sent = staff.post(address, {"person": world.okafor.pk, "reason": "She told us"})
    claim = Claim.objects.get()
    assert sent["Location"] == f"/people/{world.okafor.pk}?joined={claim.pk}"
    with few_statements():
        page = text_of(staff.get(sent["Location"]))
    assert "The river rises." in page
    assert "Undo" in page
    apart = f"/people/identities/{face.pk}/apart"
    assert staff.post(apart, {"claim": "17"}).status_code == 404
    staff.post(apart, {"claim": claim.pk})
    face.refresh_from_db()
    assert face.person is None
    assert staff.post(apart, {"claim": claim.pk}).status_code == 404


def test_nobody_is_joined_with_a_person_or_name_out_of_sight(world: World) -> None:
    face = heard(world, "The river rises.")
    world.start(world.partners, "Between us.", by=world.partner)
    hidden = world.identity(world.partner)
    staff = visitor(world.lea)
    assert staff.post(f"/people/identities/{face.pk}/same", {"person": world.partner.pk}).status_code == 404
    assert_the_same_as_absent(staff, f"/people/identities/{hidden.pk}/same", "/people/identities/17/same")
    assert visitor(world.okafor).get(f"/people/identities/{face.pk}/same").status_code == 404
    assert not Claim.objects.exists()


def test_the_name_of_somebody_who_signs_in_here_is_theirs(world: World) -> None:
    world.start(world.town, "When does it open?", by=world.okafor)
    face = world.identity(world.okafor)
    staff = visitor(world.lea)
    assert staff.post(f"/people/identities/{face.pk}/same", {"person": world.lea.pk}).status_code == 404
    assert "Same person?" not in text_of(staff.get(f"/people/identities/{face.pk}"))
    face.refresh_from_db()
    assert face.person == world.okafor
