"""People brought in by a list: shown first, the good rows taken, the bad ones told, nothing doubled, nothing lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from colonnade.core.models import AuditEntry
from colonnade.networks.base import Author
from colonnade.people import actions as people
from colonnade.people.actions.lists import MOST_AT_ONCE
from colonnade.people.models import Claim, Identity, Person, SignIn
from colonnade.places import actions as places
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

PAGE = "/people/import"
LIST = """Name;E-Mail;Mastodon;Bluesky;Shoe size
Noor Haddad;noor@ferry.example;@noor@social.example;noor.example;38
"Zoë; of the quay";ZOE@ferry.example;;;
Nobody;;;;41
Broken;no address;;;
Noor again;noor@ferry.example;;;
;captain@boats.example;https://social.example/@captain;;
"""
ROWS = ("Noor Haddad", "Zoë; of the quay", "captain")


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def client(world: World) -> Any:
    return visitor(world.tomasz)


def file(text: str, encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("people.csv", text.encode(encoding))


def counts(page: Any) -> dict[str, int]:
    found = re.findall(r'<b class="num">(\d+)</b> (new|known|left)', text_of(page))
    return {what: int(number) for number, what in found}


def bring(client: Any, text: str, **more: str) -> Any:
    return client.post(PAGE, {"text": text, "do": "bring", **more})


def brought() -> set[str]:
    return set(Person.objects.filter(listed=True).values_list("name", flat=True))


def test_nothing_is_written_before_the_preview_is_confirmed(client: Any) -> None:
    before = (Person.objects.count(), Identity.objects.count())
    with few_statements():
        page = client.post(PAGE, {"list": file(LIST), "do": "look"})
    assert page.status_code == 200
    assert counts(page) == {"new": 3, "known": 0, "left": 3}
    shown = text_of(page)
    assert "Neither an e-mail address nor a name on a network" in shown
    assert "“no address” is not an e-mail address." in shown
    assert "Stands in line 2 already." in shown
    assert (Person.objects.count(), Identity.objects.count()) == before


def test_the_good_rows_are_taken_and_the_same_list_twice_doubles_nothing(client: Any) -> None:
    done = bring(client, LIST)
    assert done["Location"] == f"{PAGE}?new=3&known=0"
    assert "3 people are new here." in text_of(client.get(done["Location"]))
    assert brought() == set(ROWS)
    noor = Person.objects.get(name="Noor Haddad")
    assert set(noor.identities.exclude(network="here").values_list("network", "address", "proof")) == {
        ("mail", "noor@ferry.example", "typed"),
        ("fediverse", "noor@social.example", "typed"),
        ("bluesky", "noor.example", "typed"),
    }
    rows = (Person.objects.count(), Identity.objects.count(), Claim.objects.count())
    assert bring(client, LIST)["Location"] == f"{PAGE}?new=0&known=3"
    assert counts(client.post(PAGE, {"text": LIST})) == {"new": 0, "known": 3, "left": 3}
    assert (Person.objects.count(), Identity.objects.count(), Claim.objects.count()) == rows
    entries = AuditEntry.objects.filter(what="people brought in").order_by("pk")
    assert [entry.details for entry in entries] == ['{"known":0,"new":3}', '{"known":3,"new":0}']


def test_nobody_gets_an_account_or_a_letter(client: Any, mailoutbox: list[Any]) -> None:
    before = SignIn.objects.count()
    bring(client, LIST)
    assert SignIn.objects.count() == before
    assert mailoutbox == []
    assert set(Person.objects.filter(listed=True).values_list("role", flat=True)) == {"visitor"}


def test_staff_find_them_and_others_do_not(world: World, client: Any) -> None:
    bring(client, LIST)
    noor = Person.objects.get(name="Noor Haddad")
    for words in ("Noor", "noor@ferry"):
        assert "Noor Haddad" in text_of(visitor(world.ana).get(f"/people?q={words}"))
    assert visitor(world.ana).get(f"/people/{noor.pk}").status_code == 200
    assert visitor(world.okafor).get(f"/people/{noor.pk}").status_code == 404


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_letters_and_commas_of_other_programs_are_read(client: Any, encoding: str, comma: str) -> None:
    text = f'Vorname{comma}Nachname{comma}E-Mail\r\nZoë{comma}"Groß{comma} Kai"{comma}zoe@ferry.example\r\n'
    page = client.post(PAGE, {"list": file(text, encoding)})
    name = " ".join(f"Zoë Groß{comma} Kai".split())
    assert f"<td>{name}</td>" in text_of(page)
    assert counts(page) == {"new": 1, "known": 0, "left": 0}


def test_what_a_column_means_can_be_said_otherwise(client: Any) -> None:
    text = "Noor,x,noor@ferry.example,captain_noor\nLea,y,lea@ferry.example,lea_on_deck\n"
    first = client.post(PAGE, {"text": text})
    assert '<option value="mail" selected>' in text_of(first)
    assert counts(first)["new"] == 2
    said = {"meanings": "1", "column-0": "name", "column-1": "", "column-2": "mail", "column-3": ""}
    bring(client, text, **said)
    assert brought() == {"Noor", "Lea"}
    again = client.post(PAGE, {"text": text, **said, "column-3": "handle"})
    assert "It is not clear on which network “captain_noor” is." in text_of(again)
    headed = client.post(PAGE, {"text": text, **said, "headed": "1"})
    assert counts(headed) == {"new": 0, "known": 1, "left": 0}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose a CSV file"),
        ({"text": " \n "}, "Choose a CSV file"),
        ({"text": "a," * 60}, "more than 40 columns"),
        ({"text": "x" * (1024 * 1024 + 1)}, "larger than 1 MB"),
    ],
)
def test_what_cannot_be_read_says_so_and_stays(client: Any, sent: dict[str, str], words: str) -> None:
    page = client.post(PAGE, sent)
    assert page.status_code == 422
    assert words in text_of(page)
    assert sent.get("text", "").strip()[:80] in text_of(page)


def test_a_list_without_a_good_row_is_shown_again(client: Any) -> None:
    page = bring(client, "Name,Mail\nNobody,\n")
    assert page.status_code == 422
    assert "There is no row that could be taken." in text_of(page)
    assert "Nobody,\n</textarea>" in text_of(page)
    assert brought() == set()


def test_names_are_cleaned_as_all_other_text(client: Any) -> None:
    bring(
        client,
        "Name,Mail\n  Noor \u202e <b>H</b>\x07  ,noor@ferry.example\n=1+1,one@ferry.example\n\u200b,no@ferry.example\n",
    )
    assert brought() == {"Noor <b>H</b>", "=1+1"}
    assert "&lt;b&gt;H" in text_of(client.get("/people?q=Noor"))


def test_somebody_who_is_known_gets_the_other_names(world: World, client: Any) -> None:
    world.start(world.town, "Ahoy.", by=world.okafor)
    face = people.meet_identities([Author(network="mail", address="ngozi@home.example")])
    identity = Identity.objects.get(pk=face[("mail", "ngozi@home.example")])
    people.claim(identity, world.okafor, by=world.ana)
    bring(client, "Name,Mail,Mastodon\nMrs Okafor,ngozi@home.example,@ngozi@social.example\n")
    world.okafor.refresh_from_db()
    assert (world.okafor.name, world.okafor.listed) == ("Ngozi Okafor", True)
    assert world.okafor.identities.filter(network="fediverse", address="ngozi@social.example").exists()


def test_who_is_hidden_looks_new_and_stays_untouched(world: World, client: Any) -> None:
    hidden = people.meet("Secret source")
    face = people.meet_identities([Author(network="mail", address="secret@river.example", name="River")])
    people.claim(Identity.objects.get(pk=face[("mail", "secret@river.example")]), hidden, by=world.ines)
    rows = (Person.objects.count(), Identity.objects.count())
    text = "Name,Mail,Mastodon\nSomebody,secret@river.example,@s@social.example\n"
    page = client.post(PAGE, {"text": text})
    assert counts(page) == {"new": 1, "known": 0, "left": 0}
    assert "Secret source" not in text_of(page)
    assert bring(client, text)["Location"] == f"{PAGE}?new=1&known=0"
    hidden.refresh_from_db()
    assert not hidden.listed
    assert (Person.objects.count(), Identity.objects.count()) == rows


def test_an_account_of_ours_is_nobody(world: World, client: Any) -> None:
    places.add_account(
        "mail",
        "desk@portalder.example",
        name="Desk",
        credentials={"host": "smtp.example"},
        identity=Author(network="mail", address="desk@portalder.example", name="Desk"),
    )
    bring(client, "Name,Mail\nDesk,desk@portalder.example\nNoor,noor@ferry.example\n")
    assert brought() == {"Noor"}
    assert Identity.objects.get(address="desk@portalder.example").person is None


def test_a_long_list_is_taken_in_parts(client: Any) -> None:
    text = "Name,Mail\n" + "".join(f"P{at},p{at}@ferry.example\n" for at in range(MOST_AT_ONCE + 5))
    page = client.post(PAGE, {"text": text})
    assert f"more than {MOST_AT_ONCE} rows" in text_of(page)
    assert counts(page)["new"] == MOST_AT_ONCE


def test_it_is_for_admins_alone(world: World) -> None:
    assert visitor(world.ana).get(PAGE).status_code == 404
    assert bring(visitor(world.ana), LIST).status_code == 404
    assert visitor().get(PAGE)["Location"].startswith("/account/sign-in")
    assert "Bring people in" in text_of(visitor(world.tomasz).get("/people"))
    assert "Bring people in" not in text_of(visitor(world.ana).get("/people"))
    assert brought() == set()
