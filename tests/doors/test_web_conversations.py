"""Conversations and posts at one address for everybody, each sees what they may; the frame around all pages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Conversation
from colonnade.core import db
from colonnade.core.push import tokens
from colonnade.places import actions as places
from colonnade.web.origin import public_url
from tests.doors.web_visits import (
    assert_the_same_as_absent,
    few_statements,
    posts_on,
    stamp_in,
    text_of,
    visitor,
)
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def test_staff_and_public_read_one_address_each_what_they_may(world: World) -> None:
    talk, _ = world.start(world.town, "The bridge is closed.", by=world.tomasz)
    conversations.note(talk, "The engineer says: until noon.", by=world.identity(world.ana), person=world.ana)
    address = f"/conversations/{talk.pk}"
    lea = visitor(world.lea)
    with few_statements():
        public = text_of(visitor().get(address))
    with few_statements():
        staff = text_of(lea.get(address))
    assert "The bridge is closed." in public
    assert "until noon" not in public
    assert 'class="said note"' in staff
    assert "until noon" in staff


def test_edits_are_marked_and_removals_leave_a_tombstone(world: World) -> None:
    talk, post = world.start(world.town, "Teh bridge.", by=world.ana)
    conversations.edit(post.pk, "The bridge.", by=world.ana)
    other = conversations.say(talk, "And the ferry.", by=world.identity(world.lea))
    conversations.delete(other.pk, by=world.lea)
    page = text_of(visitor().get(f"/conversations/{talk.pk}"))
    assert "edited" in page
    assert "This was removed." in page
    assert "And the ferry." not in page


def test_the_composer_says_who_will_see_it(world: World) -> None:
    public, _ = world.start(world.town, "In the open.", by=world.ana)
    inside, _ = world.start(world.staff_room, "Among us.", by=world.ana)
    client = visitor(world.lea)
    assert "Everyone on the web</b> will see this" in text_of(client.get(f"/conversations/{public.pk}"))
    assert "Staff only</b> will see this" in text_of(client.get(f"/conversations/{inside.pk}"))
    assert "<textarea" not in text_of(visitor().get(f"/conversations/{public.pk}"))


def test_who_may_not_write_cannot(world: World) -> None:
    public, _ = world.start(world.town, "In the open.", by=world.ana)
    inside, _ = world.start(world.staff_room, "Among us.", by=world.ana)
    assert visitor(world.lea).post(f"/conversations/{public.pk}/say", {"text": "Indeed."}).status_code == 302
    assert "Indeed." in text_of(visitor().get(f"/conversations/{public.pk}"))
    assert visitor().post(f"/conversations/{public.pk}/say", {"text": "No."}).status_code == 404
    assert visitor(world.okafor).post(f"/conversations/{inside.pk}/say", {"text": "No."}).status_code == 404
    empty = visitor(world.lea).post(f"/conversations/{public.pk}/say", {"text": " "})
    assert empty.status_code == 422


def test_hidden_and_absent_are_the_same(world: World) -> None:
    inside, post = world.start(world.staff_room, "Among us.", by=world.ana)
    for client in (visitor(), visitor(world.okafor)):
        assert_the_same_as_absent(client, f"/conversations/{inside.pk}", "/conversations/17")
        assert_the_same_as_absent(client, f"/posts/{post.pk}", "/posts/17")
        assert_the_same_as_absent(client, f"/places/{world.staff_room.pk}", "/places/17")
        assert_the_same_as_absent(
            client, f"/spaces/{world.staff_room.slug}/feed.atom", "/spaces/nothing/feed.atom"
        )
        assert_the_same_as_absent(
            client, f"/columns/posts?place={world.staff_room.pk}", "/columns/posts?place=17"
        )
        assert_the_same_as_absent(client, f"/conversations/{inside.pk}/say", "/conversations/17/say", "post")


def test_a_post_has_an_address_of_its_own(world: World) -> None:
    _, post = world.start(world.town, "The bridge is closed.", by=world.tomasz)
    with few_statements():
        page = visitor().get(f"/posts/{post.pk}")
    assert posts_on(page) == [post.pk]


def test_every_answer_carries_the_headers(world: World) -> None:
    talk, _ = world.start(world.town, "Hello.", by=world.tomasz)
    for address in (
        "/",
        f"/conversations/{talk.pk}",
        "/nothing",
        "/account/sign-in",
        "/inbox",
        "/robots.txt",
    ):
        answer = visitor().get(address)
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy, address
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_assets_are_kept_for_ever_under_the_hash_of_their_content(world: World) -> None:
    from colonnade.web.assets import assets

    for asset in assets().values():
        answer = visitor().get(asset.url)
        assert answer.status_code == 200
        assert "immutable" in answer["Cache-Control"]
    assert visitor().get("/assets/000000000000/colonnade.css").status_code == 404


def test_somebody_signs_in_and_out(world: World) -> None:
    client = visitor(strict=True)
    page = client.get("/account/sign-in")
    token = client.cookies["csrf"].value
    form = {"login": "ana@portalder.example", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/account/sign-in", {**form, "password": "wrong one"}).status_code == 200
    entered = client.post("/account/sign-in", form)
    assert page.status_code == 200
    assert (entered.status_code, entered["Location"]) == (302, "/today")
    assert client.get("/inbox").status_code == 200
    left = client.post("/account/sign-out", {"csrfmiddlewaretoken": client.cookies["csrf"].value})
    assert left.status_code == 302
    assert client.get("/inbox").status_code == 302


def test_somebody_suspended_does_not_get_in(world: World) -> None:
    from colonnade.people import actions as people

    client = visitor(world.lea)
    assert client.get("/inbox").status_code == 200
    people.suspend(world.lea, by=world.ines)
    assert client.get("/inbox").status_code == 302


def test_every_frame_says_whose_page_it_is(world: World, settings: Any) -> None:
    settings.COLONNADE_NAME = "Port Alder"
    assert "Ask Port Alder" in text_of(visitor().get("/"))
    assert "Port Alder" in text_of(visitor().get("/account/sign-in"))
    assert "To the desk" in text_of(visitor(world.ana).get("/account/sign-out"))


def test_nobody_signs_up(world: World) -> None:
    page = visitor().get("/account/sign-up")
    assert "Accounts are made by us" in text_of(page)
    sent = visitor().post(
        "/account/sign-up", {"email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert sent.status_code in (200, 403)
    assert visitor().get("/inbox").status_code == 302


def test_guessing_passwords_is_slowed_down(world: World) -> None:
    client = visitor()
    answers = [
        client.post("/account/sign-in", {"login": "ana@portalder.example", "password": f"guess number {n}"})
        for n in range(12)
    ]
    assert any("tried too often" in text_of(answer) or answer.status_code == 429 for answer in answers)
    last = client.post("/account/sign-in", {"login": "ana@portalder.example", "password": PASSWORD})
    assert last.status_code != 302


def test_the_channel_token_is_renewed_for_those_who_have_one(world: World) -> None:
    renewed = visitor(world.ana).post("/live/token")
    assert renewed.status_code == 204
    channels = tokens.open_(renewed.cookies[tokens.COOKIE].value)
    assert channels is not None
    assert channels.principal == world.ana.principal_id
    assert visitor().post("/live/token").status_code == 403
    elsewhere = Client(headers={"Sec-Fetch-Site": "cross-site"})
    elsewhere.force_login(world.ana.sign_in, backend="colonnade.web.signing_in.Backend")
    assert elsewhere.post("/live/token").status_code == 403


def test_a_page_of_a_member_opens_what_members_read(world: World) -> None:
    talk, _ = world.start(world.partners, "The timetable.", by=world.partner)
    assert "The timetable." in text_of(visitor(world.partner).get(f"/conversations/{talk.pk}"))
    places.leave(world.partners, world.partner)
    assert visitor(world.partner).get(f"/conversations/{talk.pk}").status_code == 404


def test_a_public_conversation_tells_programs_what_it_is_and_asks_nobody_else(world: World) -> None:
    talk, _ = world.start(world.town, "Is the pool open? </script><b>I</b> would swim.", by=world.okafor)
    answer = conversations.say(talk, "Until eight.", by=world.identity(world.ana))
    address = f"/conversations/{talk.pk}"
    page = text_of(visitor().get(address))
    assert f'<link rel="canonical" href="{public_url(address)}">' in page
    told = structured_in(page)
    assert told["@type"] == "DiscussionForumPosting"
    assert told["text"].startswith("Is the pool open? </script>")
    assert [one["text"] for one in told["comment"]] == ["Until eight."]
    with db.machinery():
        Conversation.objects.filter(pk=talk.pk).update(accepted_post=answer)
    told = structured_in(text_of(visitor().get(address)))
    assert told["@type"] == "QAPage"
    assert told["mainEntity"]["acceptedAnswer"]["text"] == "Until eight."
    assert not re.findall(r'(?:src|action)="https?://', page)


def structured_in(page: str) -> Any:
    """The one piece of JSON-LD on a page."""
    (told,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(told)


def test_a_conversation_is_passed_on_without_calling_anybody(world: World) -> None:
    talk, _ = world.start(world.town, "The bridge is closed.", by=world.tomasz)
    address = f"/conversations/{talk.pk}/share"
    client = visitor()
    page = text_of(client.get(address, {"server": "@grace@social.example"}))
    assert "https://social.example/share?text=" in page
    for wrong in ("javascript:alert(1)", "evil.example:99/x?", "localhost", "a b.example"):
        assert "https://" not in re.sub(
            r"https?://(127|localhost)\S*", "", text_of(client.get(address, {"server": wrong}))
        )
    hidden, _ = world.start(world.staff_room, "Among us.", by=world.ana)
    assert_the_same_as_absent(client, f"/conversations/{hidden.pk}/share", "/conversations/17/share")


def test_a_question_about_a_conversation_carries_its_address(world: World) -> None:
    talk, _ = world.start(world.town, "The bridge is closed.", by=world.tomasz)
    hidden, _ = world.start(world.staff_room, "Among us.", by=world.ana)
    client = visitor()
    page = client.get("/", {"about": str(talk.pk)})
    assert f'name="about" value="{talk.pk}"' in text_of(page)
    assert 'name="about"' not in text_of(client.get("/", {"about": str(hidden.pk)}))
    form = {"text": "Until when?", "stamp": stamp_in(page), "about": str(talk.pk)}
    asked = client.post("/ask", form)
    assert f"/conversations/{talk.pk}" in text_of(client.get(asked["Location"]))
