"""Words that stand in a note to staff do not go out by a slip, whichever door they take."""

from __future__ import annotations

from typing import Any

import pytest

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Post
from colonnade.core.models import AuditEntry
from colonnade.inbox import actions as inbox
from colonnade.inbox import rules
from colonnade.inbox.actions import Asked
from colonnade.people import queries as people
from tests.doors.web_visits import text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

NOTE = "Depot says the 17:40 runs and the 18:10 does not, not official until eleven. Ring 555 0142."


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def asked(world: World) -> Asked:
    asked = inbox.ask(
        world.questions, name="Grace", text="Is the 17:40 running? I am on 555 9999.", ip_or_key="1"
    )
    inbox.note(asked.case, NOTE, by=world.tomasz)
    return asked


@pytest.mark.parametrize(
    "text",
    [
        NOTE,
        "Good morning! DEPOT says: the 17:40 runs, and the 18:10 does not.",
        "Please call 5550142.",
        "Please call 555-01-42, they know.",
    ],
)
def test_what_stands_in_a_note_is_held_with_its_reason(world: World, asked: Asked, text: str) -> None:
    posts = Post.objects.count()
    with pytest.raises(rules.HeldBack, match="note to staff only, in Questions") as held:
        inbox.reply(asked.case, text, by=world.ana)
    assert held.value.text == text
    assert Post.objects.count() == posts
    done = inbox.reply(asked.case, text, by=world.ana, said_anyway=True)
    assert done.post is not None
    assert (
        AuditEntry.objects.filter(what="inbox.sent_although_for_staff", actor=world.ana.principal_id).count()
        == 1
    )


@pytest.mark.parametrize(
    "text",
    [
        "The 17:40 runs.",
        "I shall ring 555 9999, your number, at once.",
        "We hear from the depot at eleven whether the boat goes.",
    ],
)
def test_what_stands_in_none_or_was_said_by_the_asker_goes_out(world: World, asked: Asked, text: str) -> None:
    inbox.note(asked.case, "Her number is 555 9999.", by=world.ana)
    assert inbox.reply(asked.case, text, by=world.ana).post is not None


def test_a_number_of_the_staff_room_does_not_go_out_but_a_sentence_made_there_does(
    world: World, asked: Asked
) -> None:
    face = people.identity_here(world.lea)
    assert face is not None
    line = "The old bridge is closed because something on it has to be looked at. Hold 84,000 ready."
    conversations.start(world.staff_room, by=face, text=line)
    with pytest.raises(rules.HeldBack, match="84000"):
        inbox.reply(asked.case, "It costs 84000.", by=world.ana)
    done = inbox.reply(
        asked.case, "The old bridge is closed because something on it has to be looked at.", by=world.ana
    )
    assert done.post is not None


def test_on_the_page_it_is_stopped_and_sent_by_a_second_act(world: World, asked: Asked) -> None:
    ana = visitor(world.ana)
    form: dict[str, Any] = {"text": NOTE, "seen": str(max(Post.objects.values_list("pk", flat=True)))}
    stopped = ana.post(f"/inbox/{asked.case.pk}/reply", form, headers={"HX-Request": "true"})
    assert stopped.status_code == 422
    assert "stand in a note to staff only" in text_of(stopped)
    assert 'name="said_anyway"' in stopped.content.decode()
    sent = ana.post(
        f"/inbox/{asked.case.pk}/reply", form | {"said_anyway": "1"}, headers={"HX-Request": "true"}
    )
    assert sent.status_code == 200
    assert asked.case.entries.filter(kind="replied").count() == 1


def test_in_a_conversation_that_others_read_it_is_stopped_too_and_among_staff_it_is_not(
    world: World, asked: Asked
) -> None:
    ana = visitor(world.ana)
    for place, stopped in ((world.town, True), (world.staff_room, False)):
        face = people.identity_here(world.ana)
        assert face is not None
        talk, _ = conversations.start(place, by=face, text="About tonight.")
        before = talk.posts.count()
        told = ana.post(f"/conversations/{talk.pk}/say", {"text": NOTE})
        assert (told.status_code == 422) is stopped
        assert talk.posts.count() == before + (not stopped)
