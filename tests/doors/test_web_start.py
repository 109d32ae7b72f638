"""The first steps in a house of one's own: done in place, told by what truly stands there, again at any time."""

from __future__ import annotations

import re
from typing import Any

import pytest

from colonnade.core import work, worker
from colonnade.core.models import AuditEntry
from colonnade.inbox.models import Case
from colonnade.listening.models import Watch
from colonnade.people import actions as people
from colonnade.people.models import Person, Role
from colonnade.places import actions as places
from colonnade.places.models import Account, Aim, Source, Space
from colonnade.web.views.start.looking_round import is_address
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.drawn import png
from tests.rooms.loopback import pages, serving
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db

AIM = {
    "sentence": "Commuters know when a ferry is late.",
    "measure": "Half the questions",
    "review_on": "2027-03-01",
}
MAIL = {"name": "Desk", "address": "desk@ferry.example", "host": "smtp.ferry.example", "port": "587", "tls": "starttls",
        "user": "desk", "password": "not in any page"}  # fmt: skip


@pytest.fixture
def noor() -> Person:
    """The owner of an empty house."""
    return people.make_owner("noor@ferry.example", PASSWORD, name="Noor")


def step(page: Any, slug: str) -> str:
    """One step as the page shows it."""
    found = re.search(rf'<details data-step="{slug}".*?</details>', text_of(page), re.DOTALL)
    assert found is not None
    return found[0]


def opened(page: Any) -> list[str]:
    return re.findall(r'<details data-step="(\w+)"[^>]* open>', text_of(page))


def test_an_empty_house_has_everything_before_it(noor: Person) -> None:
    client = visitor(noor)
    with few_statements():
        page = client.get("/start")
    assert "0 of 7 done" in text_of(page)
    assert opened(page) == ["organisation"]
    assert opened(client.get("/start?step=watch")) == ["watch"]
    assert opened(client.get("/start?step=made-up")) == ["organisation"]


def test_what_stands_is_done_whoever_did_it_and_wherever(noor: Person) -> None:
    client = visitor(noor)
    people.set_organisation(name="Harbour ferry", by=noor)
    places.set_aim("Nobody waits in the rain.", owner=noor, by=noor)
    places.add_source("feeds", "https://ferry.example/feed", name="Ferry news", by=noor)
    page = client.get("/start")
    assert "3 of 7 done" in text_of(page)
    assert opened(page) == ["members"]
    assert "Nobody waits in the rain." in step(page, "aim")


def test_an_aim_can_be_said_anew(noor: Person) -> None:
    aim = places.set_aim("Nobody waits in the rain.", owner=noor, by=noor)
    client = visitor(noor)
    assert 'value="Nobody waits in the rain."' in step(client.get(f"/start?step=aim&aim={aim.pk}"), "aim")
    refused = client.post("/start/aim", {"sentence": " ", "owner": str(noor.pk), "aim": str(aim.pk)})
    assert f'name="aim" value="{aim.pk}"' in step(refused, "aim")
    client.post(
        "/start/aim", {"sentence": "Everybody sits in the dry.", "owner": str(noor.pk), "aim": str(aim.pk)}
    )
    assert list(Aim.objects.values_list("sentence", "review_on")) == [("Everybody sits in the dry.", None)]


def test_each_step_is_done_in_place_and_the_next_that_is_left_opens(noor: Person) -> None:
    client = visitor(noor)
    for what, sent, then in (
        ("organisation", {"name": "Harbour ferry", "accent": "#7a1f5c"}, "aim"),
        ("aim", {**AIM, "owner": str(noor.pk)}, "members"),
        ("members", {"name": "Lea", "email": "lea@ferry.example", "role": "member"}, "site"),
        ("account", MAIL, "watch"),
        ("watch", {"query": "ferry -cream", "name": ""}, "case"),
    ):
        done = client.post(f"/start/{what}", sent)
        assert done["Location"] == f"/start?step={then}", what
    page = client.get("/start?step=case")
    assert "is listened for from now on" in text_of(page)
    assert "5 of 7 done" in text_of(page)
    assert "is listened for from now on" not in text_of(client.get("/start"))
    (aim,) = Aim.objects.all()
    assert (aim.sentence, aim.owner, str(aim.review_on)) == (AIM["sentence"], noor, "2027-03-01")
    assert Account.objects.get().credentials["password"] == MAIL["password"]
    assert MAIL["password"] not in text_of(client.get("/start?step=account"))
    assert Watch.objects.get().name == "ferry -cream"
    assert Person.objects.get(name="Lea").role == Role.MEMBER
    said = list(AuditEntry.objects.order_by("pk").values_list("what", flat=True))
    assert said == [
        "organisation described",
        "aim set",
        "member invited",
        "account added",
        "listening.watch_added",
    ]


