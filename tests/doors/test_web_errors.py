"""The pages of errors: what may not be done, what could not be read, and what is our own fault."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from colonnade.conversations import actions as conversations
from tests.doors.web_visits import OURS, assert_the_same_as_absent, few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def the_database_is_gone(*_: Any) -> None:
    raise OperationalError("the server closed the connection unexpectedly")


def whole_page(response: Any, status: int, heading: str) -> str:
    """The page of an error: its status, its heading, a style sheet, a way on, and nothing of the machine."""
    words = text_of(response)
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    assert f"<h1>{heading}</h1>" in words
    assert 'rel="stylesheet"' in words
    assert "To the front page" in words
    assert "default-src 'none'" in response["Content-Security-Policy"]
    for told in ("Traceback", "OperationalError", "closed the connection", "colonnade/"):
        assert told not in words, told
    return words


def test_a_form_sent_from_elsewhere_is_refused_with_a_page(world: World) -> None:
    stranger = Client(headers={"Sec-Fetch-Site": "cross-site"}, raise_request_exception=False)
    with few_statements():
        refused = stranger.post("/ask", {"text": "Hello?"})
    assert "This form was sent from somewhere else." in whole_page(refused, 403, "You may not do that")


def test_a_form_without_its_token_says_that_the_page_is_too_old(world: World) -> None:
    client = visitor(world.ana, strict=True)
    refused = client.post("/columns/add", {"kind": "all"})
    assert "load it again" in whole_page(refused, 403, "This page is no longer fresh")


def test_a_host_that_is_not_ours_is_answered_with_a_page(world: World, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["desk.example"]
    client = Client(headers={**OURS, "Host": "other.example"}, raise_request_exception=False)
    whole_page(client.get("/account/sign-in"), 400, "That could not be read")


@pytest.mark.parametrize("who", ["nobody", "staff"])
def test_when_the_database_is_gone_a_page_still_says_so(world: World, who: str) -> None:
    client = visitor(world.ana if who == "staff" else None)
    client.raise_request_exception = False
    with connection.execute_wrapper(the_database_is_gone):
        broken = client.get("/inbox" if who == "staff" else "/places")
    assert "It is our fault" in whole_page(broken, 500, "Something broke here")


def test_an_address_that_leads_nowhere_offers_the_nearest_things_and_the_box(world: World) -> None:
    world.start(world.town, "The swimming pool opens on Saturday.", by=world.ana)
    world.start(world.town, "The bridge is closed.", by=world.tomasz)
    world.start(world.staff_room, "The swimming pool is leaking.", by=world.lea)
    with few_statements():
        lost = visitor().get("/news/swimming-pool")
    words = text_of(lost)
    assert lost.status_code == 404
    assert "leaking" not in words
    assert words.index("swimming pool opens") < words.index("The bridge is closed.")
    assert 'value="news swimming pool"' in words
    assert 'name="stamp"' in words
    staff = visitor(world.ana)
    staff.get("/inbox")
    with few_statements():
        assert "leaking" in text_of(staff.get("/news/swimming-pool"))


def test_what_was_public_and_is_deleted_is_gone_and_what_was_hidden_was_never_there(world: World) -> None:
    talk, post = world.start(world.town, "A mistake.", by=world.ana)
    inside, hidden = world.start(world.staff_room, "A secret mistake.", by=world.ana)
    for one in (post, hidden):
        conversations.delete(one.pk, by=world.ana)
    for address in (f"/posts/{post.pk}", f"/conversations/{talk.pk}"):
        gone = visitor().get(address)
        assert gone.status_code == 410
        assert "This was taken away" in text_of(gone)
        assert "A mistake." not in text_of(gone)
    assert_the_same_as_absent(visitor(), f"/posts/{hidden.pk}", "/posts/17")
    assert_the_same_as_absent(visitor(), f"/conversations/{inside.pk}", "/conversations/17")
    assert visitor(world.lea).get(f"/posts/{hidden.pk}").status_code == 410


def test_wrong_methods_and_too_much_at_once_are_answered_with_pages(world: World, settings: Any) -> None:
    client = Client(headers={**OURS, "Accept": "text/html"}, raise_request_exception=False)
    wrong = client.get("/ask")
    whole_page(wrong, 405, "That does not work here")
    assert wrong["Allow"] == "POST"
    assert Client(headers=OURS).get("/ask").content == b""  # a program gets no page
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    whole_page(client.post("/ask", {"text": "a" * 200}), 413, "That is too much at once")
