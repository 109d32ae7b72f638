"""The inbox: the list, one case, and everything that is done to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from colonnade.conversations import queries as conversations
from colonnade.inbox import actions as inbox
from colonnade.inbox.actions import Asked
from colonnade.inbox.models import Case
from colonnade.people import actions as people
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, posts_on, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

HX = {"HX-Request": "true"}


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def asked(world: World) -> Asked:
    return inbox.ask(world.questions, name="Grace", text="Is the 17:40 ferry running?", ip_or_key="1")


def newest(client: Client, case: Case) -> int:
    return max(posts_on(client.get(f"/inbox/{case.pk}?part=thread")))


def answer(client: Client, case: Case, text: str, **more: Any) -> Any:
    form = {"text": text, "seen": newest(client, case), **more}
    return client.post(f"/inbox/{case.pk}/reply", form, headers=HX)


@pytest.mark.parametrize(
    "whom", ["nobody known", "no number", "nobody named", "a visitor", "a suspended colleague"]
)
def test_a_case_cannot_be_handed_to_whoever_is_no_colleague(world: World, asked: Asked, whom: str) -> None:
    people.suspend(world.lea, by=world.ines)
    inbox.take(asked.case, by=world.ana)
    form = {
        "nobody known": {"to": "117"},
        "no number": {"to": "9" * 30},
        "nobody named": {},
        "a visitor": {"to": str(world.okafor.pk)},
        "a suspended colleague": {"to": str(world.lea.pk)},
    }[whom]
    before = Case.objects.values().get()
    told = visitor(world.tomasz).post(f"/inbox/{asked.case.pk}/assign", form, headers=HX)
    assert told.status_code == 422
    assert "There is no such colleague." in text_of(told)
    assert Case.objects.values().get() == before
    assert asked.case.entries.count() == 2  # opened, taken


def test_colleagues_are_fetched_for_the_menu_that_is_opened(world: World, asked: Asked) -> None:
    inbox.take(asked.case, by=world.ana)
    client = visitor(world.tomasz)
    with few_statements():
        of_a_case = text_of(client.get(f"/inbox/colleagues?case={asked.case.pk}"))
    assert f'value="{world.lea.pk}"' in of_a_case
    assert f"/inbox/{asked.case.pk}/assign" in of_a_case
    assert f'value="{world.ana.pk}"' not in of_a_case  # hers already
    assert "/inbox/many/hand-over" in text_of(client.get("/inbox/colleagues"))
    assert client.get("/inbox/colleagues?case=117").status_code == 404
    assert visitor(world.okafor).get("/inbox/colleagues").status_code == 404
    for page in ("/today", "/inbox", f"/inbox/{asked.case.pk}"):
        assert f'name="to" value="{world.lea.pk}"' not in text_of(client.get(page))


def test_the_inbox_shows_what_waits(world: World, asked: Asked) -> None:
    client = visitor(world.ana)
    for view, there in (("all", True), ("nobody", True), ("mine", False), ("solved", False)):
        with few_statements():
            page = client.get("/inbox", {"view": view})
        assert ("Is the 17:40 ferry running?" in text_of(page)) is there, view
    inbox.take(asked.case, by=world.ana)
    assert "Is the 17:40 ferry running?" in text_of(client.get("/inbox?view=mine"))
    assert "<html" not in text_of(client.get("/inbox?part=list"))


def test_a_case_page_and_each_of_its_parts_need_few_statements(world: World, asked: Asked) -> None:
    client = visitor(world.ana)
    inbox.note(asked.case, "Ask the harbour master.", by=world.tomasz)
    inbox.reply(asked.case, "One moment.", by=world.ana)
    inbox.ask_more(asked.conversation, asked.person, "Thank you.")
    for part in ("", "?part=thread", "?part=head", "?part=outgoing", "?part=composer", "?part=about"):
        with few_statements():
            assert client.get(f"/inbox/{asked.case.pk}{part}").status_code == 200, part


def test_cases_are_for_staff_alone(world: World, asked: Asked) -> None:
    assert visitor().get(f"/inbox/{asked.case.pk}").status_code == 302
    assert_the_same_as_absent(visitor(world.okafor), f"/inbox/{asked.case.pk}", "/inbox/17")
    for what in ("reply", "note", "take", "solve", "look"):
        assert visitor(world.okafor).post(f"/inbox/{asked.case.pk}/{what}", {"text": "x"}).status_code == 404


def test_a_case_that_staff_may_not_see_is_not_there(world: World) -> None:
    talk, post = world.start(world.partners, "The timetable is wrong.", by=world.partner)
    case = inbox.open_case(talk, post=post)
    assert visitor(world.ana).get(f"/inbox/{case.pk}").status_code == 200
    assert_the_same_as_absent(visitor(world.lea), f"/inbox/{case.pk}", "/inbox/17")


def test_an_answer_is_sent_and_can_be_taken_back_with_its_words(world: World, asked: Asked) -> None:
    client = visitor(world.ana)
    sent = answer(client, asked.case, "Yes, it runs.")
    assert sent.status_code == 200
    assert "Undo" in text_of(sent)
    assert "Yes, it runs." in text_of(client.get(f"/inbox/{asked.case.pk}?part=thread"))
    back = client.post(f"/inbox/{asked.case.pk}/take-back", {"text": "Yes, it runs."}, headers=HX)
    assert "Yes, it runs.</textarea>" in text_of(back)
    assert "Yes, it runs." not in text_of(client.get(f"/inbox/{asked.case.pk}?part=thread"))


def test_a_stale_answer_is_held_with_what_came_and_keeps_its_words(world: World, asked: Asked) -> None:
    client = visitor(world.ana)
    seen = newest(client, asked.case)
    inbox.ask_more(asked.conversation, asked.person, "I mean the one tomorrow.")
    held = client.post(f"/inbox/{asked.case.pk}/reply", {"text": "Yes, today.", "seen": seen}, headers=HX)
    assert held.status_code == 409
    assert "I mean the one tomorrow." in text_of(held)
    assert "Yes, today.</textarea>" in text_of(held)
    assert "Send anyway" in text_of(held)
    thread = conversations.thread(world.viewer(world.ana), asked.conversation.pk)
    assert len(thread) == 2
    sent = client.post(
        f"/inbox/{asked.case.pk}/reply", {"text": "Yes, both.", "seen": seen, "anyway": "1"}, headers=HX
    )
    assert sent.status_code == 200


def test_an_empty_answer_says_so(world: World, asked: Asked) -> None:
    answered = answer(visitor(world.ana), asked.case, "   ")
    assert answered.status_code == 422
    assert "at least one word" in text_of(answered)


def test_a_note_stays_with_staff(world: World, asked: Asked) -> None:
    client = visitor(world.ana)
    client.post(f"/inbox/{asked.case.pk}/note", {"text": "She asked twice."}, headers=HX)
    assert 'class="said note"' in text_of(client.get(f"/inbox/{asked.case.pk}?part=thread"))
    guest = conversations.thread(world.viewer(asked.person), asked.conversation.pk)
    assert len(guest) == 1


def test_a_case_is_taken_handed_over_solved_and_opened_again(world: World, asked: Asked) -> None:
    client = visitor(world.ana)
    address = f"/inbox/{asked.case.pk}"

    def state() -> tuple[str, Any]:
        case = Case.objects.get()
        return case.state, case.owner

    client.post(f"{address}/take", headers=HX)
    assert state() == ("assigned", world.ana)
    client.post(f"{address}/assign", {"to": world.lea.pk}, headers=HX)
    assert state() == ("assigned", world.lea)
    client.post(f"{address}/assign", {"to": ""}, headers=HX)
    assert state() == ("open", None)
    client.post(f"{address}/wait", headers=HX)
    assert state()[0] == "waiting"
    client.post(f"{address}/solve", headers=HX)
    assert state()[0] == "solved"
    client.post(f"{address}/reopen", headers=HX)
    assert state()[0] == "open"
    assert client.post(f"{address}/burn", headers=HX).status_code == 404


def test_whoever_is_late_is_told_that_somebody_changed_it(world: World, asked: Asked) -> None:
    version = asked.case.version
    inbox.take(asked.case, by=world.lea)
    late = visitor(world.ana).post(f"/inbox/{asked.case.pk}/take", {"version": version}, headers=HX)
    assert late.status_code == 409
    assert "Somebody changed this case meanwhile" in text_of(late)
    assert Case.objects.get().owner == world.lea


def test_one_sees_who_else_is_looking(world: World, asked: Asked) -> None:
    visitor(world.tomasz).post(f"/inbox/{asked.case.pk}/look", headers=HX)
    head = text_of(visitor(world.ana).post(f"/inbox/{asked.case.pk}/look", headers=HX))
    assert "Tomasz Zielke is looking" in head
    assert "Ana Duarte is looking" not in head


def test_the_composer_names_its_readers(world: World, asked: Asked) -> None:
    private = text_of(visitor(world.ana).get(f"/inbox/{asked.case.pk}?part=composer"))
    assert 'class="sees reply private"' in private
    talk, post = world.start(world.town, "Who cleans the pier?", by=world.okafor)
    case = inbox.open_case(talk, post=post)
    public = text_of(visitor(world.ana).get(f"/inbox/{case.pk}?part=composer"))
    assert 'class="sees reply public"' in public
    assert "Everyone on the web" in public


def test_a_case_is_made_of_a_conversation(world: World) -> None:
    talk, post = world.start(world.town, "Who cleans the pier?", by=world.okafor)
    made = visitor(world.ana).post(f"/conversations/{talk.pk}/case", {"post": post.pk})
    assert made["Location"] == f"/inbox/{Case.objects.get().pk}"
    assert visitor(world.okafor).post(f"/conversations/{talk.pk}/case").status_code == 404


def test_without_scripts_the_page_still_works(world: World, asked: Asked) -> None:
    client = visitor(world.ana)
    sent = client.post(f"/inbox/{asked.case.pk}/reply", {"text": "Yes.", "seen": newest(client, asked.case)})
    assert (sent.status_code, sent["Location"]) == (302, f"/inbox/{asked.case.pk}")
