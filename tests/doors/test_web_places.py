"""Places, feeds one by one and as a list, what goes out, search, people, files, feeds out, the box on other sites."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Attachment
from colonnade.core import db, files, work, worker
from colonnade.inbox.models import Case
from colonnade.listening.actions.sifting.counting import count_sifted
from colonnade.networks.feeds import opml
from colonnade.places import actions as places
from colonnade.places.models import Place
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

ATOM = "{http://www.w3.org/2005/Atom}"
LIST = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Harbour papers</title></head><body>
<outline text="Herald" type="rss" xmlUrl="https://herald.example/feed"/>
<outline text="Gazette" type="rss" xmlUrl="https://gazette.example/feed"/>
</body></opml>"""


@pytest.fixture
def world() -> World:
    return World.make()


# --- places -------------------------------------------------------------------------------------------------------


def test_accounts_and_sources_are_listed_for_staff_and_others_are_led_to_the_spaces(world: World) -> None:
    public, staff = visitor(), visitor(world.lea)
    assert public.get("/places")["Location"] == "/spaces"
    with few_statements():
        inside = text_of(staff.get("/places"))
    assert "Harbour wire" in inside
    assert "Staff room" not in inside
    assert "Add a feed" not in inside.replace("Add a feed: a newspaper", "")
    assert "Add a feed" in text_of(visitor(world.ines).get("/places"))


def test_the_health_of_a_source_is_shown_to_staff(world: World) -> None:
    places.note_failed_poll(world.wire, "The server did not answer in 30 seconds.")
    staff, public = visitor(world.lea), visitor()
    address = f"/places/{world.wire.pk}"
    with few_statements():
        page = text_of(staff.get(address))
    assert "failing" in page
    assert "did not answer" in page
    assert "did not answer" not in text_of(public.get(address))


# --- feeds --------------------------------------------------------------------------------------------------------


def test_a_stream_says_how_much_went_by_and_how_much_of_it_was_kept(world: World) -> None:
    place = places.add_source("jetstream", "ws://localhost:9/", name="Everybody")
    client = visitor(world.ana)
    assert "streamed by" not in text_of(client.get(f"/places/{place.pk}"))
    count_sifted(place, seen=1200, kept=7)
    count_sifted(place, seen=34, kept=0)
    assert "In the last hour 1,234 posts streamed by; 7 were kept" in text_of(
        client.get(f"/places/{place.pk}")
    )


def test_feeds_are_looked_for_by_a_worker_while_the_page_shows_how_far_it_is(world: World) -> None:
    client = visitor(world.ines)
    sent = client.post("/places/feeds", {"address": "http://127.0.0.1:9/nothing"})
    waiting = client.get(sent["Location"])
    assert "Looking" in text_of(waiting)
    assert "hx-trigger" in text_of(client.get(sent["Location"], {"part": "answer"}))
    work.run_due(10)
    worker.settle()
    answer = text_of(client.get(sent["Location"], {"part": "answer"}))
    assert "No feed was found there." in answer
    assert visitor(world.lea).get(sent["Location"]).status_code == 404
    assert client.get("/places/feeds/made-up").status_code == 404


def test_chosen_feeds_are_read_from_now_on(world: World) -> None:
    chosen = {
        "feed": ["https://herald.example/feed", "javascript:alert(1)"],
        "name:https://herald.example/feed": "Herald",
    }
    sent = visitor(world.ines).post("/places/add", chosen)
    place = Place.objects.get(source__address="https://herald.example/feed")
    assert sent["Location"] == "/places"
    assert place.name == "Herald"
    assert visitor(world.lea).post("/places/add", chosen).status_code == 404


def test_a_list_is_shown_before_anything_is_added_and_goes_out_again(world: World) -> None:
    client = visitor(world.ines)
    places.add_source("feeds", "https://herald.example/feed", name="Herald")
    before = Place.objects.count()
    page = text_of(client.post("/places/opml/import", {"list": SimpleUploadedFile("feeds.opml", LIST)}))
    assert Place.objects.count() == before
    assert "Gazette" in page
    assert "Herald" not in page
    client.post(
        "/places/add",
        {"feed": ["https://gazette.example/feed"], "name:https://gazette.example/feed": "Gazette"},
    )
    out = visitor(world.lea).get("/places/opml")
    assert {one.title for one in opml.read(out.content).outlines} == {"Herald", "Gazette"}
    broken = client.post("/places/opml/import", {"list": SimpleUploadedFile("x.opml", b"\x00not a list")})
    assert broken.status_code == 200
    assert client.post("/places/opml/import").status_code == 422