def test_the_first_case_is_a_question_to_oneself(noor: Person) -> None:
    client = visitor(noor)
    assert "Nobody can ask yet" in step(client.get("/start"), "case")
    client.post("/start/case", {})
    assert Space.objects.get().kind == "help"
    once = re.search(r'name="once" value="([^"]+)"', text_of(client.get("/start")))
    assert once is not None
    for _ in range(2):
        client.post("/start/case", {"text": "Does it run on Sunday?", "once": once[1]})
    assert Case.objects.count() == 1
    assert "There is one in the inbox." in step(client.get("/start"), "case")
    assert "Does it run on Sunday?" in text_of(client.get("/inbox"))
    assert "Does it run on Sunday?" not in text_of(visitor().get("/"))


def test_htmx_gets_the_steps_alone(noor: Person) -> None:
    page = visitor(noor).post("/start/watch", {"query": "ferry"}, headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert text_of(page).lstrip().startswith('<div id="steps"')
    assert opened(page) == ["case"]
    assert 'role="status"' in text_of(page)


@pytest.mark.parametrize(
    ("what", "sent", "words", "kept"),
    [
        ("organisation", {"name": "", "accent": "#7a1f5c"}, "what your organisation is called", "#7a1f5c"),
        ("aim", {**AIM, "owner": "1"}, "who answers for it", AIM["sentence"]),
        ("aim", {**AIM, "owner": "", "sentence": " "}, "who answers for it", AIM["measure"]),
        ("aim", {**AIM, "owner": "me", "sentence": " "}, "in one sentence", AIM["measure"]),
        ("aim", {**AIM, "owner": "me", "review_on": "soon"}, "no day", AIM["sentence"]),
        ("members", {"name": "Lea", "email": "nobody", "role": "member"}, "not an e-mail address", "Lea"),
        ("members", {"name": "Lea", "email": "lea@ferry.example", "role": "king"}, "no such role", "Lea"),
        ("account", {**MAIL, "port": "many"}, "port is a number", MAIL["host"]),
        ("account", {**MAIL, "address": "desk"}, "not an e-mail address", MAIL["host"]),
        ("account", {**MAIL, "tls": "none"}, "in the clear", MAIL["host"]),
        ("watch", {"query": "-cream", "name": "Ice"}, 'role="alert"', "Ice"),
        ("site", {"address": " "}, "the name you go by", ""),
    ],
)
def test_what_is_refused_says_why_and_stays_as_it_was_typed(
    noor: Person, what: str, sent: dict[str, str], words: str, kept: str
) -> None:
    if sent.get("owner") == "me":
        sent = {**sent, "owner": str(noor.pk)}
    refused = visitor(noor).post(f"/start/{what}", sent)
    assert refused.status_code == 422
    shown = step(refused, what)
    assert words in shown
    assert kept in shown
    assert opened(refused) == [what]
    assert MAIL["password"] not in text_of(refused)
    assert Person.objects.count() == 1


def test_a_website_is_asked_only_when_somebody_says_so_and_nobody_else_is(
    noor: Person, settings: Any
) -> None:
    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ("localhost",)
    client = visitor(noor)
    body = b"""<title>Harbour ferry</title>
        <link rel="alternate" type="application/rss+xml" title="News" href="/feed.xml">
        <a rel="me" href="https://social.example/@ferry">Mastodon</a> <a href="https://x.com/ferry">X</a>"""
    with serving(pages({"/": (200, {"content-type": "text/html"}, body)})) as site:
        client.get("/start?step=site")
        asked = client.post("/start/site", {"address": site.url("/")})
        assert site.requests == []
        page = client.get(asked["Location"].partition("#")[0])
        assert "Looking at" in text_of(page)
        part = re.search(r'hx-get="(/start/found/[^"]+)"', text_of(page))
        assert part is not None
        work.run_due(10)
        worker.settle()
        assert [one.path for one in site.requests] == ["/"]
        found = text_of(client.get(part[1]))
    assert f'name="feed" value="{site.url("/feed.xml")}" checked' in found
    assert 'name="feed" value="https://social.example/@ferry.rss">' in found
    assert "says it is you" in found
    assert "@ferry</b> X" in found
    taken = {"feed": site.url("/feed.xml"), f"name:{site.url('/feed.xml')}": "News"}
    assert client.post("/start/found", taken)["Location"] == "/start?step=account"
    assert list(Source.objects.values_list("address", "place__name")) == [(site.url("/feed.xml"), "News")]


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        ("ferry.example", True),
        ("https://ferry.example/news?a=b", True),
        ("fähre.example/de", True),
        ("192.0.2.7:8080/", True),
        ("localhost:8080", True),
        ("Port Alder Ferry", False),
        ("St. Mary", False),
        ("Ferry", False),
        ("ferry.example and more", False),
    ],
)
def test_a_website_is_told_from_a_name(said: str, is_one: bool) -> None:
    assert is_address(said) is is_one


