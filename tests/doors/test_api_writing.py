"""The REST API as programs write: posts, cases, answers, deliveries, watches, accounts; and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.core import worker
from colonnade.deliveries.models import Delivery
from colonnade.inbox import actions as inbox
from colonnade.networks import base
from colonnade.places import actions as places
from colonnade.places import queries as place_queries
from colonnade.places.models import Account, Place, Source
from tests.doors.programs import Program
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def ana(world: World) -> Program:
    return Program(world.ana, "read", "write", "cases")


def account(world: World) -> Place:
    return places.add_account(
        "pretend",
        "pretend://port-alder",
        name="Port Alder",
        credentials={},
        identity=base.Author(network="pretend", address="harbour@town", name="Port Alder"),
    )


def asked(world: World) -> inbox.Asked:
    return inbox.ask(world.questions, name="Mrs Okafor", text="When does it leave?", ip_or_key="x")


def problem(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


# --- posts --------------------------------------------------------------------------------------------------------


def test_a_program_says_something_in_its_persons_name(world: World, ana: Program) -> None:
    begun = ana.post("/rest/posts", {"place": str(world.town.pk), "text": "Good morning", "title": "Hello"})
    assert begun.status_code == 201
    first = begun.json()
    assert (first["author"]["name"], first["title"], first["audience"]) == ("Ana Duarte", "Hello", "everyone")
    more = ana.post(
        "/rest/posts", {"conversation": first["conversation"], "text": "And again", "reply_to": first["id"]}
    ).json()
    assert (more["reply_to"], more["conversation"]) == (first["id"], first["conversation"])
    assert ana.ask("DELETE", f"/rest/posts/{more['id']}").status_code == 204
    assert problem(ana.get(f"/rest/posts/{more['id']}")) == (404, "absent")


def test_a_private_conversation_is_its_makers_and_staffs(world: World) -> None:
    program = Program(world.okafor, "write")
    made = program.post(
        "/rest/posts", {"place": str(world.town.pk), "text": "A word", "private": True}
    ).json()
    assert made["audience"] == "staff"
    assert conversation_queries.post_for(world.anonymous, int(made["id"])) is None


def test_nobody_writes_where_they_see_nothing_or_where_it_is_not_ours(world: World, ana: Program) -> None:
    lea = Program(world.lea, "write")
    talk, _ = world.start(world.partners, "Timetable", by=world.partner)
    assert problem(lea.post("/rest/posts", {"place": str(world.partners.pk), "text": "Hi"})) == (
        404,
        "absent",
    )
    assert problem(lea.post("/rest/posts", {"conversation": str(talk.pk), "text": "Hi"})) == (404, "absent")
    assert problem(ana.post("/rest/posts", {"place": str(world.wire.pk), "text": "Hi"})) == (422, "not-here")
    assert problem(ana.post("/rest/posts", {"text": "Hi"})) == (422, "invalid")
    _, other = world.start(world.town, "Elsewhere", by=world.lea)
    wrong = {"conversation": str(talk.pk), "text": "Hi", "reply_to": str(other.pk)}
    assert problem(ana.post("/rest/posts", wrong)) == (422, "invalid")


def test_nobody_deletes_what_others_said(world: World, ana: Program) -> None:
    _, post = world.start(world.town, "Mine", by=world.lea)
    assert problem(ana.ask("DELETE", f"/rest/posts/{post.pk}")) == (403, "not-allowed")
    admin = Program(world.ines, "write")
    assert admin.ask("DELETE", f"/rest/posts/{post.pk}").status_code == 204


# --- cases --------------------------------------------------------------------------------------------------------


def test_a_case_goes_from_question_to_answer_to_solved(world: World, ana: Program) -> None:
    question = asked(world)
    (case,) = ana.get("/rest/cases").json()["cases"]
    assert (case["state"], case["heard"]["text"]) == ("open", "When does it leave?")
    path = f"/rest/cases/{case['id']}"
    taken = ana.post(f"{path}/assign", {"to": "me", "version": case["version"]}).json()
    assert (taken["state"], taken["owner"]["name"]) == ("assigned", "Ana Duarte")
    note = ana.post(f"{path}/note", {"text": "She asked last week"})
    assert (note.status_code, note.json()["audience"]) == (201, "staff")
    whole = ana.get(path).json()
    assert whole["answer_is_for"] == "Those in this conversation and staff"
    assert [entry["kind"] for entry in whole["history"]] == ["opened", "assigned", "noted"]
    answer = ana.post(f"{path}/reply", {"text": "At nine.", "seen_post": note.json()["id"]})
    assert (answer.status_code, answer.json()["case"]["state"]) == (201, "waiting")
    (_, told) = conversation_queries.thread(world.viewer(question.person), question.conversation.pk)
    assert told.text == "At nine."
    solved = ana.post(f"{path}/solve", {"outcome": "told the time"}).json()
    assert (solved["state"], solved["outcome"]) == ("solved", "told the time")
    assert [one["id"] for one in ana.get("/rest/cases?state=solved").json()["cases"]] == [case["id"]]
    assert ana.post(f"{path}/reopen", {}).json()["state"] == "assigned"
    tagged = ana.ask("PUT", f"{path}/tags", {"tags": ["Ferry", "ferry"]})
    assert tagged.json()["tags"] == ["ferry"]


def test_a_stale_answer_is_held_and_comes_back_whole(world: World, ana: Program) -> None:
    question = asked(world)
    more = inbox.ask_more(question.conversation, question.person, "On Sunday, I mean")
    path = f"/rest/cases/{question.case.pk}/reply"
    held = ana.post(path, {"text": "At nine.", "seen_post": str(question.post.pk)})
    assert problem(held) == (409, "stale-reply")
    assert (held.json()["text"], held.json()["newer"]) == ("At nine.", [str(more.pk)])
    forced = ana.post(path, {"text": "At nine.", "seen_post": str(question.post.pk), "force": True})
    assert forced.status_code == 201
    assert ana.post(f"/rest/cases/{question.case.pk}/undo").json()["state"] == "assigned"


def test_a_change_to_an_older_version_is_refused(world: World, ana: Program) -> None:
    case = asked(world).case
    inbox.take(case, by=world.lea)
    stale = ana.post(f"/rest/cases/{case.pk}/solve", {"version": 1})
    assert problem(stale) == (409, "stale-case")


def test_a_case_is_given_to_colleagues_who_may_see_it(world: World, ana: Program) -> None:
    talk, post = world.start(world.partners, "Timetable", by=world.partner)
    case = inbox.open_case(talk, post=post)
    path = f"/rest/cases/{case.pk}/assign"
    for person in (world.lea, world.okafor, world.partner):
        assert problem(ana.post(path, {"to": str(person.pk)})) == (422, "invalid")
    assert ana.post(path, {"to": None}).json()["owner"] is None
    assert problem(Program(world.lea, "cases").post(path, {"to": "me"})) == (404, "absent")


def test_a_program_opens_a_case_for_a_conversation(world: World, ana: Program) -> None:
    talk, _ = world.start(world.town, "The lamp is broken", by=world.okafor)
    made = ana.post("/rest/cases", {"conversation": str(talk.pk), "why": "seen in town"})
    assert (made.status_code, made.json()["why"]) == (201, "seen in town")
    again = ana.post("/rest/cases", {"conversation": str(talk.pk)})
    assert again.json()["id"] == made.json()["id"]


# --- what goes out ------------------------------------------------------------------------------------------------


def test_an_answer_elsewhere_is_a_delivery_that_is_undone_in_time(world: World, ana: Program) -> None:
    (post,) = conversations.receive(account(world), [world.incoming("Is the bridge open?")]).posts
    talk = conversation_queries.said_of([post])[0].conversation
    case = ana.post("/rest/cases", {"conversation": str(talk)}).json()
    done = ana.post(f"/rest/cases/{case['id']}/reply", {"text": "Open", "undo_s": 60}).json()
    assert done["post"] is None
    (delivery,) = done["deliveries"]
    (listed,) = ana.get("/rest/deliveries?state=waiting").json()["deliveries"]
    assert (listed["id"], listed["words"], listed["text"]) == (delivery, "Waiting", "Open")
    undone = ana.post(f"/rest/deliveries/{delivery}/undo")
    assert undone.json()["delivery"]["state"] == "recalled"
    worker.settle()
    assert ana.get(f"/rest/cases/{case['id']}").json()["case"]["state"] == "assigned"
    assert problem(ana.post(f"/rest/deliveries/{delivery}/settle", {"said": "confirmed"})) == (409, "not-now")
    assert problem(ana.post(f"/rest/deliveries/{delivery}/retry")) == (409, "not-now")
    assert problem(ana.post(f"/rest/deliveries/{delivery}/recall")) == (409, "not-now")
    assert Delivery.objects.get(pk=int(delivery)).state == "recalled"


# --- watches, accounts, feeds -------------------------------------------------------------------------------------


def test_a_program_listens(world: World, ana: Program) -> None:
    made = ana.post("/rest/watches", {"query": 'ferry "at nine"', "name": "Ferry"})
    assert (made.status_code, made.json()["version"]) == (201, 1)
    (post,) = conversations.receive(world.wire, [world.incoming("The ferry leaves at nine")]).posts
    worker.settle()
    path = f"/rest/watches/{made.json()['id']}"
    (caught,) = ana.get(f"{path}/mentions").json()["mentions"]
    assert (caught["post"]["id"], caught["why"]) == (str(post), ["ferry", "at nine"])
    changed = ana.ask("PATCH", path, {"query": "bridge", "state": "paused"}).json()
    assert (changed["version"], changed["state"], changed["name"]) == (2, "paused", "Ferry")
    assert problem(ana.post("/rest/watches", {"query": "-only"})) == (422, "invalid")
    assert problem(Program(world.okafor, "write").post("/rest/watches", {"query": "x"})) == (
        403,
        "not-allowed",
    )


def test_an_admin_adds_accounts_and_feeds_and_sees_how_they_are(world: World) -> None:
    admin = Program(world.tomasz, "read", "admin")
    address = {"url": "https://feed.example/rss"}
    for feed in (
        admin.post("/rest/feeds", {**address, "name": "The Alder"}),
        admin.post("/rest/feeds", address),
    ):
        assert (feed.status_code, feed.json()) == (202, address)
    (feed,) = admin.get("/rest/feeds?url=https%3A%2F%2Ffeed.example%2Frss").json()["feeds"]
    assert (feed["name"], feed["health"]["state"]) == ("The Alder", "new")
    places.note_failed_poll(place_queries.place_by_id(int(feed["id"])), "It does not answer.")
    (listed,) = (f for f in admin.get("/rest/feeds").json()["feeds"] if f["id"] == feed["id"])
    assert (listed["health"]["state"], listed["health"]["last_error"]) == ("failing", "It does not answer.")
    made = admin.post(
        "/rest/accounts",
        {
            "connector": "pretend",
            "address": "pretend://town",
            "name": "Port Alder",
            "face": {"address": "harbour@town"},
            "credentials": {"token": "a secret of ours"},
        },
    )
    assert made.status_code == 201
    assert "a secret of ours" not in made.content.decode() + admin.get("/rest/accounts").content.decode()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT credentials FROM {Account._meta.db_table}")
        assert b"a secret of ours" not in bytes(cursor.fetchone()[0])
    wrong = admin.post(
        "/rest/accounts", {"connector": "no", "address": "x", "name": "x", "face": {"address": "x"}}
    )
    assert problem(wrong) == (422, "invalid")
    for url in ("ftp://feed.example/", "javascript:alert(1)", "feed.example", "http://", "https:///x"):
        assert problem(admin.post("/rest/feeds", {"url": url})) == (422, "invalid")


def test_adding_is_for_those_who_may_administer(world: World) -> None:
    count = Source.objects.count()
    member = Program(world.ana, "admin")
    assert problem(member.post("/rest/feeds", {"url": "https://feed.example/"})) == (403, "not-allowed")
    visitor = Program(world.okafor, "admin", "read", "cases")
    assert visitor.get("/rest/feeds").json() == {"feeds": []}
    assert visitor.get("/rest/accounts").json() == {"accounts": []}
    assert visitor.get("/rest/cases").json() == {"cases": []}
    assert visitor.get("/rest/deliveries").json() == {"deliveries": []}
    assert visitor.get("/rest/watches").json() == {"watches": []}
    assert Source.objects.count() == count


# --- bad bodies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 422, "invalid"),
        (b"{", 400, "malformed"),
        (b'{"text": NaN}', 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b'{"a":' * 100_000, 400, "malformed"),
        (b'{"text": "a\\u0000b", "place": "1"}', 400, "malformed"),
        (b'{"te\\u0000xt": "a"}', 400, "malformed"),
        (b"1" * 10_000, 400, "malformed"),
        (b"null", 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b'"text"', 422, "invalid"),
        (b"{}", 422, "invalid"),
        (b'{"text": 5, "place": "1"}', 422, "invalid"),
        (b'{"text": "x", "place": 1}', 422, "invalid"),
        (b'{"text": "x", "place": "99999999999999999999"}', 422, "invalid"),
        (b'{"text": "x", "place": "9999999999999999999"}', 422, "invalid"),
        (b'{"text": "", "place": "1"}', 422, "invalid"),
        (b'{"text": "\\u0301\\u0301", "place": "1"}', 422, "invalid"),
        (b'{"text": "\\ud800", "place": "1"}', 404, "absent"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_with_a_sentence(
    world: World, ana: Program, body: bytes, status: int, kind: str
) -> None:
    answer = ana.ask("POST", "/rest/posts", body)
    assert problem(answer) == (status, kind), answer.content
    assert answer.json()["detail"].strip()


def test_a_body_that_is_too_large_is_not_read(world: World, ana: Program) -> None:
    answer = ana.ask("POST", "/rest/posts", b'{"text": "' + b"x" * (1024 * 1024) + b'"}')
    assert problem(answer) == (413, "too-large")


def test_half_an_emoji_costs_one_letter(world: World, ana: Program) -> None:
    body = b'{"text": "ferry \\ud83d", "place": "%d"}' % world.town.pk
    assert ana.ask("POST", "/rest/posts", body).json()["text"] == "ferry \ufffd"


@pytest.mark.parametrize(
    "query", ["%00", "a%00b", "\u0301", "%ff", "'", '"', '"" -', "(", "a OR b", "*", "NEAR(a b)"]
)
def test_a_search_for_anything_is_answered(world: World, ana: Program, query: str) -> None:
    assert ana.get(f"/rest/search?q={query}").status_code in (200, 400, 422)


def test_too_many_changes_in_a_minute_are_told_to_wait(world: World, ana: Program) -> None:
    from colonnade.api import pace

    for _ in range(pace.WRITES):
        pace.check_write("somebody else")
    answers = {ana.post("/rest/watches", {"query": "-"}).status_code for _ in range(3)}
    assert answers == {422}
    with pytest.raises(Exception, match="too often"):
        pace.check_write("somebody else")


def test_nobody_writes_into_a_conversation_whose_next_post_they_would_not_read(world: World) -> None:
    talk, _ = world.start(world.town, "Hello everyone", by=world.ana)
    conversations.narrow(talk)
    said = Program(world.okafor, "read", "write").post(
        "/rest/posts", {"conversation": str(talk.pk), "text": "May I?"}
    )
    assert problem(said) == (403, "not-yours")