# --- search, people -----------------------------------------------------------------------------------------------


def test_search_finds_what_one_may_see(world: World) -> None:
    _, open_post = world.start(world.town, "The bridge is closed.", by=world.ana)
    world.start(world.staff_room, "The bridge: say nothing.", by=world.ana)
    public, staff = visitor(), visitor(world.lea)
    with few_statements():
        found = public.get("/search?q=bridge")
    assert posts_on(found) == [open_post.pk]
    with few_statements():
        assert len(posts_on(staff.get("/search?q=bridge"))) == 2
    assert "Nothing was found" in text_of(public.get("/search?q=nothing"))
    assert public.get("/search?q=-bridge").status_code == 200
    assert public.get("/search?q=%00%22%27").status_code == 200


def test_a_name_exists_for_those_who_may_read_anything_said_under_it(world: World) -> None:
    world.start(world.staff_room, "Among us.", by=world.ana)
    ana = world.identity(world.ana)
    assert_the_same_as_absent(visitor(), f"/people/identities/{ana.pk}", "/people/identities/17")
    staff = visitor(world.lea)
    with few_statements():
        assert "Among us." in text_of(staff.get(f"/people/identities/{ana.pk}"))
    with few_statements():
        page = text_of(staff.get(f"/people/{world.ana.pk}"))
    assert "Among us." in page
    assert_the_same_as_absent(staff, f"/people/{world.partner.pk}", "/people/17")
    assert visitor().get(f"/people/{world.ana.pk}").status_code == 302


# --- files --------------------------------------------------------------------------------------------------------


def attach(post: Any, body: bytes, media_type: str) -> Attachment:
    with db.act():
        return Attachment.objects.create(
            post=post, digest=files.put(body, 1000), name="plan", media_type=media_type
        )


def test_a_file_is_for_those_who_may_see_its_post_and_can_do_nothing(world: World) -> None:
    _, post = world.start(world.staff_room, "The plan.", by=world.ana)
    page = attach(post, b"<script>alert(1)</script>", "text/html")
    picture = attach(post, b"\x89PNG", "image/png")
    assert_the_same_as_absent(visitor(), f"/attachments/{page.pk}", "/attachments/17")
    staff = visitor(world.lea)
    way = staff.get(f"/attachments/{page.pk}")
    sent = visitor().get(way["Location"])
    assert sent["Content-Security-Policy"].startswith("sandbox")
    assert sent["Content-Type"] == "application/octet-stream"
    assert sent["Content-Disposition"].startswith("attachment")
    shown = staff.get(staff.get(f"/attachments/{picture.pk}")["Location"])
    assert shown["Content-Type"] == "image/png"
    assert b"".join(shown.streaming_content) == b"\x89PNG"
    assert visitor().get("/files/made-up").status_code == 404


# --- for programs -------------------------------------------------------------------------------------------------


def test_a_public_space_can_be_followed_by_feed(world: World) -> None:
    world.start(world.town, "Hello \x0b & <world>", by=world.ana, private=False)
    talk, _ = world.start(world.town, "Second.", by=world.ana)
    conversations.note(talk, "Not for the street.", by=world.identity(world.ana), person=world.ana)
    client = visitor(world.ana)
    with few_statements():
        sent = client.get(f"/spaces/{world.town.slug}/feed.atom")
    feed = ElementTree.fromstring(sent.content)
    assert feed.findtext(f"{ATOM}title") == "Town talk"
    assert len(feed.findall(f"{ATOM}entry")) == 2
    assert b"Not for the street." not in sent.content
    again = client.get(f"/spaces/{world.town.slug}/feed.atom", headers={"If-None-Match": sent["ETag"]})
    assert again.status_code == 304


