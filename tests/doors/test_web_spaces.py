"""Spaces: who sees which, who is in them, who lets whom in, and what changing their readers does."""

from __future__ import annotations

import pytest

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Conversation
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places.models import Membership, Place
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def state_of(place: Place, person: Person) -> tuple[str, str]:
    row = Membership.objects.get(place=place, person=person)
    return row.state, row.role


def space_with(world: World, policy: str, name: str = "Harbour") -> Place:
    """A space that everybody with an account reads, looked after by Tomasz."""
    from colonnade.places.rules import SIGNED_IN_ONLY

    return places.open_space(name, audience=SIGNED_IN_ONLY, join_policy=policy, by=world.tomasz)


# --- the list and one space -------------------------------------------------------------------------------------------


def test_the_list_groups_spaces_by_who_reads_them_and_counts_members_only_for_who_may_know(
    world: World,
) -> None:
    places.join(world.town, world.ana)
    world.start(world.town, "The bridge is closed.", by=world.ana)
    public, staff = visitor(), visitor(world.ana)
    with few_statements():
        outside = text_of(public.get("/spaces"))
    with few_statements():
        inside = text_of(staff.get("/spaces"))
    assert "Open to everyone" in outside
    assert "Staff only" not in outside
    assert "Partners" not in outside
    assert "1 member" not in outside
    assert "Town talk" in outside
    for hidden in ("Staff room", "Neighbours", "Harbour wire"):
        assert hidden not in outside, hidden
    assert "Staff room" in inside
    assert "Open a space" not in inside
    assert "Open a space" in text_of(visitor(world.ines).get("/spaces"))
    assert "Partners" not in text_of(visitor(world.lea).get("/spaces"))
    for group in ("Staff only", "With others", "Open to everyone"):
        assert group in inside
    assert "2 members" in inside
    assert "last said" in inside


def test_a_hidden_space_is_as_absent(world: World) -> None:
    for client in (visitor(), visitor(world.lea)):
        assert_the_same_as_absent(client, f"/spaces/{world.partners.slug}", "/spaces/nothing-here")
        assert_the_same_as_absent(
            client, f"/spaces/{world.partners.slug}/members", "/spaces/nothing-here/members"
        )


def test_a_space_shows_its_talk_newest_first_and_nothing_that_is_for_fewer(world: World) -> None:
    first, _ = world.start(world.town, "The old bridge", by=world.ana)
    world.start(world.town, "The new ferry", by=world.lea)
    world.start(world.town, "Only for the desk", by=world.okafor, private=True)
    conversations.say(first, "It is open again", by=world.identity(world.lea))
    public, staff = visitor(), visitor(world.lea)
    with few_statements():
        page = text_of(public.get(f"/spaces/{world.town.slug}"))
    assert page.index("It is open again") < page.index("The new ferry")
    assert "Only for the desk" not in page
    with few_statements():
        inside = text_of(staff.get(f"/spaces/{world.town.slug}"))
    assert "Only for the desk" in inside
    with few_statements():
        part = text_of(staff.get(f"/spaces/{world.town.slug}", {"part": "talks"}))
    assert "<html" not in part
    assert "The new ferry" in part


def test_a_conversation_whose_newest_words_are_muted_shows_the_older_ones(world: World) -> None:
    talk, _ = world.start(world.town, "Words of Lea", by=world.lea)
    conversations.say(talk, "Words of a muted one", by=world.identity(world.okafor))
    people.mute(world.identity(world.ana), target=world.identity(world.okafor))
    page = text_of(visitor(world.ana).get(f"/spaces/{world.town.slug}"))
    assert "Words of Lea" in page
    assert "Words of a muted one" not in page


def test_a_conversation_is_started_where_one_reads_and_under_the_line_that_was_shown(world: World) -> None:
    client = visitor(world.okafor)
    slug, read_by = world.town.slug, str(world.town.audience_id)
    page = text_of(client.get(f"/spaces/{slug}"))
    assert "Everyone on the web" in page
    sent = client.post(f"/spaces/{slug}/start", {"text": "When does it open?", "read_by": read_by})
    talk = Conversation.objects.get(place=world.town)
    assert sent["Location"] == f"/conversations/{talk.pk}"
    stale = client.post(f"/spaces/{slug}/start", {"text": "Kept words", "read_by": "17"})
    assert stale.status_code == 409
    assert "Kept words" in text_of(stale)
    assert client.post(f"/spaces/{slug}/start", {"text": " ", "read_by": read_by}).status_code == 422
    hidden = client.post(f"/spaces/{world.staff_room.slug}/start", {"text": "In", "read_by": "1"})
    assert hidden.status_code == 404
    assert visitor().post(f"/spaces/{slug}/start", {"text": "In", "read_by": read_by}).status_code == 404
    assert Conversation.objects.count() == 1


# --- opening ----------------------------------------------------------------------------------------------------------


