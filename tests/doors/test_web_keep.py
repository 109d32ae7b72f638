"""Keep this: a page handed in by a bookmark or a phone, kept by hand with who kept it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client

from colonnade.conversations import queries as conversations
from colonnade.core import worker
from colonnade.core.models import AuditEntry
from colonnade.listening import actions as listening
from colonnade.listening import queries as listening_queries
from colonnade.listening.models import Kept, Watch
from colonnade.places.models import Place
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

CRANE = {
    "url": "https://www.herald.example/crane#top",
    "title": "The crane",
    "words": "The crane fell into the harbour.",
}


@pytest.fixture
def world() -> World:
    return World.make()


def keep(client: Client, **more: str) -> int:
    """Send the form; the post to which it leads."""
    sent = client.post("/listen/keep/add", {**CRANE, **more})
    assert sent.status_code == 302, text_of(sent)
    return int(sent["Location"].rpartition("/")[2])


def asking(**fields: str) -> str:
    return f"/listen/keep?{urlencode(fields)}"


def test_a_page_is_kept_with_who_kept_it_and_only_staff_read_it(world: World) -> None:
    ana = visitor(world.ana)
    post = keep(ana, note="For the briefing")
    (line,) = conversations.lines(world.viewer(world.lea), [post])
    assert (line.title, line.text, line.url) == ("The crane", CRANE["words"], CRANE["url"])
    assert (line.author.name, line.place_name) == ("herald.example", "Kept by hand")
    lea = visitor(world.lea)
    for address in (f"/posts/{post}", f"/places/{line.place}"):
        lea.get(address)
        with few_statements():
            shown = text_of(lea.get(address))
        assert "kept by Ana Duarte: For the briefing" in re.sub(r"<[^>]*>", "", shown), address
    assert AuditEntry.objects.filter(what="listening.kept_by_hand", actor=world.ana.principal_id).count() == 1
    for nobody in (visitor(), visitor(world.okafor)):
        assert nobody.get(f"/posts/{post}").status_code == 404
        assert nobody.get(f"/places/{line.place}").status_code == 404


def test_the_same_words_of_the_same_page_are_kept_once_by_whoever_was_first(world: World) -> None:
    first = keep(visitor(world.ana))
    again = keep(
        visitor(world.lea), url="https://www.herald.example/crane", words=" The crane  fell into the harbour."
    )
    other = keep(visitor(world.lea), words="Nobody was hurt.")
    assert (again, other != first) == (first, True)
    assert Kept.objects.get(post=first).person == world.ana
    assert Place.objects.filter(source__connector="kept").count() == 1
    lea = visitor(world.lea)
    form = text_of(lea.get(asking(u=CRANE["url"], t="x", s=CRANE["words"])))
    assert "Ana Duarte kept this on" in form
    assert "kept this on" not in text_of(lea.get(asking(u=CRANE["url"], s="Else")))


def test_looking_at_the_form_writes_nothing_and_sending_it_needs_our_own_page(world: World) -> None:
    client = visitor(world.ana, strict=True)
    form = client.get(asking(u=CRANE["url"], t="<b>The crane</b>", s='It fell.\n"Splash"'))
    assert not Kept.objects.exists()
    assert not Place.objects.filter(source__connector="kept").exists()
    shown = text_of(form)
    assert "&lt;b&gt;The crane&lt;/b&gt;" in shown
    assert "&quot;Splash&quot;" in shown
    assert client.post("/listen/keep/add", CRANE).status_code == 403
    assert client.get("/listen/keep/add").status_code == 405
    assert not Kept.objects.exists()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown)
    assert token is not None
    keep(client, csrfmiddlewaretoken=token[1])
    assert Kept.objects.count() == 1


def test_only_staff_keep_and_whoever_is_not_signed_in_comes_back_to_the_form(world: World) -> None:
    asked = asking(u=CRANE["url"], t="The crane")
    sent = visitor().get(asked)
    assert sent["Location"] == f"/account/sign-in?{urlencode({'next': asked})}"
    assert visitor(world.okafor).get(asked).status_code == 404
    assert visitor(world.okafor).post("/listen/keep/add", CRANE).status_code == 404
    assert visitor().post("/listen/keep/add", CRANE).status_code == 302
    assert not Kept.objects.exists()


def test_what_is_kept_passes_the_watches_and_may_be_put_to_one(world: World) -> None:
    crane = listening.add_watch("Crane", "crane harbour", by=world.ana)
    boats = listening.add_watch("Boats", "boats", by=world.ana)
    post = keep(visitor(world.ana), watch=str(boats.pk))
    worker.settle()
    viewer = world.viewer(world.lea)

    def caught(watch: Watch) -> list[int]:
        return listening_queries.mentions_for(viewer, watch)

    assert (caught(crane), caught(boats)) == ([post], [post])
    keep(visitor(world.lea), watch=str(boats.pk))
    worker.settle()
    assert caught(boats) == [post]
    assert "kept by" in text_of(visitor(world.lea).get(f"/listen/{boats.pk}"))


def test_what_a_phone_shares_finds_its_address_in_the_text(world: World) -> None:
    client = visitor(world.ana)
    manifest = client.get("/manifest.webmanifest").json()["share_target"]
    assert (manifest["action"], manifest["method"]) == ("/listen/keep", "GET")
    given = manifest["params"]
    shared = asking(**{given["title"]: "The crane", given["text"]: "Look at this https://herald.example/c"})
    with few_statements():
        form = text_of(client.get(shared))
    assert 'value="https://herald.example/c"' in form
    assert ">Look at this</textarea>" in form


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "herald.example"])
def test_what_is_no_web_address_is_not_kept(world: World, url: str) -> None:
    answer = visitor(world.ana).post("/listen/keep/add", {"url": url, "title": "The crane", "note": "Mine"})
    assert answer.status_code == 422
    assert "begins with https://" in text_of(answer)
    assert 'value="Mine"' in text_of(answer)
    assert not Kept.objects.exists()


def test_the_bookmark_opens_our_form_and_stands_on_the_empty_one_alone(world: World) -> None:
    client = visitor(world.ana)
    empty = unescape(text_of(client.get("/listen/keep")))
    (script,) = re.findall(r'href="(javascript:.*?\(\))"', empty, re.DOTALL)
    assert "/listen/keep" in script
    assert "fetch(" not in script
    assert "javascript:" not in text_of(client.get(asking(u=CRANE["url"])))
    assert "/listen/keep" in text_of(client.get("/listen"))
