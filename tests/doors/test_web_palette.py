"""The palette: it offers what one may see and do, and nothing else. The keys stand in the guide as they are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from colonnade.conversations import actions as conversations
from colonnade.listening import actions as listening
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.web.keys import KEYS
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "keys.md"


@pytest.fixture
def world() -> World:
    return World.make()


def titles(person: Person | None, words: str = "") -> list[str]:
    answer: Any = visitor(person).get("/palette", {"q": words} if words else {})
    return [item["title"] for item in answer.json()["items"]]


@pytest.mark.django_db
def test_everybody_is_offered_what_they_may_open(world: World) -> None:
    listening.add_watch("The bridge", "bridge", by=world.ana)
    hidden = places.open_space("Closed circle", members_only=True)
    places.join(hidden, world.lea)
    assert {"Inbox", "New watch", "The bridge", "Staff room", "Town talk"} <= set(titles(world.ana))
    assert "Closed circle" not in titles(world.ana)
    assert "Closed circle" in titles(world.lea)
    assert not {"Inbox", "New watch", "The bridge", "Staff room"} & set(titles(world.okafor))


@pytest.mark.django_db
def test_the_server_finds_people_by_name_and_offers_a_search(world: World) -> None:
    conversations.receive(world.wire, [world.incoming("hello", author="heron.lover")])
    assert titles(world.ana, "heron") == ["Heron.Lover", "Search for “heron”"]


@pytest.mark.django_db
def test_the_dialogs_are_parts_and_few_statements_are_needed(world: World) -> None:
    client = visitor(world.ana)
    for query in ("", "?q=ferry", "?part=dialog", "?part=keys"):
        with few_statements():
            assert client.get(f"/palette{query}").status_code == 200
    assert 'role="combobox"' in text_of(client.get("/palette?part=dialog"))
    assert "Find or do anything" in text_of(client.get("/palette?part=keys"))


def test_the_keys_are_written_down_as_they_are_shown() -> None:
    rows = [f"| {group.name} | {' '.join(key.keys)} | {key.does} |" for group in KEYS for key in group.keys]
    assert [line for line in GUIDE.read_text().splitlines() if line.startswith("| ")][1:] == rows
