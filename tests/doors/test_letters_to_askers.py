"""Somebody who asked without an account hears of the answer by mail: once, when it can no longer be taken back."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPDataError, SMTPServerDisconnected

import pytest
from django.core import mail
from django.test import Client

from colonnade.core import events
from colonnade.core.work import run_due
from colonnade.inbox import actions as inbox
from colonnade.inbox import work
from colonnade.inbox.models import Case
from colonnade.places import actions as places
from colonnade.primitives import clock
from tests.doors.web_visits import assert_the_same_as_absent, stamp_in, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

OKAFOR = "okafor@mail.example"
QUESTION, ANSWER = "Does the 17:40 ferry run on Sunday?", "It does, from the north pier."


@pytest.fixture
def world() -> World:
    return World.make()


def asked(email: str = OKAFOR) -> tuple[Client, Case]:
    """Somebody on the front page, and the case of their question."""
    client = visitor()
    form = {
        "text": QUESTION,
        "name": "Grace",
        "email": email,
        "stamp": stamp_in(client.get("/")),
        "website": "",
    }
    assert client.post("/ask", form).status_code == 302
    return client, Case.objects.get()


def letters(after_s: float = 60) -> list[mail.EmailMessage]:
    """What went out, so many seconds later."""
    while events.stamp() + events.pump():
        pass
    with clock.stopped_at(clock.now() + timedelta(seconds=after_s)):
        while run_due():
            pass
    sent, mail.outbox[:] = list(mail.outbox), []
    return sent


def test_an_asker_who_gave_an_address_reads_the_answer_there_and_comes_back_by_the_letter(
    world: World,
) -> None:
    _, case = asked()
    inbox.reply(case, ANSWER, by=world.ana)
    assert letters(after_s=5) == [], "it can still be taken back"
    (letter,) = letters()
    assert letter.to == [OKAFOR]
    assert ANSWER in letter.body
    assert "Ana" in letter.body
    back = re.search(r"https?://[^/]+(/back/\S+)", str(letter.body))
    assert back is not None
    page = visitor().get(back[1], follow=True)
    assert ANSWER in text_of(page)
    assert letters() == [], "once"
    assert "They were written to by mail" in text_of(visitor(world.ana).get(f"/inbox/{case.pk}?part=about"))


def test_answers_close_together_make_one_letter_and_one_that_was_taken_back_is_told_to_nobody(
    world: World,
) -> None:
    _, case = asked()
    inbox.reply(case, ANSWER, by=world.ana)
    case.refresh_from_db()
    inbox.reply(case, "And back at 19:10.", by=world.ana)
    case.refresh_from_db()
    inbox.take_back(case, by=world.ana)
    (letter,) = letters()
    assert ANSWER in letter.body
    assert "19:10" not in letter.body


def test_a_note_of_staff_is_in_no_letter(world: World) -> None:
    _, case = asked()
    inbox.note(case, "She asks every week.", by=world.ana)
    assert letters() == []
    inbox.reply(case, ANSWER, by=world.ana)
    (letter,) = letters()
    assert "every week" not in letter.body


def test_who_gave_no_address_is_not_written_to_and_may_give_it_later_or_take_it_back(world: World) -> None:
    client, case = asked(email="")
    inbox.reply(case, ANSWER, by=world.ana)
    assert letters() == []
    talk = f"/talk/{case.conversation_id}"
    form = {"email": OKAFOR, "stamp": stamp_in(client.get(talk))}
    assert client.post(f"{talk}/mail", form).status_code == 302
    case.refresh_from_db()
    inbox.reply(case, "At 18:00 as well.", by=world.ana)
    (letter,) = letters()
    assert "At 18:00" in letter.body
    client.post(f"{talk}/mail", {**form, "email": ""})
    case.refresh_from_db()
    inbox.reply(case, "And at 20:00.", by=world.ana)
    assert letters() == []


def test_no_address_is_taken_that_is_none_and_of_nobody_who_did_not_ask(world: World) -> None:
    client, case = asked(email="")
    talk = f"/talk/{case.conversation_id}"
    form = {"email": "not an address", "stamp": stamp_in(client.get(talk))}
    wrong = client.post(f"{talk}/mail", form)
    assert wrong.status_code == 422
    assert "does not look like an e-mail address" in text_of(wrong)
    stranger = visitor()
    assert_the_same_as_absent(stranger, f"{talk}/mail", "/talk/123/mail", "post")
    assert visitor(world.ana).post(f"{talk}/mail", {**form, "email": OKAFOR}).status_code == 404
    case.refresh_from_db()
    assert case.reply_email == ""


def about(world: World, case: Case) -> str:
    return text_of(visitor(world.ana).get(f"/inbox/{case.pk}?part=about"))


def relay(monkeypatch: pytest.MonkeyPatch, *errors: BaseException | None) -> list[mail.EmailMessage]:
    """A mail server that takes letters and then fails like this, one error after the other, or not (None)."""
    taken: list[mail.EmailMessage] = []
    left = list(errors)

    def take(_: object, messages: list[mail.EmailMessage]) -> int:
        taken.extend(messages)
        error = left.pop(0) if left else None
        if error is not None:
            raise error
        return 1

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", take)
    return taken


def test_a_letter_that_is_refused_stands_in_the_case_and_is_not_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, case = asked()
    taken = relay(monkeypatch, SMTPDataError(554, b"No such letters here"))
    inbox.reply(case, ANSWER, by=world.ana)
    letters()
    assert "The mail to them did not go out" in about(world, case)
    assert "They were written to by mail" not in about(world, case)
    letters(after_s=900)
    assert len(taken) == 1


def test_where_the_mail_server_hangs_up_nobody_is_sure_and_it_is_sent_once_more_under_the_same_name(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, case = asked()
    taken = relay(monkeypatch, SMTPServerDisconnected("the relay hung up"))
    inbox.reply(case, ANSWER, by=world.ana)
    letters()
    assert "Not sure that the mail to them was sent" in about(world, case)
    assert "They were written to by mail" not in about(world, case)
    letters(after_s=200)
    assert "it may have arrived twice" in about(world, case)
    assert len(taken) == 2
    assert len({letter.extra_headers["Message-ID"] for letter in taken}) == 1
    letters(after_s=900)
    assert len(taken) == 2


def test_a_worker_that_dies_with_a_letter_in_hand_leaves_it_unsure_and_it_is_never_sent_a_third_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, case = asked()
    taken = relay(monkeypatch, KeyboardInterrupt(), KeyboardInterrupt())
    inbox.reply(case, ANSWER, by=world.ana)
    with pytest.raises(KeyboardInterrupt):
        letters()
    assert "Not sure that the mail to them was sent" in about(world, case)
    for after_s in (200, 400, 900):
        with clock.stopped_at(clock.now() + timedelta(seconds=after_s)), suppress(KeyboardInterrupt):
            work.write_to_asker(case.pk)
    assert len(taken) == 2
    assert "Not sure that the mail to them was sent" in about(world, case)
    case.refresh_from_db()
    inbox.reply(case, "And back at 19:10.", by=world.ana)
    letters(after_s=1800)
    assert "19:10" in taken[2].body
    assert ANSWER not in taken[2].body


def test_where_no_mail_goes_out_nobody_is_asked_for_an_address(world: World, settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # type: ignore[attr-defined]
    assert 'name="email"' not in text_of(visitor().get("/"))
    client, case = asked()
    assert case.reply_email == ""
    assert client.post(f"/talk/{case.conversation_id}/mail", {"email": OKAFOR}).status_code == 404


def test_the_box_on_another_site_takes_an_address_too(world: World) -> None:
    widget = places.make_widget(world.questions, ["https://ferry.example"])
    client = visitor()
    box = client.get(f"/embed/{widget.key}")
    form = {"text": QUESTION, "name": "", "email": OKAFOR, "stamp": stamp_in(box), "website": ""}
    assert client.post(f"/embed/{widget.key}", form).status_code == 302
    assert Case.objects.get().reply_email == OKAFOR
