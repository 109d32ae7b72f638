"""What people can help with, said by themselves and found by others; teams, set up by admins."""

from __future__ import annotations

import pytest

from colonnade.core.models import AuditEntry
from colonnade.inbox import actions as inbox
from colonnade.inbox import queries as desk
from colonnade.inbox.models import Case
from colonnade.people import actions as people
from colonnade.people import queries
from colonnade.places import actions as places
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db
SKILLS, TEAMS = "/settings/skills", "/settings/teams"


@pytest.fixture
def world() -> World:
    return World.make()


def test_somebody_says_what_they_can_help_with_and_colleagues_find_them_by_it(world: World) -> None:
    lea, ana = visitor(world.lea), visitor(world.ana)
    assert lea.post(SKILLS, {"add": "  Sign   language "}).status_code == 302
    lea.post(SKILLS, {"add": "sign Language"})  # said already
    lea.post(SKILLS, {"add": "Portuguese & ferries"})
    assert queries.skills_of(world.lea) == ["Portuguese & ferries", "Sign language"]
    with few_statements():
        own = text_of(lea.get("/settings"))
    assert 'value="Portuguese &amp; ferries"' in own
    assert "Sign language" in text_of(ana.get(f"/people/{world.lea.pk}?part=about"))
    with few_statements():
        found = text_of(ana.get("/people?q=portugu"))
    assert f"/people/{world.lea.pk}" in found
    lea.post(SKILLS, {"drop": "Portuguese & ferries"})
    assert queries.skills_of(world.lea) == ["Sign language"]
    assert f"/people/{world.lea.pk}" not in text_of(ana.get("/people?q=portugu"))


def test_a_skill_is_a_few_words_and_there_is_an_end_to_them(world: World) -> None:
    client = visitor(world.lea)
    for wrong in ("", "   ", "x" * 101):
        refused = client.post(SKILLS, {"add": wrong})
        assert refused.status_code == 422
        assert "in a few words" in text_of(refused)
    for number in range(30):
        people.add_skill(world.lea, f"Skill {number}")
    assert "take something away first" in text_of(client.post(SKILLS, {"add": "One more"}))
    assert len(queries.skills_of(world.lea)) == 30


def test_nobody_speaks_for_another_and_whoever_is_no_staff_says_nothing(world: World) -> None:
    visitor(world.ana).post(SKILLS, {"add": "Sign language"})
    visitor(world.lea).post(SKILLS, {"drop": "Sign language"})
    assert queries.skills_of(world.ana) == ["Sign language"]
    assert visitor(world.okafor).post(SKILLS, {"add": "Knots"}).status_code == 404
    assert visitor().post(SKILLS, {"add": "Knots"}).status_code == 302
    assert queries.skills_of(world.okafor) == []
    assert "What I can help with" not in text_of(visitor(world.okafor).get("/settings"))


def test_an_admin_sets_up_a_team_and_says_who_is_in_it(world: World) -> None:
    client = visitor(world.tomasz)
    assert "No team yet" in text_of(client.get(TEAMS))
    client.post(TEAMS, {"name": "Service", "member": [world.ana.pk, world.lea.pk]})
    (team,) = queries.teams()
    assert {one.pk for one in team.members.all()} == {world.ana.pk, world.lea.pk}
    with few_statements():
        page = text_of(client.get(TEAMS))
    assert "Service" in page
    holds = world.viewer(world.lea).holds
    client.post(TEAMS, {"team": team.pk, "name": "The desk", "member": [world.ana.pk, world.tomasz.pk]})
    (team,) = queries.teams()
    assert str(team) == "The desk"
    assert {one.pk for one in team.members.all()} == {world.ana.pk, world.tomasz.pk}
    assert world.viewer(world.lea).holds == holds - {team.principal_id}  # what a team reads goes with it
    assert AuditEntry.objects.filter(what="team set").count() == 2
    assert "The desk" in text_of(client.get(f"/people/{world.ana.pk}?part=about"))