def test_robots_are_told_what_to_leave_alone() -> None:
    assert "Disallow: /talk/" in text_of(visitor().get("/robots.txt"))


def test_a_crawler_sees_what_is_open_to_crawlers(world: World) -> None:
    from colonnade.access.types import EVERYONE

    world.start(world.town, "For search engines too.", by=world.ana)
    quiet = places.open_space("Quiet", audience=frozenset({(EVERYONE, EVERYONE)}))
    talk, _ = world.start(quiet, "Not for search engines.", by=world.ana)
    crawler = Client(headers={"User-Agent": "ExampleBot/1.0"})
    assert "For search engines too." in text_of(crawler.get("/"))
    assert crawler.get(f"/conversations/{talk.pk}").status_code == 404
    assert visitor().get(f"/conversations/{talk.pk}").status_code == 200


# --- the box on other sites ---------------------------------------------------------------------------------------


def test_only_named_sites_may_frame_the_box(world: World) -> None:
    widget = places.make_widget(world.questions, ["https://ferry.example"])
    page = visitor().get(f"/embed/{widget.key}")
    assert "frame-ancestors 'self' https://ferry.example" in page["Content-Security-Policy"]
    assert not page.cookies
    assert visitor().get("/embed/unknown").status_code == 404
    assert "frame-ancestors 'none'" in visitor().get("/embed/unknown")["Content-Security-Policy"]


def test_a_question_from_another_site_is_asked_and_followed_without_a_cookie(world: World) -> None:
    widget = places.make_widget(world.questions, ["https://ferry.example"])
    client = visitor()
    stamp = stamp_in(client.get(f"/embed/{widget.key}"))
    sent = client.post(f"/embed/{widget.key}", {"text": "When?", "stamp": stamp})
    assert sent.status_code == 302
    assert not sent.cookies
    talk = visitor().get(sent["Location"])
    assert "When?" in text_of(talk)
    more = visitor().post(sent["Location"], {"text": "Today, please.", "stamp": stamp_in(talk)})
    assert more.status_code == 302
    part = text_of(visitor().get(sent["Location"], {"part": "thread"}))
    assert "Today, please." in part
    assert "<html" not in part
    assert Case.objects.count() == 1
    stale = client.post(f"/embed/{widget.key}", {"text": "Kept words", "stamp": "x"})
    assert stale.status_code == 409
    assert "Kept words" in text_of(stale)


def test_what_a_broken_connection_sends_twice_from_another_site_is_said_once(world: World) -> None:
    widget = places.make_widget(world.questions, ["https://ferry.example"])
    client, address = visitor(), f"/embed/{widget.key}"
    box = client.get(address)
    form = {"text": "When?", "stamp": stamp_in(box), "once": once_in(box)}
    first, again = client.post(address, form), client.post(address, form)
    assert (first.status_code, again.status_code) == (302, 302)
    assert Case.objects.count() == 1
    talk = client.get(again["Location"])
    more = {"text": "Today, please.", "stamp": stamp_in(talk), "once": once_in(talk)}
    for _ in range(2):
        assert client.post(again["Location"], more).status_code == 302
    assert text_of(client.get(first["Location"])).count("Today, please.") == 1
    other = client.post(address, {**form, "text": "And tomorrow?"})  # from the page to which one went back
    assert other["Location"] != first["Location"]
    assert "And tomorrow?" in text_of(client.get(other["Location"]))
    fresh = client.get(address)
    client.post(address, {"text": "When?", "stamp": stamp_in(fresh), "once": once_in(fresh)})
    assert Case.objects.count() == 3  # the same words on purpose are said again


def once_in(response: Any) -> str:
    """The key of the form on a page."""
    found = re.search(r'name="once" value="([^"]{20,})"', text_of(response))
    assert found is not None
    return found[1]


def test_the_loader_is_small() -> None:
    sent = visitor().get("/embed.js", headers={"Accept-Encoding": "gzip"})
    assert len(sent.content) < 5 * 1024
    assert not re.search(r"fetch\(|XMLHttpRequest|sendBeacon|new Image", text_of(visitor().get("/embed.js")))
