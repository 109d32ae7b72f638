"""Somebody is suspended in the middle of their work: every door they had open is shut with the next request."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from colonnade.core.push import tokens
from colonnade.extensions import actions as extensions
from colonnade.inbox import actions as inbox
from colonnade.live.store import Store
from colonnade.people import actions as people
from colonnade.web.looking import GUEST_COOKIE, sealed_ways
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db

OURS: dict[str, Any] = {"HTTP_SEC_FETCH_SITE": "same-origin"}
BACKEND = "colonnade.web.signing_in.Backend"


@pytest.fixture
def world() -> World:
    return World.make()


def test_a_session_a_token_and_a_channel_die_together_and_come_back_together(world: World) -> None:
    said = world.start(world.staff_room, "For staff alone", by=world.ana)[1]
    pages, program = (
        Client(**OURS),
        Client(HTTP_AUTHORIZATION=f"Bearer {extensions.grant(world.lea, ['read'])}"),
    )
    pages.force_login(world.lea.sign_in, backend=BACKEND)

    def doors() -> tuple[int, ...]:
        asked = (pages.get("/inbox"), pages.get(f"/posts/{said.pk}"), pages.post("/live/token"))
        return tuple(
            one.status_code
            for one in (*asked, program.get("/rest/me"), program.get(f"/rest/posts/{said.pk}"))
        )

    sealed = tokens.open_(pages.post("/live/token").cookies[tokens.COOKIE].value)
    assert sealed is not None
    assert doors() == (200, 200, 204, 200, 200)
    people.suspend(world.lea, by=world.ines)
    assert doors() == (302, 404, 403, 401, 401)
    people.restore(world.lea, by=world.ines)
    assert doors() == (200, 200, 204, 200, 200)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_channel_of_somebody_suspended_is_no_longer_that_of_anybody() -> None:
    world = World.make()
    viewer = world.viewer(world.lea)
    store = Store()
    assert store.epochs([viewer.principal]) == {viewer.principal: viewer.epoch}
    people.suspend(world.lea, by=world.ines)
    assert store.epochs([viewer.principal]) == {}
    assert store.audiences_of(viewer.principal) == frozenset()
    store.close()


def test_somebody_suspended_cannot_sign_in_with_the_right_password(world: World) -> None:
    def signs_in() -> bool:
        client = Client(**OURS)
        client.post("/account/sign-in", {"login": "lea@portalder.example", "password": PASSWORD})
        return client.get("/inbox").status_code == 200

    assert signs_in()
    people.suspend(world.lea, by=world.ines)
    assert not signs_in()


def test_a_suspended_guest_is_shut_out_of_their_own_talk_by_cookie_and_by_link(world: World) -> None:
    asked = inbox.ask(world.questions, name="Guest", text="When does the ferry leave?", ip_or_key="192.0.2.7")
    client = Client(**OURS)
    client.cookies[GUEST_COOKIE] = sealed_ways(asked.person.pk, {asked.way.pk: asked.way.epoch})
    talk, back = f"/talk/{asked.conversation.pk}", f"/back/{asked.resume_token}"
    assert client.get(talk).status_code == 200
    people.suspend(asked.person, by=world.ines)
    assert client.get(talk).status_code == 404
    assert client.post(f"{talk}/say", {"text": "More"}).status_code == 404
    assert Client(**OURS).get(back).status_code == 404


def test_whoever_leaves_a_place_no_longer_sees_it_anywhere_with_the_next_request(world: World) -> None:
    from colonnade.places import actions as places

    said = world.start(world.partners, "For partners alone", by=world.ana)[1]
    program = Client(HTTP_AUTHORIZATION=f"Bearer {extensions.grant(world.partner, ['read'])}")
    pages = Client(**OURS)
    pages.force_login(world.partner.sign_in, backend=BACKEND)
    addresses = (
        f"/posts/{said.pk}",
        f"/places/{world.partners.pk}",
        f"/conversations/{said.conversation_id}",
    )
    assert [pages.get(one).status_code for one in addresses] == [200] * 3
    epoch = world.viewer(world.partner).epoch
    places.leave(world.partners, world.partner)
    assert [pages.get(one).status_code for one in addresses] == [404] * 3
    assert program.get(f"/rest/posts/{said.pk}").status_code == 404
    assert world.viewer(world.partner).epoch > epoch, "open streams would not end"
