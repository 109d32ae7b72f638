"""The REST API as programs read it: tokens, places, posts, search; what is hidden is answered as what is not there."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.inbox import actions as inbox
from colonnade.listening import actions as listening
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places.rules import STAFF_ONLY
from tests.doors.programs import Program
from tests.world import World

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 12


@pytest.fixture
def world() -> World:
    return World.make()


def statements(program: Program, path: str) -> tuple[int, Any]:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = program.get(path)
    return len(seen), answer


def test_a_token_says_who_it_stands_for(world: World) -> None:
    me = Program(world.ana, "read", "cases", places=(world.town,)).get("/rest/me").json()
    assert (me["name"], me["role"], me["permissions"]) == ("Ana Duarte", "member", ["cases", "read"])
    assert me["places"] == [str(world.town.pk)]
    assert Program(world.ana).get("/rest/me").json()["places"] is None


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer cln_wrong", "Basic abc", "Bearer \x01", "cln_x"]
)
def test_without_a_good_token_nothing_is_told(world: World, header: str) -> None:
    answer = Client().get("/rest/posts", headers={"Authorization": header})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["type"] == "urn:colonnade:problem:token"


def test_the_token_of_somebody_suspended_is_dead(world: World) -> None:
    program = Program(world.lea)
    assert program.get("/rest/posts").status_code == 200
    people.suspend(world.lea, by=world.ines)
    assert program.get("/rest/posts").status_code == 401


def test_a_token_does_only_what_it_was_allowed(world: World) -> None:
    program = Program(world.ines, "read")
    for method, path in (
        ("POST", "/rest/posts"),
        ("GET", "/rest/cases"),
        ("GET", "/rest/deliveries"),
        ("GET", "/rest/accounts"),
        ("GET", "/rest/feeds"),
        ("DELETE", "/rest/posts/1"),
    ):
        answer = program.ask(method, path, {"text": "x", "place": "1"} if method == "POST" else None)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:colonnade:problem:permission"), path
    assert Program(world.ines, "write").get("/rest/posts").status_code == 403


def test_posts_are_those_that_its_person_may_see(world: World) -> None:
    _, open_to_all = world.start(world.town, "Good morning", by=world.okafor)
    _, staff = world.start(world.staff_room, "Who has the keys?", by=world.ana)
    _, partners = world.start(world.partners, "The new timetable", by=world.partner)

    def seen(person: Person, **more: Any) -> list[str]:
        answer = Program(person, **more).get("/rest/posts")
        assert answer.status_code == 200
        return [post["id"] for post in answer.json()["posts"]]

    assert seen(world.okafor) == [str(open_to_all.pk)]
    assert seen(world.lea) == [str(staff.pk), str(open_to_all.pk)]
    assert seen(world.ana) == [str(partners.pk), str(staff.pk), str(open_to_all.pk)]
    assert seen(world.ana, places=(world.partners,)) == [str(partners.pk)]


def test_a_post_says_who_where_and_to_whom(world: World) -> None:
    talk, post = world.start(world.town, "Good <b>morning</b>", by=world.okafor)
    answer = Program(world.ana).get(f"/rest/posts/{post.pk}").json()
    assert (answer["id"], answer["conversation"]) == (str(post.pk), str(talk.pk))
    assert answer["place"] == {"id": str(world.town.pk), "name": "Town talk"}
    assert (answer["author"]["name"], answer["audience"]) == ("Ngozi Okafor", "everyone")
    assert answer["text"] == "Good <b>morning</b>"
    assert "<b>" not in answer["html"]


HIDDEN = {
    "post": "/rest/posts/{post}",
    "conversation": "/rest/conversations/{talk}",
    "place": "/rest/places/{place}",
    "case": "/rest/cases/{case}",
    "watch": "/rest/watches/{watch}",
    "list": "/rest/lists/{list}",
    "delivery": "/rest/deliveries/{post}",
    "account": "/rest/accounts/{place}",
    "feed": "/rest/feeds/{feed}",
}


@pytest.mark.parametrize("what", HIDDEN)
def test_hidden_and_absent_are_one_answer_with_as_many_statements(world: World, what: str) -> None:

    talk, post = world.start(world.partners, "The new timetable", by=world.partner)
    feed = places.add_source("feeds", "https://feed.example/", audience=STAFF_ONLY)
    hidden = {
        "post": post.pk,
        "talk": talk.pk,
        "place": world.partners.pk,
        "case": inbox.open_case(talk, post=post).pk,
        "watch": listening.add_watch("Ferry", "ferry", by=world.lea).pk,
        "list": listening.add_list("boats", "ferry", by=world.lea).pk,
        "feed": feed.pk,
    }
    person = world.okafor if what in ("watch", "list", "feed") else world.lea
    program = Program(person, "read", "cases", "admin")
    program.get("/rest/me")
    found = []
    for ids in (hidden, dict.fromkeys(hidden, 117_000_000_000_000_000)):
        count, answer = statements(program, HIDDEN[what].format(**ids))
        found.append((count, answer.status_code, answer.content, sorted(answer.headers.items())))
    assert found[0] == found[1]
    assert found[0][1] == 404


@pytest.mark.parametrize(
    "pk", ["abc", "-1", "99999999999999999999", "9223372036854775808", "1.5", "%00", "１"]
)
def test_what_is_no_id_leads_nowhere(world: World, pk: str) -> None:
    program = Program(world.ines, "read", "write", "cases", "admin")
    for path in HIDDEN.values():
        address = path.replace("{post}", pk).replace("{talk}", pk).replace("{place}", pk)
        for name in ("case", "watch", "feed"):
            address = address.replace(f"{{{name}}}", pk)
        answer = program.get(address)
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:colonnade:problem:absent"), address


def test_pages_follow_one_another_without_a_gap(world: World) -> None:
    posts = [world.start(world.town, f"Ferry {n}", by=world.okafor)[1].pk for n in range(7)]
    program = Program(world.ana)
    for first in ("/rest/posts?limit=3", "/rest/search?q=ferry&limit=3"):
        found, path, pages = [], first, 0
        while path:
            answer = program.get(path)
            found += [int(post["id"]) for post in answer.json()["posts"]]
            link = answer.headers.get("Link", "")
            path = link.partition("<")[2].partition(">")[0]
            pages += 1
        assert found == sorted(posts, reverse=True)
        assert pages == 3
    talk, _ = world.start(world.town, "One", by=world.ana)

    for n in range(4):
        conversations.say(talk, f"More {n}", by=world.identity(world.ana))
    page = program.get(f"/rest/conversations/{talk.pk}?limit=3")
    rest = program.get(page.headers["Link"].partition("<")[2].partition(">")[0])
    words = [post["text"] for answer in (page, rest) for post in answer.json()["posts"]]
    assert words == ["One", "More 0", "More 1", "More 2", "More 3"]
    assert "Link" not in rest.headers


def test_search_asks_for_words_and_says_so(world: World) -> None:
    _, post = world.start(world.town, "The ferry leaves at nine", by=world.okafor)
    program = Program(world.ana)
    assert [p["id"] for p in program.get('/rest/search?q="leaves at" -bridge').json()["posts"]] == [
        str(post.pk)
    ]
    counted = program.get('/rest/search/hours?q="leaves at" -bridge').json()["hours"]
    assert [hour["posts"] for hour in counted] == [1]
    assert program.get("/rest/search/hours?q={The}").status_code == 422
    empty = program.get("/rest/search?q=!!")
    assert (empty.status_code, "no letter and no digit" in empty.json()["detail"]) == (422, True)
    (fault,) = program.get("/rest/search?q=ferry NEAR/2 -tram").json()["errors"]
    assert (fault["where"], fault["at"], fault["example"]) == (
        "query",
        [13, 14],
        "(bridge OR ferry) closed",
    )
    for query in ("(ferry OR tram) NEAR/1 leaves", "{The} author:okafor", "fe?ry -is:reply"):
        assert [p["id"] for p in program.get(f"/rest/search?q={quote(query)}").json()["posts"]] == [
            str(post.pk)
        ]
    assert program.get("/rest/search").status_code == 422


LISTS = (
    "/rest/posts",
    "/rest/posts?place={place}",
    "/rest/posts?author={author}",
    "/rest/search?q=ferry",
    "/rest/places",
    "/rest/conversations/{talk}",
    "/rest/cases",
    "/rest/cases?state=solved",
    "/rest/deliveries",
    "/rest/watches",
    "/rest/watches/{watch}/mentions",
    "/rest/watches/{watch}/mentions?state=new&owner=nobody&tag=wet",
    "/rest/watches/{watch}/hours",
    "/rest/alerts",
    "/rest/lists",
    "/rest/accounts",
    "/rest/feeds",
)


def test_a_list_costs_at_most_a_dozen_statements_however_long_it_is(world: World) -> None:
    watch = listening.add_watch("Ferry", "ferry", by=world.lea, opens_case=True)
    conversations.receive(world.wire, [world.incoming(f"Ferry {n}") for n in range(20)])
    talk, post = world.start(world.town, "ferry", by=world.okafor)
    for n in range(8):
        conversations.say(talk, f"Ferry {n}", by=world.identity(world.ana), reply_to=post)
        inbox.ask(world.questions, name="", text=f"Question {n}", ip_or_key=f"{n}")
        places.add_source("feeds", f"https://feed{n}.example/")
    worker.settle()
    program = Program(world.ines, "read", "cases", "admin", places=(world.town, world.wire, world.questions))
    program.get("/rest/me")
    for path in LISTS:
        address = path.format(place=world.town.pk, author=post.author_id, talk=talk.pk, watch=watch.pk)
        count, answer = statements(program, address)
        assert answer.status_code == 200, path
        assert count <= MOST_STATEMENTS, path


def test_the_api_describes_itself_and_shows_no_page_of_anothers_scripts(world: World) -> None:
    schema = Client().get("/rest/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert "/rest/cases/{case}/reply" in schema["paths"]
    assert Client().get("/rest/docs").status_code == 404
    answers = schema["paths"]["/rest/posts"]["get"]["responses"]
    assert list(answers["404"]["content"]) == ["application/problem+json"]


def test_any_other_address_under_rest_is_a_problem_too(world: World) -> None:
    answer = Client().get("/rest/nothing/here")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