def test_for_a_name_nobody_is_asked(noor: Person) -> None:
    client = visitor(noor)
    asked = client.post("/start/site", {"address": "Port Alder Ferry & Sons"})
    page = text_of(client.get(asked["Location"].partition("#")[0]))
    for query in ("&quot;Port Alder Ferry Sons&quot;", "portalderferrysons", "PAFS"):
        assert f'name="watch" value="{query}"' in page
    assert work.run_due(10) == 0
    client.post("/start/found", {"watch": '"Port Alder Ferry Sons"'})
    assert list(Watch.objects.values_list("name", "query")) == [
        ("Port Alder Ferry Sons", '"Port Alder Ferry Sons"')
    ]
    refused = client.post("/start/found", {})
    assert refused.status_code == 422
    assert "Nothing had a tick" in text_of(refused)


def test_a_website_that_does_not_answer_says_so(noor: Person, settings: Any) -> None:
    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ("localhost",)
    client = visitor(noor)
    asked = client.post("/start/site", {"address": "localhost:9"})
    work.run_due(10)
    worker.settle()
    page = client.get(asked["Location"].partition("#")[0])
    assert "could not be looked at" in text_of(page)
    assert "no longer kept" in text_of(client.get("/start?step=site&look=made-up"))


def test_it_is_for_admins_alone() -> None:
    world = World.make()
    for person, status in ((None, 302), (world.okafor, 404), (world.ana, 404), (world.tomasz, 200)):
        assert visitor(person).get("/start").status_code == status
    for address in ("/start/aim", "/start/site", "/start/found"):
        assert visitor(world.ana).post(address, {**AIM, "address": "ferry.example"}).status_code == 404
    assert visitor(world.tomasz).post("/start/made-up").status_code == 404
    assert visitor(world.ana).get("/start/found/word").status_code == 404
    assert visitor(world.tomasz).get("/start/found/word").status_code == 404


def test_a_full_house_needs_no_more_statements() -> None:
    world = World.make()
    people.set_organisation(name="Port Alder", by=world.ines)
    for number in range(5):
        places.set_aim(f"Aim {number}", owner=world.ana, by=world.ines)
        places.add_source("feeds", f"https://{number}.example/feed", name=f"Feed {number}")
    client = visitor(world.ines)
    with few_statements():
        assert client.get("/start").status_code == 200


def test_the_logo_is_taken_here_too(noor: Person) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = {"name": "Harbour ferry", "accent": "#0b6a72", "logo": SimpleUploadedFile("a.png", png(200, 200))}
    visitor(noor).post("/start/organisation", sent)
    assert 'class="house-logo"' in text_of(visitor().get("/"))
