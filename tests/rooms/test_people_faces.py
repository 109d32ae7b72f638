"""What somebody is called: by their network, by us, and never by whoever passes something on."""

from __future__ import annotations

import pytest

from colonnade.conversations import actions
from colonnade.networks import base
from colonnade.people import actions as people
from colonnade.people import queries
from colonnade.places import actions as places
from colonnade.places.models import Place
from tests.world import World

pytestmark = pytest.mark.django_db

HALL = base.Author(
    network="pretend", address="alder@pretend", name="Port Alder", url="https://alder.example/"
)
OTHER = base.Author(
    network="pretend",
    address="alder@pretend",
    name="Free money",
    url="https://evil.example/",
    avatar_url="https://evil.example/face.png",
)


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def account(world: World) -> Place:
    return places.add_account("pretend", "pretend://alder", name="Alder", credentials={}, identity=HALL)


def face(address: str = "alder@pretend") -> tuple[str, str, str]:
    known = queries.identity("pretend", address)
    assert known is not None
    return known.name, known.url, known.avatar_url


def bring(place: Place, *read: base.Incoming) -> None:
    actions.receive(place, [base.Item(raw=b"", read=read)])


@pytest.mark.parametrize("brought_by", ["a source", "the account itself"])
def test_nothing_that_is_said_or_marked_changes_the_face_of_an_account_of_ours(
    world: World, account: Place, brought_by: str
) -> None:
    place = account if brought_by == "the account itself" else world.wire
    bring(place, base.Post(uri="u:1", author=OTHER, text="Come and get it"))
    bring(place, base.Mark(uri="u:1", author=OTHER), base.Follow(author=OTHER, target="alder@pretend"))
    bring(place, base.Edit(post=base.Post(uri="u:1", author=OTHER, text="Come")))
    assert face() == ("Port Alder", "https://alder.example/", "")


def test_the_network_presents_an_account_of_ours_anew_through_that_account_alone(
    world: World, account: Place
) -> None:
    elsewhere = base.Author(network="pretend", address="quay@pretend", name="Quay")
    second = places.add_account("pretend", "pretend://quay", name="Quay", credentials={}, identity=elsewhere)
    for place in (world.wire, second):
        bring(place, base.Profile(author=OTHER))
        assert face() == ("Port Alder", "https://alder.example/", "")
    bring(account, base.Profile(author=OTHER))
    assert face() == (OTHER.name, OTHER.url, OTHER.avatar_url)


def test_everybody_else_is_called_what_was_said_last(world: World, account: Place) -> None:
    for name in ("River watch", "River watch (away)"):
        author = base.Author(network="pretend", address="river.watch", name=name)
        bring(world.wire, base.Post(uri=f"u:{name}", author=author, text="The tide is out"))
        assert face("river.watch") == (name, "", "")


def test_a_network_never_renames_somebody_here(world: World) -> None:
    ana = world.identity(world.ana)
    author = base.Author(
        network="here", address=ana.address, name="Somebody else", url="https://evil.example/"
    )
    people.meet_identities([author])
    ana.refresh_from_db()
    assert (ana.name, ana.url) == ("Ana Duarte", "")
