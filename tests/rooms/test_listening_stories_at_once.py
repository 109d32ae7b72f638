"""Two processes that hear the same story in the same moment begin one."""

from __future__ import annotations

import pytest

from colonnade.conversations import actions as conversations
from colonnade.listening import actions, queries
from colonnade.listening.models import Story, Telling
from tests.rooms.at_once import held_open
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

TOLD = "The ferry to the island does not run today because of the storm, says the harbour"


def test_two_who_hear_a_story_in_the_same_moment_begin_one() -> None:
    world = World.make()
    said = [world.incoming(text, author=who) for text, who in ((TOLD, "one"), (f"RT {TOLD}", "other"))]
    first, copy = sorted(conversations.receive(world.wire, said).posts)
    heard = {pk: post for pk, (_, post) in queries.heard([first, copy]).items()}
    held_open(
        lambda: actions.tell_stories({first: heard[first]}), lambda: actions.tell_stories({copy: heard[copy]})
    )
    assert Story.objects.count() == 1
    assert set(Telling.objects.values_list("post_id", "is_copy")) == {(first, False), (copy, True)}
