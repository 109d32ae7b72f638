"""Following by mail: asked twice, told once a day of what is public at that moment, stopped by one press."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from colonnade.community import work
from colonnade.community.models import FollowByMail
from colonnade.core.work import run_due
from colonnade.places import actions as places
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import clock
from tests.doors.web_visits import few_statements, stamp_in, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

GRACE = "grace@mail.example"


@pytest.fixture
def world() -> World:
    return World.make()


def ask(client: Client, email: str = GRACE, space: str = "") -> object:
    form = {"email": email, "space": space, "stamp": stamp_in(client.get("/follow"))}
    return client.post("/follow/mail", form)


def link_in(letter: mail.EmailMessage, what: str) -> str:
    found = re.search(rf"https?://[^/]+(/follow/{what}/\S+)", str(letter.body))
    assert found is not None
    return found[1]


def letters() -> list[mail.EmailMessage]:
    """What went out since one looked last, once all that is due was done."""
    while run_due():
        pass
    sent, mail.outbox[:] = list(mail.outbox), []
    return sent


def follower(space: str = "") -> FollowByMail:
    """Somebody who asked and confirmed."""
    ask(visitor(), space=space)
    (question,) = letters()
    visitor().post(link_in(question, "mail"))
    return FollowByMail.objects.get()


def a_day_passes() -> list[mail.EmailMessage]:
    work.tell_all()
    return letters()


@pytest.fixture
def noon() -> Iterator[Callable[[float], None]]:
    """Letters go out in the morning; the tests run at any hour. Moves the clock."""
    with clock.stopped_at(clock.now().replace(hour=12)) as move:
        yield move


def test_nothing_but_the_question_is_sent_before_it_is_answered(
    world: World, noon: Callable[[float], None]
) -> None:
    client = visitor()
    with few_statements():
        client.get("/follow")
    assert ask(client).status_code == 200
    (question,) = letters()
    assert question.to == [GRACE]
    world.start(world.town, "The bridge is open.", by=world.tomasz)
    assert a_day_passes() == []
    link = link_in(question, "mail")
    assert "Yes, write to me" in text_of(client.get(link))  # a program that looks into mails confirms nothing
    assert FollowByMail.objects.get().confirmed_at is None
    assert client.post(link).status_code == 200
    assert FollowByMail.objects.get().confirmed_at is not None


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(world: World) -> None:
    follower()
    client = visitor()

    def said(response: object) -> str:
        return re.sub(r'name="stamp" value="[^"]+"', "", text_of(response))

    assert said(ask(client)) == said(ask(client, "new@mail.example"))
    assert [letter.to for letter in letters()] == [["new@mail.example"]]


def test_a_letter_tells_once_a_day_what_is_public_at_that_moment(
    world: World, noon: Callable[[float], None]
) -> None:
    row = follower()
    world.start(world.town, "The bridge is open.", by=world.tomasz)
    world.start(world.questions, "Soon for staff alone.", by=world.ana)
    world.start(world.staff_room, "Not for the street.", by=world.ana)
    places.set_audience(world.questions, STAFF_ONLY)
    (letter,) = a_day_passes()
    assert "The bridge is open." in str(letter.body)
    assert "Soon for staff" not in str(letter.body)
    assert "Not for the street" not in str(letter.body)
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    noon(60)
    world.start(world.town, "And the ferry runs.", by=world.tomasz)
    assert a_day_passes() == []
    work.tell(row.pk, clock.now().date().isoformat())
    assert letters() == []
    tomorrow = (clock.now() + timedelta(days=1)).date()
    work.tell(row.pk, tomorrow.isoformat())
    (second,) = letters()
    assert "And the ferry runs." in str(second.body)
    assert "The bridge is open." not in str(second.body)
    assert second.extra_headers["Message-ID"] != letter.extra_headers["Message-ID"]


def test_who_follows_one_space_hears_of_that_alone(world: World, noon: Callable[[float], None]) -> None:
    follower(str(world.questions.pk))
    world.start(world.town, "The bridge is open.", by=world.tomasz)
    world.start(world.questions, "Where is the lift?", by=world.ana)
    (letter,) = a_day_passes()
    assert "Where is the lift?" in str(letter.body)
    assert "The bridge is open." not in str(letter.body)
    assert ask(visitor(), "lea@mail.example", str(world.staff_room.pk)).status_code == 404


def test_one_press_stops_the_letters_and_forgets_the_address(
    world: World, noon: Callable[[float], None]
) -> None:
    follower()
    world.start(world.town, "The bridge is open.", by=world.tomasz)
    (letter,) = a_day_passes()
    address = re.sub(r"^<https?://[^/]+|>$", "", letter.extra_headers["List-Unsubscribe"])
    program = Client()  # the mail program of the reader: no page of ours, no cookie
    assert "Stop the letters?" in text_of(program.get(address))
    assert FollowByMail.objects.exists()
    for _ in range(2):
        assert program.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not FollowByMail.objects.exists()
    assert program.post("/follow/stop/nonsense").status_code == 404


def test_an_address_that_never_answers_is_forgotten(world: World) -> None:
    ask(visitor())
    with clock.stopped_at(clock.now() + timedelta(days=4)):
        work.tell_all()
    assert not FollowByMail.objects.exists()


def test_nobody_is_buried_in_questions_by_others(world: World) -> None:
    for _ in range(5):
        assert ask(visitor()).status_code == 200
        letters()
    assert not letters()
    often = [ask(visitor(), f"someone{n}@mail.example").status_code for n in range(8)]
    assert 429 in often
    assert ask(visitor(), "no address").status_code == 422


def test_where_no_letters_go_out_none_are_offered(world: World, settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # type: ignore[attr-defined]
    page = text_of(visitor().get("/follow"))
    assert "By mail" not in page
    assert "By feed" in page
