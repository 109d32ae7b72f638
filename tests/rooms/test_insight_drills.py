"""A drill alarms those who practise, and stays in nothing that is told of real life."""

from __future__ import annotations

from datetime import timedelta

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.core.db import act
from colonnade.deliveries.models import Dispatch
from colonnade.inbox import actions as desk
from colonnade.inbox import queries as inbox
from colonnade.inbox.models import Case
from colonnade.insight import actions, queries, work
from colonnade.insight.actions.scenarios import StepWanted
from colonnade.insight.models import Alert, Briefing, Finding, Pulse, Rollup, Run, Scenario, Sketch, Total
from colonnade.insight.queries.briefings import gathered
from colonnade.insight.queries.rollups import counts
from colonnade.listening import actions as listening
from colonnade.listening import queries as heard
from colonnade.listening.models import Correction, Story, Watch
from colonnade.primitives import clock
from colonnade.workspace import queries as workspace
from tests.doors.web_visits import text_of, visitor
from tests.world import World

LINES = ("The old bridge is closed!", "Who knows why the bridge is closed?", "The bridge is closed for weeks")
SCRIPT = "\n".join(f"Walker {at}: {words}" for at, words in enumerate(LINES))

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def bridge(world: World) -> Watch:
    return listening.add_watch("The bridge", "bridge", by=world.lea, opens_case=True)


def closing(world: World, watch: Watch | None, script: str = SCRIPT) -> Scenario:
    return actions.set_scenario(
        None,
        by=world.ana,
        name="The bridge closes",
        about="",
        watch=watch,
        owner=world.tomasz,
        script=script,
        steps=[StepWanted("call", "", 5, person=world.tomasz)],
    )


def played(world: World, scenario: Scenario, *, lines: int = len(LINES)) -> Run:
    run = actions.begin(scenario, drill=True, by=world.ana)
    for number in range(lines):
        actions.play_line(run.pk, number)
    worker.settle()
    return run


def test_a_drill_alarms_those_who_practise_and_says_that_it_is_one(world: World, bridge: Watch) -> None:
    run = played(world, closing(world, bridge), lines=2)
    assert not Alert.objects.exists(), "two posts are no alarm"
    actions.play_line(run.pk, 2)
    worker.settle()
    alert = queries.alarm_of(run)
    assert alert is not None
    assert alert.posts == 3
    for person in (world.ana, world.tomasz, world.lea):  # who began it, whom it calls, whose watch it is
        (told,) = (one for one in workspace.notices_for(world.viewer(person)) if one.alert)
        assert told.text.startswith("Drill: “The bridge” is unusually loud: 3 in five minutes")
        ringing = workspace.as_it_rings(world.viewer(person), told, clock.now().tzinfo)
        assert ringing.startswith("Drill: “The bridge” is unusually loud")
        assert "“The old bridge is closed!”" in ringing
    shown = text_of(visitor(world.tomasz).get(f"/listen/alerts/{alert.pk}"))
    assert "This is a drill" in shown
    assert "Noise" not in shown, "a drill is judged by nobody"
    assert "caught 3 of 3 lines" in text_of(visitor(world.lea).get(f"/scenarios/runs/{run.pk}"))
    assert "Drill" in text_of(visitor(world.lea).get(f"/listen/watches/{bridge.pk}"))


def test_nothing_of_a_drill_counts_while_it_runs_or_after(world: World, bridge: Watch) -> None:
    viewer = world.viewer(world.lea)
    run = played(world, closing(world, bridge))
    alert = queries.alarm_of(run)
    assert alert is not None
    (post, *_) = caught = heard.mentions_for(viewer, bridge)
    assert len(caught) == 3, "the watch catches what is played"
    finding = actions.write_finding(viewer, alert, "It is shut.", caught, by=world.lea)
    assert not finding.in_briefings
    actions.put_in_briefings(finding, True, by=world.lea)
    assert listening.correct_mood(post, "negative", by=world.lea)
    with pytest.raises(ValueError, match="no such choice"):
        actions.judge_alert(alert, "useful", by=world.lea)
    nothing_counts(world, bridge)
    desk.reply(Case.objects.earliest("pk"), "We look at once.", by=world.ana)
    worker.settle()
    actions.end(run, by=world.ana)
    worker.settle()
    nothing_counts(world, bridge)
    alert.refresh_from_db()
    assert alert.state == "over"
    assert not Finding.objects.exists()
    assert {case.state for case in Case.objects.all()} == {"solved"}
    assert not heard.mentions_for(viewer, bridge), "what was played is gone"
    assert not Dispatch.objects.exists(), (
        "an answer that is practised is written where only staff read, and sent to nobody"
    )


