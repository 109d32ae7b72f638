"""Scenarios: what is done when it happens, rehearsed by the clock where nobody outside hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from colonnade.conversations.queries import visible_to
from colonnade.core import worker
from colonnade.inbox.models import Case
from colonnade.insight import actions
from colonnade.insight import queries as insight
from colonnade.insight.actions.scenarios import StepWanted
from colonnade.insight.models import Alert, Run, Scenario
from colonnade.insight.rules import script_lines
from colonnade.listening import actions as listening
from colonnade.listening import queries as heard
from colonnade.listening.models import Watch
from colonnade.primitives import clock
from colonnade.publishing import queries as publishing
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

SCRIPT = "Mrs Reed: The old bridge is closed!\nWalker: Who knows why the bridge is closed?"

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def bridge(world: World) -> Watch:
    return listening.add_watch("The bridge", "bridge", by=world.ana, opens_case=True)


@pytest.fixture
def closes(world: World, bridge: Watch) -> Scenario:
    steps = [
        StepWanted("call", "ask for the traffic desk", 5, person=world.tomasz),
        StepWanted("pause", "The bridge is closed", 5),
        StepWanted("do", "Put up the detour", 15),
    ]
    told: dict[str, Any] = {"name": "The bridge closes", "about": "No car, no bus."}
    return actions.set_scenario(
        None, by=world.ana, watch=bridge, owner=world.tomasz, script=SCRIPT, steps=steps, **told
    )


def test_a_drill_from_its_beginning_to_its_debrief(world: World, bridge: Watch, closes: Scenario) -> None:
    client, began = visitor(world.ana), clock.now()
    assert "never rehearsed" in text_of(client.get("/scenarios"))
    with clock.stopped_at(began):
        answer = client.post(f"/scenarios/{closes.pk}/drill")
        run = Run.objects.get()
        assert answer["Location"] == f"/scenarios/runs/{run.pk}"
    assert actions.play_line(run.pk, 0)
    assert not actions.play_line(run.pk, 1), "there are two lines"
    worker.settle()
    caught = heard.mentions_for(world.viewer(world.ana), bridge)
    assert len(caught) == 2, "the watch catches what is played"
    assert not visible_to(world.anonymous).filter(pk__in=caught).exists(), "and nobody outside sees it"
    assert Case.objects.count() == 2
    first, pause, _ = insight.steps_of(closes)
    with clock.stopped_at(began + timedelta(minutes=2)):
        client.post(f"/scenarios/runs/{run.pk}/do", {"step": str(first.pk)})
    with clock.stopped_at(began + timedelta(minutes=9)):
        client.post(f"/scenarios/runs/{run.pk}/do", {"step": str(pause.pk)})
        assert not publishing.braked(), "in a drill the brake is only said to be pulled"
        with few_statements():
            assert "2 of 3 done" in text_of(client.get(f"/scenarios/runs/{run.pk}"))
        client.post(f"/scenarios/runs/{run.pk}/end")
    worker.settle()
    assert not heard.mentions_for(world.viewer(world.ana), bridge), "what was played is gone"
    assert {case.state for case in Case.objects.all()} == {"solved"}
    kept = client.post(f"/scenarios/runs/{run.pk}/debrief", {"debrief": "Call the traffic desk first."})
    assert kept["Location"] == f"/scenarios/{closes.pk}", "what was learned stands with the scenario"
    with few_statements():
        beside = text_of(client.get(kept["Location"]))
    assert "2 steps done" in beside
    assert "Call the traffic desk first." in beside
    assert "walked through" in text_of(client.get("/scenarios"))
    shown = text_of(visitor(world.lea).get(f"/scenarios/runs/{run.pk}"))
    for words in ("Debrief", "after 2 of 5 min", "4 min late", "not done", "Call the traffic desk first."):
        assert words in shown, words
    assert "Call Tomasz Zielke: ask for the traffic desk" in shown


def test_in_earnest_the_brake_is_pulled_once(world: World, closes: Scenario) -> None:
    run = actions.begin(closes, drill=False, by=world.ana)
    assert actions.begin(closes, drill=True, by=world.lea) == run, "one at a time"
    pause = insight.steps_of(closes)[1]
    for by in (world.ana, world.lea):
        actions.do_step(run, pause, by=by)
    assert publishing.braked()
    line = insight.progress(run)[1]
    assert line.done is not None
    assert line.done.by == world.ana


def test_it_is_offered_on_today_when_its_watch_is_unusual(
    world: World, bridge: Watch, closes: Scenario
) -> None:
    client = visitor(world.lea)
    assert "Begin in earnest" not in text_of(client.get("/scenarios?part=offered"))
    _alert(bridge)
    with few_statements():
        shown = text_of(client.get("/scenarios?part=offered"))
    assert "The bridge closes" in shown
    assert "Begin in earnest" in shown
    with few_statements():
        beside = text_of(client.get(f"/listen/alerts/{Alert.objects.get().pk}?part=moves"))
    assert "Begin “The bridge closes”" in beside, "and beside its alert"
    client.post(f"/scenarios/{closes.pk}/begin")
    assert "To its steps" in text_of(client.get("/scenarios?part=offered"))
    assert 'id="scenarios"' in text_of(client.get("/today"))


def _alert(watch: Watch) -> None:
    from colonnade.core.db import act

    now = clock.now()
    with act():
        Alert.objects.create(
            watch=watch, since=now, raised_at=now, score=0.9, posts=9, expected=1, low=0, high=2
        )


def test_a_scenario_is_written_down_and_changed(world: World, bridge: Watch) -> None:
    client = visitor(world.ana)
    rows = {
        "kind": ["call", "do", "do"],
        "text": ["", "Look", ""],
        "within": ["3", "x", "9"],
        "person": [str(world.tomasz.pk), "", ""],
        "draft": ["", "", ""],
    }
    asked = {"name": "Rain", "about": "", "script": SCRIPT, "watch": str(bridge.pk), "owner": ""} | rows
    answer = client.post("/scenarios/new", asked)
    made = Scenario.objects.get()
    assert answer["Location"] == f"/scenarios/{made.pk}"
    assert [(one.kind, one.within) for one in insight.steps_of(made)] == [("call", 3), ("do", 10)]
    with few_statements():
        assert "Call Tomasz Zielke" in text_of(client.get(f"/scenarios/{made.pk}"))
    with few_statements():
        assert client.get("/scenarios").status_code == 200
    assert client.get(f"/scenarios/{made.pk}/edit").status_code == 200
    refused = client.post("/scenarios/new", asked | {"name": " "})
    assert refused.status_code == 422
    client.post(f"/scenarios/{made.pk}/remove")
    assert not Scenario.objects.exists()


def test_scenarios_are_for_staff(world: World, closes: Scenario) -> None:
    assert visitor().get("/scenarios").status_code == 302
    for address in ("/scenarios", f"/scenarios/{closes.pk}"):
        assert visitor(world.okafor).get(address).status_code == 404


def test_a_script_names_who_says_what() -> None:
    lines = script_lines("Mrs Reed: Closed!\n\nNobody knows\nA: b: c")
    assert lines == [("Mrs Reed", "Closed!"), ("Passer-by", "Nobody knows"), ("A", "b: c")]


def test_what_a_scenario_was_is_kept_only_where_something_changed(
    world: World, bridge: Watch, closes: Scenario
) -> None:
    client = visitor(world.lea)
    form: dict[str, Any] = {
        "name": "The bridge closes",
        "about": "No car, no bus.",
        "script": SCRIPT,
        "watch": str(bridge.pk),
        "owner": str(world.tomasz.pk),
        "kind": ["call", "pause", "do"],
        "text": ["ask for the traffic desk", "The bridge is closed", "Put up the detour"],
        "within": ["5", "5", "15"],
        "person": [str(world.tomasz.pk), "", ""],
        "draft": ["", "", ""],
    }
    before = [one.pk for one in insight.steps_of(closes)]
    for _ in range(3):
        client.post(f"/scenarios/{closes.pk}/edit", form)
    assert closes.versions.count() == 1, "nothing was different"
    assert "How it was" not in text_of(client.get(f"/scenarios/{closes.pk}?part=history"))
    form["within"], form["script"] = ["5", "5", "20"], ""
    client.post(f"/scenarios/{closes.pk}/edit", form)
    assert [one.pk for one in insight.steps_of(closes)] == before, "a step keeps its place in what runs"
    newest, first = insight.history_of(closes)
    assert (newest.number, newest.by) == (2, "Lea Brandt")
    told = {(one.kind, one.words) for one in newest.lines}
    assert ("gone", "15 min: Put up the detour") in told
    assert ("new", "20 min: Put up the detour") in told
    assert ("gone", "In a drill: Mrs Reed: The old bridge is closed!") in told
    assert len(told) == 4, "what stayed is not told"
    assert not first.lines
    with few_statements():
        shown = text_of(client.get(f"/scenarios/{closes.pk}?part=history"))
    assert "How it was" in shown
    assert "<ins>20 min: Put up the detour</ins>" in shown
