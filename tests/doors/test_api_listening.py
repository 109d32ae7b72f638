"""Watches, mentions and lists as programs read and change them."""

from __future__ import annotations

from typing import Any

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.core.db import act
from colonnade.insight.models import Alert
from colonnade.listening import actions as listening
from colonnade.listening.models import Label, Mention, NamedList, Watch
from colonnade.places import actions as places
from colonnade.primitives import clock
from tests.doors.programs import Program
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def arrive(world: World, *texts: str) -> list[int]:
    made = conversations.receive(world.wire, [world.incoming(text) for text in texts])
    worker.settle()
    return made.posts


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_a_watch_says_what_it_serves_and_what_opens_cases_and_how_it_was(world: World) -> None:
    aim = places.set_aim("Ferries are on time", owner=world.ines, by=world.ines)
    ana = Program(world.ana, "read", "write")
    made = ana.post(
        "/rest/watches", {"query": "ferry", "opens_case": True, "case_query": "late", "aim": str(aim.pk)}
    ).json()
    assert made["aim"] == {"id": str(aim.pk), "sentence": "Ferries are on time"}
    assert (made["case_query"], made["owner"]) == ("late", {"id": str(world.ana.pk), "name": "Ana Duarte"})
    path = f"/rest/watches/{made['id']}"
    changed = ana.ask("PATCH", path, {"query": "ferry OR boat", "case_query": "late OR broken"}).json()
    assert (changed["aim"], changed["case_query"]) == (made["aim"], "late OR broken")
    assert ana.ask("PATCH", path, {"aim": None}).json()["aim"] is None
    versions = ana.get(f"{path}/versions").json()["versions"]
    assert [(one["number"], one["query"], one["by"]) for one in versions] == [
        (2, "ferry OR boat", "Ana Duarte"),
        (1, "ferry", "Ana Duarte"),
    ]
    assert problem(ana.ask("PATCH", path, {"aim": "17"})) == (422, "invalid")
    assert problem(ana.ask("PATCH", path, {"case_query": "(late"})) == (422, "invalid")


def test_mentions_say_how_they_stand_and_are_narrowed_and_sorted(world: World) -> None:
    watch = listening.add_watch("Ferry", "ferry", by=world.lea)
    text = "the ferry to mill bay is late again this morning"
    *same, other = arrive(world, text, text, "A ferry, wonderful!")
    first, copy = sorted(same)
    ana = Program(world.ana, "read", "write")
    path = f"/rest/watches/{watch.pk}/mentions"
    told = {one["post"]["id"]: one for one in ana.get(path).json()["mentions"]}
    assert {pk: one["story"] for pk, one in told.items()} == {
        str(first): str(first),
        str(copy): str(first),
        str(other): str(other),
    }
    assert told[str(first)]["why"] == ["ferry"]
    assert {one["mood"] for one in told.values()} <= {"", "negative", "neutral", "positive", "unsure"}
    sorted_ = ana.ask(
        "PATCH",
        f"{path}/{first}",
        {"state": "done", "owner": "me", "tags": ["Praise", "boat"], "relevant": True},
    ).json()
    assert (sorted_["state"], sorted_["owner"]["name"], sorted_["tags"], sorted_["relevant"]) == (
        "done",
        "Ana Duarte",
        ["boat", "praise"],
        True,
    )

    def found(narrowed: str) -> list[str]:
        return [one["post"]["id"] for one in ana.get(f"{path}?{narrowed}").json()["mentions"]]

    assert found("state=done") == found("owner=me") == found("tag=boat") == [str(first)]
    assert found(f"owner={world.ana.pk}&state=new") == []
    assert set(found("owner=nobody")) == {str(other), str(copy)}
    left = ana.ask("PATCH", f"{path}/{first}", {"owner": None, "tags": [], "relevant": None}).json()
    assert (left["state"], left["owner"], left["tags"], left["relevant"]) == ("done", None, [], None)
    assert not Label.objects.exists()


def test_a_mention_is_sorted_only_by_whom_and_for_whom_it_is_there(world: World) -> None:
    watch = listening.add_watch("Timetable", "timetable", by=world.ana)
    _, hidden = world.start(world.partners, "The timetable changes in May", by=world.partner)
    (post,) = arrive(world, "Where is the timetable?")
    path = f"/rest/watches/{watch.pk}/mentions"
    lea, ana = Program(world.lea, "read", "write"), Program(world.ana, "read", "write")
    unseen, absent = (lea.ask("PATCH", f"{path}/{pk}", {"state": "done"}) for pk in (hidden.pk, 17))
    assert (
        (unseen.status_code, unseen.content) == (absent.status_code, absent.content) == (404, absent.content)
    )
    assert problem(
        ana.ask("PATCH", f"{path}/{hidden.pk}", {"owner": str(world.lea.pk), "state": "done"})
    ) == (
        422,
        "invalid",
    )
    narrow = Program(world.ana, "read", "write", places=(world.wire,))
    assert narrow.ask("PATCH", f"{path}/{hidden.pk}", {"state": "done"}).status_code == 404
    assert set(Mention.objects.values_list("state", flat=True)) == {"new"}
    assert problem(Program(world.ana, "read").ask("PATCH", f"{path}/{post}", {"state": "done"})) == (
        403,
        "permission",
    )
    assert problem(ana.ask("PATCH", f"{path}/{post}", {"owner": str(world.okafor.pk)})) == (422, "invalid")
    okafor = Program(world.okafor, "read", "write")
    assert okafor.ask("PATCH", f"{path}/{post}", {"state": "done"}).status_code == 404


