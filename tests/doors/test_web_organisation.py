"""How the organisation calls itself and looks: said once by an admin, seen everywhere."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from colonnade.conversations.models import Attachment
from colonnade.core import files
from colonnade.core.db import act
from colonnade.core.models import AuditEntry
from colonnade.core.work import run_due
from colonnade.people import actions, queries
from colonnade.people.models import Organisation
from colonnade.primitives import clock
from colonnade.web import house
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.drawn import ASIDE, chunk, drawn, encoded, opened, png
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/settings/organisation"


@pytest.fixture
def world() -> World:
    return World.make()


def picture(data: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def said(**change: Any) -> dict[str, Any]:
    return {"name": "Port Alder", "accent": "#7a1f5c", **change}


def test_name_and_colour_are_seen_on_every_page(world: World) -> None:
    client = visitor(world.tomasz)
    assert client.post(PAGE, said())["Location"] == f"{PAGE}?saved=1"
    front = visitor().get("/")
    assert "<title>Ask Port Alder</title>" in text_of(front)
    assert "<span>Port Alder</span>" in text_of(front)
    assert "<title>Inbox · Port Alder</title>" in text_of(client.get("/inbox"))
    assert json.loads(text_of(visitor().get("/manifest.webmanifest")))["name"] == "Port Alder"
    for page in (front, client.get("/inbox"), visitor().get("/account/sign-in"), visitor().get("/nowhere")):
        sheet = re.search(r'href="(/assets/[0-9a-f]{12}/accent-7a1f5c.css)"', text_of(page))
        assert sheet is not None
        assert "style=" not in text_of(page)
        served = visitor().get(sheet[1])
        assert served["Content-Type"] == "text/css; charset=utf-8"
        assert "--accent: light-dark(#7a1f5c, " in text_of(served)
    assert queries.our_name() == "Port Alder"
    assert [entry.what for entry in AuditEntry.objects.all()] == ["organisation described"]


def test_until_an_admin_says_so_it_is_called_what_the_operator_set(world: World, settings: Any) -> None:
    settings.COLONNADE_NAME = "Harbour office"
    assert "Ask Harbour office" in text_of(visitor().get("/"))
    actions.set_organisation(name="Port Alder", by=world.ines)
    house.forget()
    assert "Ask Port Alder" in text_of(visitor().get("/"))


def test_the_colour_of_the_house_is_none_of_ones_own(world: World) -> None:
    client = visitor(world.tomasz)
    client.post(PAGE, said())
    client.post(PAGE, said(accent="#0b6a72"))
    assert queries.our_organisation().accent == ""
    assert "accent-" not in text_of(visitor().get("/"))


def test_a_made_up_colour_has_no_style_sheet() -> None:
    for name in ("accent-zzzzzz.css", "accent-7a1f5.css", "accent-7a1f5c.css"):
        assert visitor().get(f"/assets/000000000000/{name}").status_code == 404


def test_the_logo_is_the_picture_and_nothing_but(world: World) -> None:
    client = visitor(world.tomasz)
    data = png(512, 512, chunk(b"tEXt", ASIDE))
    assert client.post(PAGE, said(logo=picture(data))).status_code == 302
    address = re.search(r'<img class="house-logo" src="([^"]+)" alt="">', text_of(visitor().get("/")))
    assert address is not None
    served = visitor().get(address[1])
    shown = b"".join(served.streaming_content)
    assert ASIDE not in shown
    assert opened(shown).tobytes() == drawn(512, 512).tobytes()
    assert served["Content-Type"] == "image/png"
    assert served["Content-Security-Policy"].startswith("sandbox;")
    assert "immutable" in served["Cache-Control"]
    icons = json.loads(text_of(visitor().get("/manifest.webmanifest")))["icons"]
    assert icons == [{"src": address[1], "sizes": "512x512", "type": "image/png", "purpose": "any"}]
    client.post(PAGE, said(no_logo="1"))
    assert visitor().get(address[1]).status_code == 404
    assert "house-logo" not in text_of(visitor().get("/"))


def later(hours: float) -> None:
    with clock.stopped_at(clock.now() + timedelta(hours=hours)):
        while run_due():
            pass


def test_a_logo_that_was_replaced_leaves_the_store_unless_something_else_is_the_same_picture(
    world: World,
) -> None:
    client, logos = visitor(world.tomasz), []
    for side in (64, 65, 66):
        client.post(PAGE, said(logo=picture(png(side, side))))
        logos.append(queries.our_organisation().logo)
    _, post = world.start(world.town, "This was our first logo.", by=world.ana)
    with act():
        Attachment.objects.create(post=post, digest=logos[0], name="logo.png")
    later(0.5)
    assert [files.exists(one) for one in logos] == [True, True, True], "somebody may be storing it again"
    later(3)
    assert [files.exists(one) for one in logos] == [True, False, True]
    client.post(PAGE, said(no_logo="1"))
    client.post(PAGE, said(logo=picture(png(66, 66))))
    later(3)
    assert files.exists(logos[2]), "it is the logo again"
    client.post(PAGE, said(no_logo="1"))
    later(3)
    assert not files.exists(logos[2])


def test_a_logo_that_is_no_square_is_no_icon(world: World) -> None:
    visitor(world.tomasz).post(PAGE, said(logo=picture(encoded(drawn(8, 5), "JPEG"), "logo.png")))
    told = json.loads(text_of(visitor().get("/manifest.webmanifest")))
    assert queries.our_organisation().logo_type == "image/jpeg"
    assert all(icon["src"].startswith("/assets/") for icon in told["icons"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "  "}, "Say what your organisation is called."),
        ({"name": "x" * 201}, "200 letters"),
        ({"accent": "red;}"}, "six digits"),
        ({"logo": b"<svg onload='x'></svg>"}, "SVG files can hold programs"),
        ({"logo": b"GIF89a"}, "no picture that we know"),
        ({"logo": png(64, 64)[:-60]}, "broken"),
        ({"logo": png() + bytes(1024 * 1024)}, "larger than 1 MB"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(world: World, change: dict[str, Any], words: str) -> None:
    sent = said(**change)
    if isinstance(sent.get("logo"), bytes):
        sent["logo"] = picture(sent["logo"])
    refused = visitor(world.tomasz).post(PAGE, sent)
    assert refused.status_code == 422
    assert words in text_of(refused)
    assert 'role="alert"' in text_of(refused)
    if sent["name"] == "Port Alder":
        assert 'value="Port Alder"' in text_of(refused)
    assert not Organisation.objects.exists()


def test_only_admins_say_it(world: World) -> None:
    assert visitor(world.ana).get(PAGE).status_code == 404
    assert visitor(world.ana).post(PAGE, said()).status_code == 404
    assert visitor().get(PAGE)["Location"].startswith("/account/sign-in")
    client = visitor(world.tomasz)
    with few_statements():
        page = client.get(PAGE)
    assert page.status_code == 200
    drawn = text_of(client.get(f"{PAGE}?part=shades&accent=%237a1f5c"))
    assert 'fill="#7a1f5c"' in drawn
    assert "no colour" in text_of(client.get(f"{PAGE}?part=shades&accent=%22onload"))


def test_an_invitation_bears_the_name(world: World, settings: Any, mailoutbox: list[Any]) -> None:
    settings.COLONNADE_MAIL_URL = "smtp://relay.example"
    actions.set_organisation(name="Port Alder", by=world.ines)
    visitor(world.ines).post(
        "/settings/members/invite", {"name": "Noor", "email": "noor@portalder.example", "role": "member"}
    )
    assert mailoutbox[0].subject == "You are invited to Port Alder"