def nothing_counts(world: World, bridge: Watch) -> None:
    viewer, now = world.viewer(world.lea), clock.now()
    day = timedelta(days=1)
    assert not Rollup.objects.exists()
    assert not Total.objects.exists()
    assert not Sketch.objects.filter(posts__gt=0).exists(), "no trend"
    assert not Story.objects.exists()
    assert not Correction.objects.exists(), "no lesson"
    assert not counts(viewer, [bridge], since=now - day, before=now + day)[bridge.pk].posts
    assert not queries.precision(viewer)
    assert not queries.alerts_now(viewer, within=day)
    assert not queries.voices(viewer, [bridge], since=now - day)[0].posts
    assert not queries.moods(viewer, [bridge], since=now - day)[bridge.pk].negative
    assert not queries.told_most(viewer, [bridge], since=now - day, limit=5)
    assert not queries.tops(viewer, bridge).looked
    assert not queries.findings_between(viewer, bridge.pk, now - day, now + day)
    assert not inbox.unusual(viewer)
    assert not inbox.desk_now(viewer).waiting
    assert not inbox.first_answers(viewer, now - day).count
    assert not sum(queries.clocks(viewer).ages)
    briefing = Briefing(reader=world.lea)
    body = gathered(viewer, briefing, now - day, now + day, now)
    assert (body["alerts"], body["findings"], body["top"], body["waiting"]) == ([], [], [], [])
    assert body["cases"]["all"] == 0


def test_what_is_usual_stays_what_it_was_and_a_real_alert_beside_it(world: World, bridge: Watch) -> None:
    now = clock.now()
    with clock.stopped_at(now):
        worker.settle()
        work.learn_pulse(bridge.pk)
        state = Pulse.objects.get(watch=bridge).state["detector"]
        with act():
            real = Alert.objects.create(
                watch=bridge, since=now, raised_at=now, score=0.9, posts=9, expected=1, low=0, high=2
            )
        run = played(world, closing(world, bridge))
        assert Pulse.objects.get(watch=bridge).state["detector"] == state
    drilled = queries.alarm_of(run)
    assert drilled is not None
    conversations.receive(world.wire, [world.incoming("The bridge sways")])
    worker.settle()
    viewer = world.viewer(world.lea)
    assert queries.posts_of(viewer, drilled).count() == 3
    assert queries.posts_of(viewer, real).count() == 1, "each has its own posts"
    assert queries.precision(viewer)[0].alerts == 1


def test_a_drill_that_nobody_hears_says_so(world: World) -> None:
    deaf = listening.add_watch("Ferry", "ferry", by=world.lea)
    run = played(world, closing(world, deaf))
    actions.end(run, by=world.ana)
    shown = text_of(visitor(world.ana).get(f"/scenarios/runs/{run.pk}"))
    assert "“Ferry” caught 0 of 3 lines and alarmed nobody" in shown


def test_a_drill_that_nobody_ends_ends_by_itself(world: World, bridge: Watch) -> None:
    began = clock.now()
    with clock.stopped_at(began):
        run = actions.begin(closing(world, bridge), drill=True, by=world.ana)
        work.end_forgotten_drills()
    with clock.stopped_at(began + work.FORGOTTEN_AFTER + timedelta(minutes=1)):
        assert Run.objects.get(pk=run.pk).state == "running"
        work.end_forgotten_drills()
    assert Run.objects.get(pk=run.pk).state == "ended"