def test_an_admin_opens_a_space_and_is_its_first_steward(world: World) -> None:
    form = {"name": "New", "purpose": "Boats", "result": "A plan", "for": "members", "join": "ask"}
    made = visitor(world.ines).post("/spaces/new", form)
    place = Place.objects.get(name="New")
    assert made["Location"].startswith(f"/spaces/{place.slug}?")
    assert place.slug != "new"
    assert state_of(place, world.ines) == ("member", "steward")
    assert "A plan" in text_of(visitor(world.ines).get(made["Location"]))
    assert visitor(world.lea).get(f"/spaces/{place.slug}").status_code == 404
    assert visitor(world.lea).post("/spaces/new", {"name": "Mine"}).status_code == 404
    assert visitor().post("/spaces/new", {"name": "Mine"}).status_code == 302
    assert visitor(world.ines).post("/spaces/new", {"name": " "}).status_code == 422
    wrong = visitor(world.ines).post("/spaces/new", {"name": "Odd", "for": "nobody"})
    assert wrong.status_code == 422
    assert not Place.objects.filter(name__in=("Mine", "Odd")).exists()


# --- coming in and going ----------------------------------------------------------------------------------------------


def test_an_open_space_is_joined_by_one_press_and_left_again(world: World) -> None:
    place = space_with(world, "open")
    client = visitor(world.okafor)
    assert "Join" in text_of(client.get(f"/spaces/{place.slug}"))
    client.post(f"/spaces/{place.slug}/do/join")
    assert state_of(place, world.okafor) == ("member", "member")
    assert place.principal_id in world.viewer(world.okafor).holds
    client.post(f"/spaces/{place.slug}/do/leave")
    assert state_of(place, world.okafor) == ("left", "member")
    assert place.principal_id not in world.viewer(world.okafor).holds


def test_who_asks_is_let_in_by_a_steward_and_by_nobody_else(world: World) -> None:
    place = space_with(world, "ask")
    asker, steward, other = visitor(world.okafor), visitor(world.tomasz), visitor(world.lea)
    assert asker.post(f"/spaces/{place.slug}/do/join").status_code == 409
    asker.post(f"/spaces/{place.slug}/do/ask")
    assert state_of(place, world.okafor) == ("asked", "member")
    assert place.principal_id not in world.viewer(world.okafor).holds
    let_in = f"/spaces/{place.slug}/members/{world.okafor.pk}/accept"
    assert asker.post(let_in).status_code == 404
    assert other.post(let_in).status_code == 404
    with few_statements():
        page = text_of(steward.get(f"/spaces/{place.slug}/members"))
    assert "They ask to be let in" in page
    assert "They ask to be let in" not in text_of(other.get(f"/spaces/{place.slug}/members"))
    assert steward.post(let_in).status_code == 302
    assert state_of(place, world.okafor) == ("member", "member")


def test_a_refused_request_is_over_and_may_be_made_again(world: World) -> None:
    place = space_with(world, "ask")
    visitor(world.okafor).post(f"/spaces/{place.slug}/do/ask")
    visitor(world.tomasz).post(f"/spaces/{place.slug}/members/{world.okafor.pk}/refuse")
    assert state_of(place, world.okafor)[0] == "left"
    late = visitor(world.tomasz).post(f"/spaces/{place.slug}/members/{world.okafor.pk}/accept")
    assert late.status_code == 404
    visitor(world.okafor).post(f"/spaces/{place.slug}/do/ask")
    assert state_of(place, world.okafor)[0] == "asked"


def test_an_invitation_shows_the_door_and_nothing_of_what_is_said(world: World) -> None:
    places.join(world.partners, world.ana, role="steward")
    world.start(world.partners, "The price is secret.", by=world.ana)
    sent = visitor(world.ana).post(f"/spaces/{world.partners.slug}/invite", {"mail": "lea@portalder.example"})
    assert sent.status_code == 302
    invited = visitor(world.lea)
    assert "You are invited to Partners" in text_of(invited.get("/spaces"))
    door = text_of(invited.get(f"/spaces/{world.partners.slug}"))
    assert "The ferry timetable" in door
    assert "The price is secret." not in door
    assert invited.get(f"/spaces/{world.partners.slug}/members").status_code == 404
    invited.post(f"/spaces/{world.partners.slug}/do/join")
    assert "The price is secret." in text_of(invited.get(f"/spaces/{world.partners.slug}"))


def test_a_declined_invitation_opens_nothing(world: World) -> None:
    places.join(world.partners, world.ana, role="steward")
    places.invite(world.partners, world.lea, by=world.ana)
    visitor(world.lea).post(f"/spaces/{world.partners.slug}/do/leave")
    assert_the_same_as_absent(visitor(world.lea), f"/spaces/{world.partners.slug}", "/spaces/nothing-here")
    assert visitor(world.lea).post(f"/spaces/{world.partners.slug}/do/join").status_code == 404


def test_only_staff_are_told_whether_an_address_signs_in_here(world: World) -> None:
    places.join(world.partners, world.partner, role="steward")
    address = f"/spaces/{world.partners.slug}/invite"
    known = visitor(world.partner).post(address, {"mail": "lea@portalder.example"})
    unknown = visitor(world.partner).post(address, {"mail": "nobody@portalder.example"})
    assert known["Location"] == unknown["Location"]
    places.join(world.partners, world.ana, role="steward")
    assert visitor(world.ana).post(address, {"mail": "nobody@portalder.example"}).status_code == 422