def test_programs_read_how_much_a_watch_caught_of_what_they_may_see_and_forget_it(world: World) -> None:
    watch = listening.add_watch("Ferry", "ferry", by=world.lea)
    text = "the ferry to mill bay is late again this morning"
    arrive(world, text, text, "A ferry, wonderful!")
    world.start(world.partners, "The ferry changes in May", by=world.partner)
    worker.settle()
    path = f"/rest/watches/{watch.pk}"
    ana, lea, okafor = (Program(one, "read", "write") for one in (world.ana, world.lea, world.okafor))
    hours = {who: who.get(f"{path}/hours?days=1").json()["hours"] for who in (ana, lea)}
    assert [sum(hour["posts"] for hour in told) for told in hours.values()] == [4, 3]
    assert sum(hour["copies"] for hour in hours[lea]) == 1
    assert problem(ana.get(f"{path}/hours?days=99")) == (422, "invalid")
    assert okafor.get(f"{path}/hours").status_code == okafor.ask("DELETE", path).status_code == 404
    assert problem(Program(world.ana, "read").ask("DELETE", path)) == (403, "permission")
    assert [lea.ask("DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert not Mention.objects.exists()


def test_programs_read_alerts_and_judge_them(world: World) -> None:
    watch = listening.add_watch("Ferry", "ferry", by=world.lea)
    (post,) = arrive(world, "The ferry is late")
    differs = [{"kind": "word", "what": "late", "now": 9, "before": 0.1, "posts": [post]}]
    told = {"raised_at": clock.now(), "score": 0.9, "posts": 9, "expected": 1.5, "low": 0, "high": 3}
    with act():
        alert = Alert.objects.create(watch=watch, since=clock.now(), differs={"word": differs}, **told)
    ana = Program(world.ana, "read", "write")
    (shown,) = ana.get(f"/rest/alerts?watch={watch.pk}").json()["alerts"]
    assert (shown["id"], shown["watch"]["name"], shown["state"]) == (str(alert.pk), "Ferry", "open")
    assert (shown["posts"], shown["expected"], shown["verdict"]) == (9, 1.5, None)
    assert shown["different"] == [{"kind": "word", "what": "late", "now": 9, "before": 0.1}]
    path = f"/rest/alerts/{alert.pk}"
    assert ana.ask("PATCH", path, {"verdict": "useful"}).json()["verdict"] == "useful"
    assert ana.ask("PATCH", path, {"verdict": None}).json()["verdict"] is None
    assert problem(ana.ask("PATCH", path, {"verdict": "dull"})) == (422, "invalid")
    assert ana.get("/rest/alerts?watch=17").json() == {"alerts": []}
    narrow = Program(world.ana, "read", "write", places=(world.wire,))
    for other in (narrow, Program(world.okafor, "read", "write")):
        assert other.get("/rest/alerts").json() == {"alerts": []}
        assert other.ask("PATCH", path, {"verdict": "noise"}).status_code == 404


def test_lists_are_read_and_written_by_programs_of_staff(world: World) -> None:
    ana = Program(world.ana, "read", "write")
    made = ana.post("/rest/lists", {"name": "Our Boats", "query": "ferry OR boat", "description": "Afloat"})
    assert made.status_code == 201
    assert {name: made.json()[name] for name in ("name", "query", "version")} == {
        "name": "our-boats",
        "query": "ferry OR boat",
        "version": 1,
    }
    path = f"/rest/lists/{made.json()['id']}"
    assert ana.ask("PATCH", path, {"query": "ferry"}).json()["version"] == 2
    assert [one["query"] for one in ana.get(f"{path}/versions").json()["versions"]] == [
        "ferry",
        "ferry OR boat",
    ]
    assert ana.get("/rest/lists").json()["lists"] == [ana.get(path).json()]
    assert problem(ana.post("/rest/lists", {"name": "our-boats", "query": "x"})) == (422, "invalid")
    assert problem(ana.ask("PATCH", path, {"query": "list:our-boats"})) == (422, "invalid")
    ana.post("/rest/watches", {"query": "list:our-boats late"})
    assert (
        problem(ana.ask("DELETE", path)) == problem(ana.ask("PATCH", path, {"name": "x"})) == (409, "in-use")
    )
    okafor = Program(world.okafor, "read", "write")
    assert okafor.get("/rest/lists").json() == {"lists": []}
    assert problem(okafor.post("/rest/lists", {"name": "x", "query": "x"})) == (403, "not-allowed")
    assert okafor.ask("DELETE", path).status_code == 404
    listening.remove_watch(Watch.objects.get(), by=world.ana)
    assert ana.ask("DELETE", path).status_code == 204
    assert not NamedList.objects.exists()
