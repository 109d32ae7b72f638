"""Aims: said by admins, served by spaces, told to staff alone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from colonnade.core.models import AuditEntry
from colonnade.places import actions as places
from colonnade.places import queries
from colonnade.places.models import Aim, MemberRole, Place, Space
from colonnade.primitives import clock
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/settings/aims"


@pytest.fixture
def world() -> World:
    return World.make()


def said(world: World, **change: Any) -> dict[str, Any]:
    return {
        "sentence": "Commuters know at once when a ferry is late.",
        "owner": world.ana.pk,
        "measure": "",
        **change,
    }


def aim_of(place: Place) -> Aim | None:
    return Space.objects.select_related("aim").get(place=place).aim


def described(place: Place, **more: Any) -> dict[str, Any]:
    return {"name": place.name, "purpose": "Talk", "result": "", "join": "open", **more}


def test_an_admin_says_an_aim_says_it_anew_and_takes_it_away(world: World) -> None:
    client = visitor(world.tomasz)
    assert "No Aim yet" in text_of(client.get(PAGE))
    made = client.post(PAGE, said(world, measure="Half as many questions", review_on="2027-02-01"))
    assert (made.status_code, made["Location"]) == (302, f"{PAGE}?saved=1")
    (aim,) = queries.aims()
    with few_statements():
        page = text_of(client.get(f"{PAGE}?aim={aim.pk}"))
    for words in (
        "Commuters know at once",
        "Ana Duarte",
        "Half as many questions",
        'value="2027-02-01"',
        "Keep it",
    ):
        assert words in page
    client.post(PAGE, said(world, aim=aim.pk, sentence="Nobody waits in the rain.", owner=world.lea.pk))
    aim.refresh_from_db()
    assert (aim.sentence, aim.owner, aim.measure) == ("Nobody waits in the rain.", world.lea, "")
    assert client.post(f"{PAGE}/{aim.pk}/drop").status_code == 302
    assert queries.aims() == []
    assert client.post(f"{PAGE}/{aim.pk}/drop").status_code == 404
    assert [one.what for one in AuditEntry.objects.order_by("pk")] == [
        "aim set",
        "aim changed",
        "aim dropped",
    ]


def test_what_is_refused_is_said_and_nothing_typed_is_lost(world: World) -> None:
    client = visitor(world.tomasz)
    for wrong, words in (
        ({"sentence": " "}, "one sentence"),
        ({"owner": world.okafor.pk, "measure": "Half & half"}, "Choose who answers for it."),
        ({"review_on": "soon", "measure": "Half & half"}, "That is no day."),
    ):
        page = client.post(PAGE, said(world, **wrong))
        assert page.status_code == 422, wrong
        assert words in text_of(page)
        if "measure" in wrong:
            assert "Half &amp; half" in text_of(page)
    assert queries.aims() == []
    for person in (world.ana, world.okafor):
        assert visitor(person).get(PAGE).status_code in (403, 404)
        assert visitor(person).post(PAGE, said(world)).status_code in (403, 404)


def test_an_aim_whose_day_has_come_stands_out(world: World) -> None:
    client = visitor(world.tomasz)
    client.post(PAGE, said(world, review_on=clock.now().date() + timedelta(days=2)))
    assert "chip clock" not in text_of(client.get(PAGE))
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        assert "chip clock" in text_of(visitor(world.tomasz).get(PAGE))


def test_a_space_says_to_staff_which_aim_it_serves_and_to_nobody_else(world: World) -> None:
    aim = places.set_aim("Nobody waits in the rain.", owner=world.lea, by=world.ines)
    client, address = visitor(world.tomasz), f"/spaces/{world.town.slug}"
    assert "Nobody waits in the rain." in text_of(client.get(f"{address}/settings"))
    client.post(f"{address}/settings", described(world.town, aim=aim.pk))
    assert aim_of(world.town) == aim
    for person, told in ((world.ana, True), (world.okafor, False), (None, False)):
        visit = visitor(person)
        with few_statements():
            page = text_of(visit.get(address))
        assert ("Nobody waits in the rain." in page) is told
    assert "Town talk" in text_of(client.get(PAGE))
    client.post(f"{address}/settings", described(world.town))
    assert aim_of(world.town) == aim  # a form that does not ask leaves it
    client.post(f"{address}/settings", described(world.town, aim=""))
    assert aim_of(world.town) is None
    entries = AuditEntry.objects.filter(what="space serves").order_by("pk")
    assert [json.loads(one.details)["aim"] for one in entries] == ["Nobody waits in the rain.", ""]
    gone = client.post(f"{address}/settings", described(world.town, aim="17"))
    assert gone.status_code == 422
    assert "That Aim is gone." in text_of(gone)


def test_a_steward_from_outside_neither_reads_aims_nor_chooses_one(world: World) -> None:
    aim = places.set_aim("Nobody waits in the rain.", owner=world.lea, by=world.ines)
    places.set_member_role(world.partners, world.partner, MemberRole.STEWARD, by=world.ines)
    client, address = visitor(world.partner), f"/spaces/{world.partners.slug}/settings"
    page = client.get(address)
    assert page.status_code == 200
    assert "Nobody waits in the rain." not in text_of(page)
    client.post(address, described(world.partners, aim=aim.pk))
    assert aim_of(world.partners) is None


def test_a_space_is_opened_with_its_aim(world: World) -> None:
    aim = places.set_aim("Nobody waits in the rain.", owner=world.lea, by=world.ines)
    client = visitor(world.tomasz)
    assert "Nobody waits in the rain." in text_of(client.get("/spaces/new"))
    client.post("/spaces/new", {"name": "Shelters", "for": "staff", "join": "open", "aim": aim.pk})
    assert aim_of(Place.objects.get(slug="shelters")) == aim
    wrong = client.post("/spaces/new", {"name": "Piers", "for": "staff", "join": "open", "aim": "17"})
    assert wrong.status_code == 422
    assert 'value="Piers"' in text_of(wrong)
    places.drop_aim(aim, by=world.ines)
    assert aim_of(Place.objects.get(slug="shelters")) is None