def test_a_space_keeps_a_steward_while_it_has_members(world: World) -> None:
    places.join(world.partners, world.ana, role="steward")
    client, slug = visitor(world.ana), world.partners.slug
    assert client.post(f"/spaces/{slug}/do/leave").status_code == 409
    assert client.post(f"/spaces/{slug}/members/{world.ana.pk}/member").status_code == 409
    assert client.post(f"/spaces/{slug}/members/{world.partner.pk}/steward").status_code == 302
    assert state_of(world.partners, world.partner) == ("member", "steward")
    assert client.post(f"/spaces/{slug}/do/leave").status_code == 302
    assert visitor(world.ana).get(f"/spaces/{slug}").status_code == 404


# --- looked after -----------------------------------------------------------------------------------------------------


def test_a_steward_changes_what_a_space_says_of_itself(world: World) -> None:
    place = space_with(world, "ask")
    address = f"/spaces/{place.slug}/settings"
    assert visitor(world.lea).get(address).status_code == 404
    steward = visitor(world.tomasz)
    with few_statements():
        assert "What it says of itself" in text_of(steward.get(address))
    form = {"name": "Harbour works", "purpose": "Dredging", "result": "A depth", "join": "open"}
    assert visitor(world.tomasz).post(address, form).status_code == 302
    place.refresh_from_db()
    assert (place.name, place.space.purpose, place.space.join_policy) == ("Harbour works", "Dredging", "open")
    assert visitor(world.tomasz).post(address, {**form, "name": " "}).status_code == 422
    assert visitor(world.tomasz).post(address, {**form, "join": "bribe"}).status_code == 422


def test_who_reads_a_space_changes_only_after_its_consequence_was_shown_and_meant(world: World) -> None:
    world.start(world.staff_room, "Among us so far.", by=world.ana)
    client, address = visitor(world.ines), f"/spaces/{world.staff_room.slug}/audience"
    with few_statements():
        shown = text_of(client.get(address, {"for": "signed-in"}))
    assert "2 more people" in shown
    assert "all that was said here so far" in shown
    was = str(world.staff_room.audience_id)
    assert client.post(address, {"for": "signed-in", "was": was}).status_code == 409
    assert client.post(address, {"for": "signed-in", "was": "17", "sure": "1"}).status_code == 409
    assert visitor(world.okafor).get(f"/spaces/{world.staff_room.slug}").status_code == 404
    assert client.post(address, {"for": "signed-in", "was": was, "sure": "1"}).status_code == 302
    assert "Among us so far." in text_of(visitor(world.okafor).get(f"/spaces/{world.staff_room.slug}"))


def test_narrowing_a_space_names_those_who_lose_it(world: World) -> None:
    place = space_with(world, "open")
    client, address = visitor(world.ines), f"/spaces/{place.slug}/audience"
    shown = text_of(client.get(address, {"for": "staff"}))
    assert "2 people will no longer read it" in shown
    assert "Ngozi Okafor" in shown
    client.post(address, {"for": "staff", "was": str(place.audience_id)})
    assert visitor(world.okafor).get(f"/spaces/{place.slug}").status_code == 404
    assert visitor(world.lea).get(address, {"for": "everyone"}).status_code == 404


def test_an_archived_space_is_in_no_list_takes_no_words_and_comes_back(world: World) -> None:
    talk, _ = world.start(world.town, "Hello", by=world.okafor)
    assert visitor(world.lea).post(f"/spaces/{world.town.slug}/do/archive").status_code == 404
    visitor(world.ines).post(f"/spaces/{world.town.slug}/do/archive")
    client = visitor(world.okafor)
    assert "Town talk" not in text_of(client.get("/spaces"))
    assert client.get(f"/spaces/{world.town.slug}").status_code == 404
    assert client.get(f"/conversations/{talk.pk}").status_code == 200
    assert client.post(f"/conversations/{talk.pk}/say", {"text": "More"}).status_code == 404
    assert client.post(f"/spaces/{world.town.slug}/do/again").status_code == 404
    assert "1 archived space" in text_of(visitor(world.ines).get("/spaces"))
    visitor(world.ines).post(f"/spaces/{world.town.slug}/do/again")
    assert client.get(f"/spaces/{world.town.slug}").status_code == 200


def test_many_spaces_come_by_the_page_and_are_found_by_name(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colonnade.web.views.spaces.listed.AT_ONCE", 2)
    for name in ("Aldermen", "Bees", "Cellars"):
        places.open_space(name)
    client = visitor(world.ana)
    first, second = text_of(client.get("/spaces")), text_of(client.get("/spaces?page=2"))
    assert ("Aldermen" in first, "Cellars" in first, "Cellars" in second) == (True, False, True)
    assert "page=2" in first
    found = text_of(client.get("/spaces?name=cell"))
    assert ("Cellars" in found, "Aldermen" in found) == (True, False)
    assert "No space has such a name." in text_of(client.get("/spaces?name=nowhere"))
    assert client.get("/spaces?page=99999999999999").status_code == 200
