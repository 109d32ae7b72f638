"""The banner of the make-believe town: its clock, being somebody, its tasks, and who may do any of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from colonnade.conversations.models import Post
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.listening.models import NamedList
from colonnade.networks.pretend import client as pretend
from colonnade.people import actions as people
from colonnade.people import queries as people_queries
from colonnade.people.models import Person
from colonnade.places.models import Aim, Place
from colonnade.publishing.models import Draft
from colonnade.web.story import playing, stage, tasks, town
from colonnade.web.story.cast import ANA
from tests.doors.played import loaded, port_alder
from tests.world import World

__all__ = ["loaded", "port_alder"]  # fixtures
pytestmark = pytest.mark.django_db

HERE = {"Sec-Fetch-Site": "same-origin"}
AT_HOME = {"HTTP_HOST": "127.0.0.1:8470", "REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture
def home(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "COLONNADE_HOME", tmp_path)
    yield
    pretend._desks.clear()


@pytest.fixture
def here() -> Client:
    return Client(**AT_HOME)  # type: ignore[arg-type]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def who(client: Client) -> str:
    found = client.session.get("_auth_user_id")
    return str(Person.objects.get(sign_in=found)) if found else ""


@pytest.mark.parametrize(
    "more",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_HOST": "testserver"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_nobody_is_taken_in_from_beyond_this_machine(home: None, more: dict[str, str]) -> None:
    stage.world().story()
    assert stage.runs()
    people.make_member("Ana Duarte", ANA.email, "the ferry leaves at nine")
    far = Client(**(AT_HOME | more))  # type: ignore[arg-type]
    for path in ("/demo/be/ana", "/demo/turn/again", "/demo/yours"):
        assert far.post(path, headers=HERE).status_code == 404
    assert far.get("/demo/").status_code == 404
    assert who(far) == ""
    assert Person.objects.count() == 1
    assert "/demo/be/" not in text_of(far.get("/demo/banner"))


def test_where_no_town_is_played_there_is_no_banner_and_nobody_is_taken_in(home: None, here: Client) -> None:
    World.make()
    assert "data-demo" not in text_of(here.get("/"))
    for path in ("/demo/", "/demo/banner", "/demo/yours"):
        assert here.get(path).status_code == 404
    assert here.post("/demo/be/ana", headers=HERE).status_code == 404
    assert who(here) == ""


def test_one_is_ana_at_once_and_may_be_somebody_else(port_alder: town.Town, here: Client) -> None:
    assert here.get("/?citizen=1").status_code == 200
    assert here.get("/").headers["Location"] == "/demo/"
    assert here.get("/demo/").headers["Location"] == "/inbox"
    assert who(here) == "Ana Duarte"
    page = text_of(here.get("/inbox"))
    assert "data-demo" in page
    assert "Make this yours" in page
    for slug, name in (("tomasz", "Tomasz Zielke"), ("mayor", "Ines Moreau"), ("citizen", "")):
        assert here.post(f"/demo/be/{slug}", headers=HERE).status_code == 302
        assert who(here) == name
    assert here.get("/").status_code == 200
    assert here.post("/demo/be/admin", headers=HERE).status_code == 404
    assert here.post("/demo/be/ana", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert who(here) == ""


def test_the_tasks_are_ticked_by_what_was_done(port_alder: town.Town, here: Client) -> None:
    here.get("/demo/")

    def done() -> list[bool]:
        return [task.done for task in tasks.tasks()]

    assert done() == [False] * 5
    case = Case.objects.get(opened_by_post__said__text__startswith="Does the lift at the landing")
    ana = people_queries.person_by_email(ANA.email)
    assert ana is not None
    words = "The depot says the part comes in two days. It has said that twice before."
    newest = max(case.conversation.posts.values_list("pk", flat=True))
    stopped = here.post(f"/inbox/{case.pk}/reply", {"text": words, "seen": newest}, HTTP_HX_REQUEST="true")
    assert stopped.status_code == 422
    assert done() == [False, False, True, False, False]
    inbox.reply(case, "It waits for a part, and we carry your mother up.", by=ana)
    inbox.ask(Place.objects.get(name="Questions"), name="Grace", text="Where do I vote?", ip_or_key="2")
    stage.world().turn(position=250.0)
    assert "Pause 3 scheduled posts?" in text_of(here.get("/inbox"))
    here.post("/demo/turn/hold", {"next": "/inbox"}, headers=HERE)
    assert "Pause 3 scheduled posts?" not in text_of(here.get("/today"))
    _approve_and_change_one_letter(here)
    here.get("/wall")
    assert done() == [True] * 5


def _approve_and_change_one_letter(here: Client) -> None:
    here.post("/demo/be/tomasz", headers=HERE)
    page = text_of(here.get("/publish?view=approval"))
    draft = re.search(r'action="/publish/(\d+)/approve"', page)
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert draft is not None
    assert seen is not None
    here.post(f"/publish/{draft[1]}/approve", {"seen": seen[1]}, headers=HERE)
    row = Draft.objects.get(pk=draft[1])
    place = row.targets.get().place_id
    letter = {"text": row.text + "!", "place": place, "version": row.version, "do": "keep"}
    here.post(f"/publish/{draft[1]}", letter, headers=HERE)
    assert "Then one letter changed: it needs another look." in text_of(here.get("/publish?view=approval"))


def test_the_clock_is_turned_by_the_buttons_and_leads_back_inside(
    port_alder: town.Town, here: Client
) -> None:
    def press(what: str, to: str = "/inbox") -> str:
        return str(here.post(f"/demo/turn/{what}", {"next": to}, headers=HERE).headers["Location"])

    assert press("pause") == "/inbox"
    assert stage.now().speed == 0
    assert press("fast", "//elsewhere.example/") == "/"
    assert stage.now().speed == stage.QUICK
    press("bridge")
    assert stage.BRIDGE_S - 3 < stage.now().position < stage.BRIDGE_S + 5
    assert stage.now().speed == 1
    assert here.post("/demo/turn/back", headers=HERE).status_code == 404


def test_begun_again_the_story_has_forgotten_what_was_said_in_it(port_alder: town.Town, here: Client) -> None:
    here.get("/demo/")
    here_said = Post.objects.filter(place__kind="space")
    posts, cases = here_said.count(), Case.objects.count()
    stage.world().turn(position=300.0)
    playing.tell_story()
    questions = Place.objects.get(name="Questions")
    inbox.ask(questions, name="Grace", text="Does anybody read this?", ip_or_key="1")
    assert here_said.count() > posts
    here.post("/demo/turn/again", {"next": "/inbox"}, headers=HERE)
    assert who(here) == "Ana Duarte"
    assert stage.now().position < 300
    assert (here_said.count(), Case.objects.count()) == (posts, cases)
    assert not Post.objects.filter(said__text="Does anybody read this?").exists()


def test_made_ones_own_the_house_is_empty_and_has_an_owner(port_alder: town.Town, here: Client) -> None:
    here.get("/demo/")
    form = {"name": "Noor", "email": "noor@example.org", "password": "a boat of one's own"}
    assert here.post("/demo/yours", form | {"password": "short"}, headers=HERE).status_code == 422
    assert Post.objects.exists()
    gone = here.post("/demo/yours", form, headers=HERE)
    assert gone.headers["Location"] == "/start"
    assert list(Person.objects.values_list("name", "role")) == [("Noor", "owner")]
    assert not Post.objects.exists()
    assert not Place.objects.exists()
    assert not Aim.objects.exists()
    assert not NamedList.objects.exists()
    assert not stage.runs()
    page = text_of(here.get("/start"))
    assert "First steps" in page
    assert "0 of 7 done" in page
    assert "Port Alder" not in page
    assert "data-demo" not in page
    assert here.get("/demo/").status_code == 404
