"""What people arrange for themselves: how they are called, how pages look and speak, how they sign in, where."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import transaction

from colonnade.core import audit, db
from colonnade.core.models import AuditEntry
from colonnade.people.models import Session
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.rooms.pretend_town import free_port
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def profile(**change: str) -> dict[str, str]:
    return {"name": "Ana Duarte", "time_zone": "Europe/Lisbon", "language": "de", **change}


def code_for(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def set_up_app(client: Any) -> tuple[str, str]:
    """Switch the app on; the secret and one recovery code."""
    client.get("/account/second/app")
    client.post("/account/again", {"password": PASSWORD, "next": "/account/second/app"})
    page = text_of(client.get("/account/second/app"))
    secret = re.search(r'class="mono" value="([A-Z2-7]+)"', page)
    assert secret is not None
    done = client.post("/account/second/app", {"code": code_for(secret[1])})
    assert done["Location"] == "/account/second/codes"
    codes = re.findall(r"<code>(\d+)</code>", text_of(client.get("/account/second/codes")))
    return secret[1], codes[0]


# --- profile, language, zone --------------------------------------------------------------------------------------


def test_settings_are_for_whoever_has_an_account(world: World) -> None:
    for address in ("/settings", "/settings/sign-in", "/settings/sessions"):
        assert visitor().get(address)["Location"].startswith("/account/sign-in?next="), address
        for person in (world.ana, world.okafor):
            client = visitor(person)
            with few_statements():
                assert client.get(address).status_code == 200, address


def test_a_member_reads_in_their_own_language_and_zone(world: World) -> None:
    client = visitor(world.ana)
    assert client.post("/settings", profile())["Location"] == "/settings?saved=1"
    page = client.get("/settings")
    assert '<html lang="de"' in text_of(page)
    assert page["Content-Language"] == "de"
    assert "<option selected>Europe/Lisbon</option>" in text_of(page)
    assert '<html lang="en"' in text_of(visitor(world.lea).get("/settings"))


def test_a_visitor_reads_in_the_language_that_their_browser_asks_for() -> None:
    page = text_of(visitor().get("/settings/appearance", headers={"Accept-Language": "de-AT,de;q=0.9"}))
    assert '<html lang="de"' in page


def test_a_name_that_says_nothing_and_a_zone_that_is_not_are_refused(world: World) -> None:
    client = visitor(world.ana)
    for change in ({"name": "  "}, {"time_zone": "Mars/Olympus"}):
        refused = client.post("/settings", profile(**change))
        assert refused.status_code == 422
        assert 'role="alert"' in text_of(refused)
    world.ana.refresh_from_db()
    assert (world.ana.name, world.ana.time_zone) == ("Ana Duarte", "UTC")


# --- how it looks -------------------------------------------------------------------------------------------------


def test_how_pages_look_goes_with_the_member_and_costs_no_statement(world: World) -> None:
    client = visitor(world.ana)
    with few_statements() as before:
        client.get("/settings")
    client.post("/settings/appearance", {"theme": "dark", "contrast": "more", "density": "dense"})
    elsewhere = visitor(world.ana)
    with few_statements() as after:
        page = text_of(elsewhere.get("/settings"))
    assert 'data-theme="dark" data-contrast="more" data-density="dense"' in page
    assert len(after) == len(before)


def test_how_pages_look_for_a_visitor_stays_in_their_browser(world: World) -> None:
    client = visitor()
    client.post("/settings/appearance", {"theme": "dark", "contrast": "made-up"})
    assert 'data-theme="dark"' in text_of(client.get("/"))
    assert "data-contrast" not in text_of(client.get("/"))
    assert "data-theme" not in text_of(visitor().get("/"))


# --- signing in ---------------------------------------------------------------------------------------------------


def test_a_new_password_signs_out_every_other_device(world: World) -> None:
    here, there = visitor(world.ana), visitor(world.ana)
    said = {"old": PASSWORD, "new": "the ferry leaves at ten", "again": "the ferry leaves at ten"}
    for wrong in ({"old": "no"}, {"again": "another one, quite"}, {"new": "short", "again": "short"}):
        assert here.post("/settings/sign-in/password", {**said, **wrong}).status_code == 422
    assert here.post("/settings/sign-in/password", said).status_code == 302
    assert here.get("/settings").status_code == 200
    assert there.get("/settings").status_code == 302
    assert Session.objects.filter(sign_in=world.ana.sign_in).count() == 1
    assert AuditEntry.objects.filter(what="sign-in: word changed").count() == 1


def test_the_second_factor_is_asked_for_at_sign_in(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secret, recovery = set_up_app(visitor(world.ana))
    stored = Authenticator.objects.get(type="totp")
    assert secret not in str(stored.data)
    for code in (code_for(secret), recovery):
        client = visitor()
        said = client.post("/account/sign-in", {"login": world.ana.sign_in.email, "password": PASSWORD})
        assert said["Location"] == "/account/sign-in/second"
        assert client.get("/settings").status_code == 302
        assert client.post("/account/sign-in/second", {"code": "000000"}).status_code == 200
        if code == recovery:
            assert client.post("/account/sign-in/second", {"code": code}).status_code == 302
            assert client.get("/settings").status_code == 200
    assert [e.what for e in AuditEntry.objects.all()] == ["second factor added"] * 2


def test_passkeys_need_nothing_inline(world: World) -> None:
    client = visitor(world.ana)
    client.get("/account/second/passkeys/add")
    client.post("/account/again", {"password": PASSWORD, "next": "/account/second/passkeys/add"})
    for page in (client.get("/account/second/passkeys/add"), visitor().get("/account/sign-in")):
        for script in re.findall(r"<script[^>]*>", text_of(page)):
            assert 'src="/assets/' in script or 'type="application/json"' in script, script
        found = re.findall(r'src="(/assets/[^"]+)"', text_of(page))
        assert all(client.get(address).status_code == 200 for address in found)


# --- sessions -----------------------------------------------------------------------------------------------------


def test_i_see_where_i_am_signed_in_and_end_the_others(world: World) -> None:
    here, there = visitor(world.ana), visitor(world.ana)
    visitor(world.lea)
    page = text_of(here.get("/settings/sessions"))
    assert page.count("Signed in ") == 2
    assert page.count("This one") == 1
    epoch = world.viewer(world.ana).epoch
    assert here.post("/settings/sessions/end", {"others": "1"}).status_code == 302
    assert here.get("/settings").status_code == 200
    assert there.get("/settings").status_code == 302
    assert there.post("/live/token").status_code == 403
    assert world.viewer(world.ana).epoch > epoch


def test_nobody_ends_the_session_of_another(world: World) -> None:
    visitor(world.lea)
    row = Session.objects.get(sign_in=world.lea.sign_in)
    assert visitor(world.ana).post("/settings/sessions/end", {"session": row.pk}).status_code == 404
    assert Session.objects.filter(pk=row.pk).exists()


# --- for admins ---------------------------------------------------------------------------------------------------


ADMIN_PAGES = ("/settings/members", "/settings/accounts", "/settings/audit")


def test_pages_for_admins_are_not_there_for_others(world: World) -> None:
    for address in ADMIN_PAGES:
        assert visitor(world.ana).get(address).status_code == 404, address
        client = visitor(world.tomasz)
        with few_statements():
            assert client.get(address).status_code == 200, address


def test_whoever_is_invited_chooses_a_password_by_the_link_in_the_letter(
    world: World, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.COLONNADE_MAIL_URL = "smtp://here"
    said = {"name": "Jonas Weber", "email": "jonas@portalder.example", "role": "member"}
    assert visitor(world.ana).post("/settings/members/invite", said).status_code == 404
    assert (
        visitor(world.tomasz).post("/settings/members/invite", {**said, "role": "owner"}).status_code == 422
    )
    assert visitor(world.tomasz).post("/settings/members/invite", said).status_code == 200
    (letter,) = mailoutbox
    assert letter.to == ["jonas@portalder.example"]
    link = re.search(r"https?://[^/]+(/account/password/\S+)", letter.body)
    assert link is not None
    client = visitor()
    form = client.get(link[1], follow=True)
    new = {"password1": "a bridge of old stone", "password2": "a bridge of old stone"}
    client.post(form.request["PATH_INFO"], new)
    assert client.login(email=said["email"], password=new["password1"])
    assert visitor(world.tomasz).post("/settings/members/invite", said).status_code == 422


def test_a_letter_about_a_new_password_is_in_our_words_and_leads_to_our_public_address(
    world: World, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.COLONNADE_PUBLIC_URL, settings.ALLOWED_HOSTS = "https://desk.example", ["*"]
    client, speaks = visitor(), {"language": "de", "name": "Ana Duarte", "time_zone": "UTC"}
    visitor(world.ana).post("/settings", speaks)
    for address in ("ana@portalder.example", "stranger@elsewhere.example"):
        asked = client.post("/account/password", {"email": address}, headers={"Host": "trap.example"})
        assert asked["Location"] == "/account/password/sent"
    known, unknown = mailoutbox
    assert known.subject.startswith("Ein neues Passwort bei ")
    assert "https://desk.example/account/password/" in known.body
    assert "nobody signs in there with it" in unknown.body
    assert "trap.example" not in known.body + unknown.body
    assert "sign up" not in unknown.body


def test_where_no_letter_goes_out_nobody_is_told_that_one_will(world: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    page = text_of(visitor().get("/account/password"))
    assert "This server sends no letters" in page
    assert 'name="email"' not in page
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 2
    refused = visitor().post("/account/password", {"email": "ana@portalder.example"})
    assert "could not be sent just now" in text_of(refused)


def test_roles_change_and_the_last_owner_stays(world: World) -> None:
    owner = visitor(world.ines)
    address = f"/settings/members/{world.ana.pk}/role"
    assert visitor(world.tomasz).post(address, {"role": "owner"}).status_code == 422
    assert owner.post(address, {"role": "admin"}).status_code == 302
    world.ana.refresh_from_db()
    assert world.ana.role == "admin"
    mine = f"/settings/members/{world.ines.pk}/role"
    assert "The last owner stays owner" in text_of(owner.post(mine, {"role": "admin"}))
    owner.post(address, {"role": "owner"})
    assert owner.post(mine, {"role": "admin"}).status_code == 302


def test_who_is_suspended_is_out_until_let_back_in(world: World) -> None:
    admin, lea = visitor(world.tomasz), visitor(world.lea)
    assert admin.post(f"/settings/members/{world.lea.pk}/suspend").status_code == 302
    assert lea.get("/settings").status_code == 302
    assert admin.post(f"/settings/members/{world.lea.pk}/restore").status_code == 302
    assert lea.get("/settings").status_code == 200
    assert admin.post(f"/settings/members/{world.ines.pk}/suspend").status_code == 422


def test_the_audit_log_is_read_filtered_and_checked(world: World) -> None:
    admin = visitor(world.tomasz)
    admin.post(f"/settings/members/{world.ana.pk}/role", {"role": "admin"})
    admin.post(f"/settings/members/{world.lea.pk}/suspend")
    page = text_of(admin.get("/settings/audit"))
    assert "Tomasz Zielke made Ana Duarte an administrator" in page
    assert "Tomasz Zielke suspended Lea" in page
    assert "role set" not in page.replace('value="role set"', "")
    filtered = text_of(admin.get("/settings/audit", {"what": "person suspended", "subject": "person:"}))
    assert f"person:{world.lea.pk}" in filtered
    assert f"person:{world.ana.pk}" not in filtered
    assert audit.seal() > 1
    assert "no entry was changed" in text_of(admin.get("/settings/audit?part=chain"))
    with db.machinery():
        AuditEntry.objects.filter(seq=2).update(what="nothing")
    assert "Entry number 2 was changed" in text_of(admin.get("/settings/audit?part=chain"))


def test_the_audit_log_speaks_german_names_nothing_hidden_and_reads_verbs_of_apps_to_come(
    world: World,
) -> None:
    admin = visitor(world.tomasz)
    with db.machinery(), transaction.atomic():
        for what, subject in (
            ("acme.door_opened", "door:1"),
            ("space archived", f"place:{world.staff_room.pk}"),
            ("space archived", f"place:{world.partners.pk}"),
        ):
            AuditEntry.objects.create(
                at_ms=0, what=what, actor=world.ana.principal_id, subject=subject, details="{}"
            )
    with few_statements():
        page = text_of(admin.get("/settings/audit"))
    assert "Ana Duarte: door opened" in page
    assert f"Ana Duarte put away {world.staff_room.name}" in page
    assert f"Ana Duarte put away place {world.partners.pk}" in page
    assert world.partners.name not in page
    admin.post("/settings", profile(name="Tomasz Zielke"))
    assert f"Ana Duarte hat {world.staff_room.name} abgelegt" in text_of(admin.get("/settings/audit"))
