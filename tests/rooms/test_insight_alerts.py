"""Alerts: what a watch catches is judged while it comes in, told once, and ends by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from colonnade.conversations import actions as conversations
from colonnade.core import events
from colonnade.core.db import act
from colonnade.core.work import run_due
from colonnade.insight import actions, queries
from colonnade.insight.actions.scenarios import StepWanted
from colonnade.insight.events import AlertOver, AlertRaised
from colonnade.insight.models import Alert, Pulse, Run
from colonnade.insight.pulse import STEP_S, Beat, step_of
from colonnade.listening import actions as listening
from colonnade.listening.models import Watch
from colonnade.networks import base
from colonnade.places import actions as places
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import clock
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 18, 12, 1, tzinfo=UTC)
DAYS = 10
Move = Callable[[float], None]


@pytest.fixture
def move() -> Iterator[Move]:
    with clock.stopped_at(NOON - timedelta(days=DAYS)) as by:
        yield by


@pytest.fixture
def world(move: Move) -> World:
    return World.make()


@pytest.fixture
def bridge(world: World, move: Move) -> Watch:
    """Ana listens for the bridge, of which two posts a day were heard until now."""
    watch = listening.add_watch("Bridge", "bridge", by=world.ana)
    move(DAYS * 86_400)
    past = [
        post(
            world,
            "Fog on the bridge this morning",
            back=timedelta(days=day, hours=hour),
            author=f"walker{day}",
        )
        for day in range(1, DAYS)
        for hour in (3, 9)
    ]
    conversations.receive(world.wire, past)
    heard()
    work(move)
    return watch


def post(world: World, text: str, *, back: timedelta = timedelta(), author: str = "river.watch") -> base.Item:
    item = world.incoming(text, author=author)
    (said,) = item.read
    assert isinstance(said, base.Post)
    return base.Item(raw=item.raw, read=(replace(said, published=clock.now() - back),))


def say(
    world: World, count: int, text: str = "The bridge is closed", *, back: timedelta = timedelta()
) -> None:
    items = [post(world, f"{text} ({n})", back=back, author=f"person{n % 5}") for n in range(count)]
    conversations.receive(world.wire, items)
    heard()


def heard() -> None:
    events.stamp()
    while events.pump():
        events.stamp()


def work(move: Move) -> None:
    move(2)
    while run_due():
        heard()


def alerts(watch: Watch) -> list[Alert]:
    return list(Alert.objects.filter(watch=watch).order_by("since"))


def test_a_burst_is_told_in_the_step_that_still_runs(world: World, bridge: Watch) -> None:
    say(world, 3)
    assert alerts(bridge) == [], "three are no burst"
    say(world, 12)
    (alert,) = alerts(bridge)
    assert (alert.state, alert.posts) == ("open", 15)
    assert alert.score > 0.5
    assert alert.expected < 1
    assert clock.ms_of(alert.since) == step_of(clock.now_ms()) * STEP_S * 1000


def test_an_episode_is_told_once_and_ends_after_a_silent_night(
    world: World, bridge: Watch, move: Move
) -> None:
    for _ in range(3):
        say(world, 12)
        move(STEP_S)
    assert len(alerts(bridge)) == 1
    move(13 * 3600)
    actions.let_pass(bridge.pk)
    (alert,) = alerts(bridge)
    assert alert.state == "over"
    assert alert.over_at == clock.now()
    heard()
    raised = [one.event for one in events.since(0, kinds=(AlertRaised, AlertOver))]
    assert [type(one) for one in raised] == [AlertRaised, AlertOver]
    say(world, 30)
    assert [one.state for one in alerts(bridge)] == ["over", "open"], "what comes after it is another one"


def test_what_becomes_three_times_as_loud_is_told_again(world: World, bridge: Watch, move: Move) -> None:
    say(world, 12)
    move(STEP_S)
    say(world, 90)
    (alert,) = alerts(bridge)
    told = [one.event for one in events.since(0, kinds=(AlertRaised,))]
    assert [one.again for one in told if isinstance(one, AlertRaised)] == [False, True]
    assert alert.posts == 90


def test_silence_is_learned_as_silence(world: World, bridge: Watch, move: Move) -> None:
    move(7 * 3600)
    assert bridge.pk in queries.waiting_for_time()
    actions.let_pass(bridge.pk)
    assert Pulse.objects.get(pk=bridge.pk).upto == step_of(clock.now_ms())
    assert bridge.pk not in queries.waiting_for_time()
    assert alerts(bridge) == []


def test_what_comes_late_counts_where_it_arrives_and_once(world: World, bridge: Watch) -> None:
    actions.let_pass(bridge.pk)
    before = Pulse.objects.get(pk=bridge.pk).upto
    say(world, 15, back=timedelta(minutes=12))
    (alert,) = alerts(bridge)
    assert alert.posts == 15
    assert Pulse.objects.get(pk=bridge.pk).upto == before, "nothing is rewound"
    caught = [pk for event in events.since(0, limit=5000) for pk in getattr(event.event, "posts", ())]
    actions.hear_mentions({bridge.pk: caught})
    actions.let_pass(bridge.pk)
    assert alerts(bridge)[0].posts == 15, "hearing it twice does no harm"


def test_what_was_said_long_ago_is_learned_and_not_told(world: World, bridge: Watch, move: Move) -> None:
    say(world, 40, back=timedelta(days=3))
    work(move)
    assert alerts(bridge) == []
    say(world, 15)
    assert len(alerts(bridge)) == 1, "an old burst does not silence a new one"


def test_what_was_loud_while_nobody_listened_in_is_told_afterwards(
    world: World, bridge: Watch, move: Move
) -> None:
    conversations.receive(world.wire, [post(world, f"Bridge closed {n}") for n in range(15)])
    move(2 * 3600)
    heard()
    (alert,) = alerts(bridge)
    assert clock.ms_of(alert.since) == step_of(clock.now_ms() - 2 * 3_600_000) * STEP_S * 1000


def test_a_new_watch_says_nothing_before_it_knows_what_is_usual(world: World, move: Move) -> None:
    watch = listening.add_watch("Ferry", "ferry", by=world.ana)
    heard()
    work(move)
    say(world, 40, "The ferry is late")
    assert alerts(watch) == []


def test_a_changed_query_and_a_pause_begin_anew_without_an_alarm(
    world: World, bridge: Watch, move: Move
) -> None:
    listening.pause_watch(bridge, by=world.ana)
    heard()
    move(5 * 86_400)
    listening.resume_watch(bridge, by=world.ana)
    heard()
    assert Pulse.objects.get(pk=bridge.pk).upto == step_of(clock.now_ms())
    listening.change_watch(bridge, by=world.ana, query="bridge OR fog")
    heard()
    say(world, 2)
    work(move)
    bridge.refresh_from_db()
    assert Pulse.objects.get(pk=bridge.pk).state["version"] == bridge.version
    assert alerts(bridge) == []


def test_a_state_of_another_release_is_learned_anew(world: World, bridge: Watch, move: Move) -> None:
    pulse = Pulse.objects.get(pk=bridge.pk)
    pulse.state["detector"]["version"] = 0
    with act():
        pulse.save()
    actions.let_pass(bridge.pk)
    say(world, 2)
    work(move)
    say(world, 12)
    assert len(alerts(bridge)) == 1


def test_what_not_all_of_staff_may_see_raises_no_alert(world: World, bridge: Watch) -> None:
    for n in range(15):
        world.start(world.partners, f"The bridge is closed {n}", by=world.partner)
    heard()
    assert alerts(bridge) == []


def test_an_alert_says_what_is_different(world: World, bridge: Watch, move: Move) -> None:
    say(world, 15, "A lorry hit the bridge")
    work(move)
    (alert,) = alerts(bridge)
    words = [one.what for one in queries.different(world.viewer(world.lea), alert) if one.kind == "word"]
    assert "lorry" in words
    assert "bridge" not in words, "it was asked for"
    assert (
        queries.different(world.viewer(world.okafor), alert) == [] or not world.viewer(world.okafor).is_staff
    )
    assert queries.alert_for(world.viewer(world.okafor), alert.pk) is None


def test_verdicts_say_how_good_alerts_are(world: World, bridge: Watch) -> None:
    say(world, 15)
    (alert,) = alerts(bridge)
    actions.judge_alert(alert, "useful", by=world.lea)
    (told,) = queries.precision(world.viewer(world.ana))
    assert (told.alerts, told.judged, told.share) == (1, 1, 100)
    actions.judge_alert(alert, "", by=world.lea)
    (told,) = queries.precision(world.viewer(world.ana))
    assert (told.judged, told.share) == (0, None)


def test_who_is_told_is_the_nearest_choice(world: World, bridge: Watch) -> None:
    assert queries.to_be_told(bridge) == [(world.ana, "at_once")], "it is Ana's watch"
    actions.set_route(world.lea, None, "digest")
    actions.set_route(world.ana, bridge, "not")
    assert queries.to_be_told(bridge) == [(world.lea, "digest")]
    actions.set_route(world.lea, bridge, "at_once")
    actions.set_route(world.ana, bridge, "")
    assert dict(queries.to_be_told(bridge)) == {world.ana: "at_once", world.lea: "at_once"}
    bridge.owner = None
    assert {one for one, _ in queries.to_be_told(bridge)} == {world.ines, world.tomasz, world.lea}


def on_the_wall(world: World) -> str:
    lea = visitor(world.lea)
    with few_statements():
        return text_of(lea.get("/wall?part=unusual"))


def test_the_wall_says_since_when_an_alert_is_open_and_never_that_nothing_is_unusual(
    world: World, bridge: Watch, move: Move
) -> None:
    say(world, 15)
    shown = on_the_wall(world)
    assert "15 in the last hour, where 0 is usual." in shown
    assert "<b>15</b> posts, open since 12:00" in " ".join(shown.split())
    move(3 * 3600)
    shown = " ".join(on_the_wall(world).split())
    assert alerts(bridge)[0].state == "open"
    assert "in the last hour" not in shown
    assert "Nothing unusual" not in shown
    assert "<b>15</b> posts, open since 12:00" in shown
    assert "mentions in 24 hours. 1 stands out." in shown
    move(13 * 3600)
    actions.let_pass(bridge.pk)
    assert alerts(bridge)[0].state == "over"
    assert "open since" not in on_the_wall(world)


def test_an_alert_of_what_staff_alone_may_read_is_not_on_the_wall(world: World, bridge: Watch) -> None:
    private = places.add_source("feeds", "https://wire.example/staff", audience=STAFF_ONLY)
    conversations.receive(private, [post(world, f"The bridge is closed {n}") for n in range(15)])
    heard()
    assert alerts(bridge)[0].state == "open"
    assert "Nothing unusual" in on_the_wall(world)
    assert "open since" not in on_the_wall(world)


def test_a_drill_alarms_from_as_many_posts_on_as_alarm_in_earnest(
    world: World, bridge: Watch, move: Move
) -> None:
    earnest = queries.alarms_from(bridge)
    assert 3 < earnest < 15
    script = "\n".join(f"Walker {n}: The bridge is closed, {n}" for n in range(earnest + 2))
    run = drill(world, bridge, script)
    for number in range(earnest - 1):
        actions.play_line(run.pk, number)
    move(STEP_S + 1)  # what was said then is more than five minutes ago
    for number in range(earnest - 1, earnest + 2):
        actions.play_line(run.pk, number)
    heard()
    assert queries.alarm_of(run) is None
    shown = text_of(visitor(world.ana).get(f"/scenarios/runs/{run.pk}"))
    assert f"It alarms as in earnest: from {queries.alarms_from(bridge)} posts in five minutes on." in shown
    actions.end(run, by=world.ana)
    run = drill(world, bridge, script)
    for number in range(earnest - 1):
        actions.play_line(run.pk, number)
    heard()
    assert queries.alarm_of(run) is None
    actions.play_line(run.pk, earnest - 1)
    heard()
    alarm = queries.alarm_of(run)
    assert alarm is not None
    assert alarm.posts == earnest
    say(world, earnest)
    assert {one.run for one in alerts(bridge)} == {run, None}, "and in earnest at the same"


def test_a_drill_with_fewer_lines_alarms_at_the_third_and_says_why(world: World, bridge: Watch) -> None:
    run = drill(world, bridge, "\n".join(f"Walker {n}: The bridge is closed, {n}" for n in range(3)))
    for number in range(2):
        actions.play_line(run.pk, number)
    heard()
    assert queries.alarm_of(run) is None
    actions.play_line(run.pk, 2)
    heard()
    assert queries.alarm_of(run) is not None
    shown = text_of(visitor(world.ana).get(f"/scenarios/runs/{run.pk}"))
    assert "more than this drill has lines" in shown
    assert "the drill alarms from 3 posts on." in shown


def test_in_the_middle_of_a_real_burst_a_drill_alarms_from_as_many_on_as_on_a_calm_day(
    world: World, bridge: Watch, move: Move
) -> None:
    for _ in range(3):
        say(world, 24)
        move(STEP_S)
    work(move)
    actions.let_pass(bridge.pk)
    beat = Beat.restored(Pulse.objects.get().state, Pulse.objects.get().upto)
    beat.forget_episode()
    assert beat.would_judge(2), "the next post is one of the burst"
    assert 3 < queries.alarms_from(bridge) < 15


def drill(world: World, watch: Watch, script: str) -> Run:
    scenario = actions.set_scenario(
        None,
        by=world.ana,
        name="The bridge closes",
        about="",
        watch=watch,
        owner=world.ana,
        script=script,
        steps=[StepWanted("do", "Ask the ferry", 5)],
    )
    return actions.begin(scenario, drill=True, by=world.ana)