def test_what_cannot_be_a_team_is_refused_and_kept_in_its_form(world: World) -> None:
    client = visitor(world.tomasz)
    client.post(TEAMS, {"name": "Service", "member": [world.ana.pk]})
    (team,) = queries.teams()
    twice = client.post(TEAMS, {"name": "Service", "member": [world.lea.pk]})
    assert twice.status_code == 422
    assert "There is a team of that name." in text_of(twice)
    assert f'value="{world.lea.pk}" checked' in text_of(twice)
    nameless = client.post(TEAMS, {"team": team.pk, "name": " "})
    assert nameless.status_code == 422
    assert "<details open>" in text_of(nameless)
    assert "That team is gone." in text_of(client.post(TEAMS, {"team": "17", "name": "Ghosts"}))
    client.post(TEAMS, {"name": "Guests", "member": [world.okafor.pk]})
    assert [[str(one) for one in made.members.all()] for made in queries.teams()] == [[], ["Ana Duarte"]]
    for person in (world.ana, world.okafor):
        assert visitor(person).post(TEAMS, {"name": "Mine"}).status_code in (403, 404)


def team_of(case: Case, world: World) -> str:
    viewer = world.viewer(world.ana)
    found = desk.case_for(viewer, case.pk)
    assert found is not None
    return desk.line_of(viewer, found).team_name


def test_a_team_is_taken_away_after_its_consequence_was_said_and_put_back_as_it_was(world: World) -> None:
    client = visitor(world.tomasz)
    client.post(TEAMS, {"name": "Service", "member": [world.ana.pk, world.lea.pk]})
    (team,) = queries.teams()
    places.set_audience(world.partners, frozenset({(team.principal_id, team.principal_id)}), by=world.ines)
    people.join_team(team, world.tomasz)
    talk, post = world.start(world.town, "The lamp at the quay is broken", by=world.okafor)
    case = inbox.hand_to_team(inbox.open_case(talk, post=post), team, by=world.ana)
    with few_statements():
        page = text_of(client.get(TEAMS))
    assert "1 open case that was left to it" in page
    assert f"Whoever reads {world.partners.name} only through this team" in page
    holds = world.viewer(world.lea).holds
    gone = client.post(f"{TEAMS}/{team.pk}/remove")
    assert world.viewer(world.lea).holds == holds - {team.principal_id}
    told = text_of(client.get(gone["Location"]))
    assert "“Service” is no team any more." in told
    assert "No team yet" in told
    assert team_of(case, world) == ""
    client.post(f"{TEAMS}/{team.pk}/back")
    assert [str(one) for one in queries.teams()] == ["Service"]
    assert world.viewer(world.lea).holds == holds
    assert team_of(case, world) == "Service"
    said = AuditEntry.objects.filter(what__startswith="team ").order_by("pk").values_list("what", flat=True)
    assert list(said) == ["team set", "team removed", "team put back"]


def test_the_name_of_a_team_that_is_gone_is_free_and_then_it_cannot_come_back(world: World) -> None:
    client = visitor(world.tomasz)
    client.post(TEAMS, {"name": "Service", "member": [world.ana.pk]})
    (team,) = queries.teams()
    for person in (world.ana, world.okafor):
        assert visitor(person).post(f"{TEAMS}/{team.pk}/remove").status_code in (403, 404)
    assert client.post(f"{TEAMS}/{team.pk}/back").status_code == 404
    client.post(f"{TEAMS}/{team.pk}/remove")
    assert client.post(f"{TEAMS}/{team.pk}/remove").status_code == 404
    assert "Service" not in text_of(visitor(world.ana).get(f"/people/{world.ana.pk}?part=about"))
    client.post(TEAMS, {"name": "Service", "member": [world.lea.pk]})
    refused = client.post(f"{TEAMS}/{team.pk}/back")
    assert refused.status_code == 422
    assert "There is a team of that name." in text_of(refused)
