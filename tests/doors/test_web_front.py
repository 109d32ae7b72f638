"""The public face: asking without an account, coming back, and what is never done before the first send."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from colonnade.conversations import actions as conversation_actions
from colonnade.conversations import queries as conversations
from colonnade.core.push import tokens
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case, WayBack
from colonnade.places import actions as places
from colonnade.places.rules import STAFF_ONLY
from colonnade.web import trust
from colonnade.web.looking import GUEST_COOKIE, sealed_ways
from tests.doors.web_visits import (
    assert_the_same_as_absent,
    few_statements,
    posts_on,
    stamp_in,
    text_of,
    visitor,
)
from tests.world import World

pytestmark = pytest.mark.django_db

QUESTION = "Is the 17:40 ferry still running?"


@pytest.fixture
def world() -> World:
    return World.make()


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def ask(client: Client, **more: str) -> object:
    form = {"text": QUESTION, "name": "Grace", "stamp": stamp_in(client.get("/")), "website": ""}
    return client.post("/ask", {**form, **more})


def test_whoever_only_reads_gets_no_cookie_and_leaves_no_row(world: World) -> None:
    world.start(world.town, "The bridge is closed.", by=world.tomasz)
    before = rows()
    client = visitor()
    with few_statements():
        page = client.get("/")
    assert page.status_code == 200
    assert "The bridge is closed." in text_of(page)
    assert not page.cookies
    assert rows() == before


def test_the_front_page_shows_what_is_public_and_nothing_else(world: World) -> None:
    world.start(world.staff_room, "Not for the street.", by=world.ana)
    world.start(world.signed_in, "Only for neighbours.", by=world.ana)
    for client in (visitor(), visitor(world.ines)):
        page = text_of(client.get("/"))
        assert "Not for the street." not in page
        assert "Only for neighbours." not in page
        assert "Staff room" not in page
        assert "Questions" in page


def test_a_question_becomes_a_case_and_its_asker_can_follow_it(world: World) -> None:
    client = visitor()
    sent = ask(client)
    case = Case.objects.get()
    assert sent.status_code == 302
    assert sent["Location"] == f"/talk/{case.conversation_id}"
    cookie = sent.cookies["colonnade_guest"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    with few_statements():
        talk = client.get(sent["Location"])
    assert QUESTION in text_of(talk)
    assert "/back/" in text_of(talk)
    inbox.reply(case, "Yes, it runs.", by=world.ana)
    part = client.get(sent["Location"], {"part": "thread"})
    assert "Yes, it runs." in text_of(part)
    assert "<html" not in text_of(part)


def test_a_guest_reads_neither_notes_nor_talks_of_others(world: World) -> None:
    client, other = visitor(), visitor()
    ask(client)
    case = Case.objects.get()
    inbox.note(case, "She asked twice already.", by=world.ana)
    assert "She asked twice already." not in text_of(client.get(f"/talk/{case.conversation_id}"))
    ask(other, text="Another question.")
    assert other.get("/talk/17").status_code == 404
    assert_the_same_as_absent(other, f"/talk/{case.conversation_id}", "/talk/17")


def test_an_asker_writes_more(world: World) -> None:
    client = visitor()
    ask(client)
    case = Case.objects.get()
    address = f"/talk/{case.conversation_id}"
    stamp = stamp_in(client.get(address))
    assert client.post(f"{address}/say", {"text": "And the 18:10?", "stamp": stamp}).status_code == 302
    assert "And the 18:10?" in text_of(client.get(address))
    empty = client.post(f"{address}/say", {"text": "  ", "stamp": stamp})
    assert empty.status_code == 422


def test_the_link_that_was_kept_leads_back_on_another_device(world: World) -> None:
    asked = inbox.ask(world.questions, name="Grace", text=QUESTION, ip_or_key="1")
    other = visitor()
    back = other.get(f"/back/{asked.resume_token}")
    assert back.status_code == 302
    assert QUESTION in text_of(other.get(back["Location"]))
    inbox.renew_way_back(asked.conversation, asked.person)
    assert visitor().get(f"/back/{asked.resume_token}").status_code == 404


def test_a_guest_who_asks_again_stays_the_same_person(world: World) -> None:
    client = visitor()
    ask(client)
    ask(client, text="Something else.")
    first, second = Case.objects.order_by("pk")
    owners = {
        conversations.thread(world.viewer(world.ines), case.conversation_id)[0].author.id
        for case in (first, second)
    }
    assert len(owners) == 1


def test_a_way_back_that_is_revoked_takes_its_conversation_from_the_guest_s_cookie_too(world: World) -> None:
    client = visitor()
    first, second = (ask(client, text=text)["Location"] for text in (QUESTION, "Something else."))
    case = Case.objects.get(conversation=first.rpartition("/")[2])
    talk, guest = case.conversation, case.opened_by_post.author.person
    before = channels(client)
    assert talk.scope.audience_id in before.audiences
    inbox.revoke_way_back(talk, guest, by=world.ana)
    assert_the_same_as_absent(client, first, "/talk/17")
    assert_the_same_as_absent(client, f"/posts/{case.opened_by_post_id}", "/posts/17")
    stamp = stamp_in(client.get(second))
    assert client.post(f"{first}/say", {"text": "Hello?", "stamp": stamp}).status_code == 404
    assert "Something else." in text_of(client.get(second))
    after = channels(client)
    assert (talk.scope.audience_id in after.audiences, after.epoch > before.epoch) == (False, True)
    fresh = visitor()
    link = f"/back/{inbox.renew_way_back(talk, guest)}"
    assert QUESTION in text_of(fresh.get(fresh.get(link)["Location"]))
    assert fresh.get(second).status_code == 404  # a link leads to its own conversation
    assert client.get(first).status_code == 404  # and only whoever has it comes in by it
    client.get(link)
    assert [client.get(address).status_code for address in (first, second)] == [200, 200]


def channels(client: Client) -> tokens.Channels:
    """What a push stream of this browser would be woken for."""
    opened = tokens.open_(client.post("/live/token").cookies[tokens.COOKIE].value)
    assert opened is not None
    return opened


def test_a_guest_whose_ways_back_are_all_revoked_is_nobody(world: World) -> None:
    client = visitor()
    ask(client)
    case = Case.objects.get()
    asker = case.opened_by_post.author.person
    inbox.revoke_way_back(case.conversation, asker, by=asker)
    assert client.post("/live/token").status_code == 403
    ask(client, text="Something else.")
    assert Case.objects.exclude(pk=case.pk).get().opened_by_post.author.person != asker


def test_a_link_of_somebody_with_an_account_gives_no_cookie_and_leads_to_signing_in(world: World) -> None:
    staff = visitor(world.ana)
    talk = ask(staff)["Location"]
    (link,) = re.findall(r"/back/[^\s\"<]+", text_of(staff.get(talk)))
    other = visitor()
    back = other.get(link)
    assert back["Location"] == f"/account/sign-in?{urlencode({'next': talk})}"
    assert not back.cookies
    assert [other.get(address).status_code for address in (talk, "/inbox")] == [404, 302]
    assert staff.get(link)["Location"] == talk
    other.cookies[GUEST_COOKIE] = sealed_ways(world.ana.pk, dict(WayBack.objects.values_list("pk", "epoch")))
    assert [other.get(address).status_code for address in (talk, "/inbox")] == [404, 302]


def test_words_stay_in_the_box_when_they_cannot_be_taken(world: World) -> None:
    client = visitor()
    stale = ask(client, stamp="nonsense")
    assert stale.status_code == 409
    assert QUESTION in text_of(stale)
    trapped = ask(client, website="https://spam.example")
    assert trapped.status_code == 409
    assert not Case.objects.exists()
    for _ in range(5):
        ask(client)
    often = ask(client, text="The sixth question.")
    assert often.status_code == 429
    assert "The sixth question." in text_of(often)


def test_a_form_from_another_site_is_refused(world: World) -> None:
    stamp = stamp_in(visitor().get("/"))
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {},
    ):
        sent = Client(headers=headers).post("/ask", {"text": QUESTION, "stamp": stamp})
        assert sent.status_code == 403, headers
    assert (
        Client(headers={"Origin": "http://testserver"})
        .post("/ask", {"text": QUESTION, "stamp": stamp})
        .status_code
        == 302
    )


def test_without_an_open_space_nobody_is_asked_to_ask(world: World) -> None:
    for space in (world.town, world.questions):
        places.set_audience(space, STAFF_ONLY)
    page = visitor().get("/")
    assert "<textarea" not in text_of(page)


def test_a_suspended_guest_is_nobody(world: World) -> None:
    from colonnade.people import actions as people

    client = visitor()
    ask(client)
    case = Case.objects.get()
    asker = case.opened_by_post.author.person
    people.suspend(asker, by=world.ines)
    assert client.get(f"/talk/{case.conversation_id}").status_code == 404


def test_a_hostile_post_is_shown_as_words(world: World) -> None:
    world.start(world.town, "<script>alert(1)</script> & <b>bold</b>", by=world.ana)
    page = visitor().get("/")
    assert "<script>alert" not in text_of(page)
    assert posts_on(page) == []


def test_the_front_page_says_who_answers_and_how_fast_once_there_are_enough_answers(world: World) -> None:
    world.start(world.town, "The bridge is open again.", by=world.tomasz)
    world.start(world.staff_room, "Lea never says a word in public.", by=world.lea)
    trust.find()
    page = text_of(visitor().get("/"))
    assert "<span>Tomasz</span>" in page
    assert "usually answers" not in page
    for number in range(20):
        asked = inbox.ask(world.questions, name="", text=f"Question {number}?", ip_or_key=str(number))
        inbox.reply(asked.case, "Yes.", by=world.ana)
    trust.find()
    with few_statements():
        page = text_of(visitor().get("/"))
    assert "usually answers in 1 minute" in page
    assert "Ana" not in page  # what she answered was for one pair of eyes


def test_the_latest_talks_stand_once_each_with_their_answers(world: World) -> None:
    talk, _ = world.start(world.town, "Is the pool open? I would like to swim.", by=world.okafor)
    for words in ("It is.", "Until eight."):
        conversation_actions.say(talk, words, by=world.identity(world.ana))
    page = text_of(visitor().get("/"))
    assert page.count(f'href="/conversations/{talk.pk}"') == 1
    assert "Is the pool open?" in page
    assert "2 answers" in page


def test_what_is_public_can_be_followed_by_feed(world: World) -> None:
    talk, _ = world.start(world.town, "The bridge is closed.", by=world.tomasz)
    hidden, _ = world.start(world.staff_room, "Not for the street.", by=world.ana)
    client = visitor(world.ana)
    with few_statements():
        everything = text_of(client.get("/feed.atom"))
    assert "The bridge is closed." in everything
    assert "Not for the street." not in everything
    with few_statements():
        one = text_of(client.get(f"/conversations/{talk.pk}/feed.atom"))
    assert "The bridge is closed." in one
    assert_the_same_as_absent(client, f"/conversations/{hidden.pk}/feed.atom", "/conversations/17/feed.atom")
    ways = text_of(visitor().get("/follow"))
    assert "/feed.atom" in ways
    assert f"/spaces/{world.town.slug}/feed.atom" in ways
    assert "Staff room" not in ways


@pytest.mark.django_db
def test_the_front_page_speaks_german_to_whoever_reads_german() -> None:
    shown = visitor().get("/", headers={"accept-language": "de-AT,de;q=0.9"})
    assert '<html lang="de"' in text_of(shown)
    with translation.override("de"):
        words = gettext("You do not need to know which department. A person answers.")
    assert words != "You do not need to know which department. A person answers."
    assert words in text_of(shown)
