"""Pages of what was heard and what is made of it, with something on each, for whoever looks at all pages."""

from __future__ import annotations

from datetime import time, timedelta

from colonnade.core.db import act
from colonnade.insight import actions as insight
from colonnade.insight.actions.scenarios import StepWanted
from colonnade.insight.models import Alert
from colonnade.listening import actions as listening
from colonnade.listening.models import Watch
from colonnade.primitives import clock
from tests.world import World


def addresses(world: World, lamps: Watch) -> list[str]:
    """What staff see of a watch, its alert, a briefing, and a scenario that is walked through."""
    other = listening.add_watch("Ferries", "ferry OR ferries", by=world.ana)
    run = _drill(world, lamps)
    return [
        f"/listen/{lamps.pk}/edit",
        f"/listen/{lamps.pk}/forecast",
        f"/listen/compare?w={lamps.pk}&w={other.pk}",
        f"/listen/compare?w={lamps.pk}&split=mood",
        f"/listen/lists/{listening.add_list('lights', 'lamps OR lanterns', by=world.ana).pk}",
        "/listen/alerts",
        f"/listen/alerts/{_alert(lamps).pk}",
        "/listen/trends",
        "/listen/moods",
        "/listen/keep?u=https%3A%2F%2Fharbour.example%2F&t=Lamps",
        "/inbox/what-if",
        "/wall/arrange",
        "/briefings",
        _edition(world, lamps),
        "/scenarios",
        "/scenarios/new",
        f"/scenarios/runs/{run}",
    ]


def _alert(watch: Watch) -> Alert:
    """Raised a moment ago; it takes a detector days of quiet to come to one."""
    now = clock.now()
    with act():
        return Alert.objects.create(
            watch=watch,
            since=now - timedelta(minutes=10),
            raised_at=now,
            score=0.9,
            posts=14,
            expected=2.0,
            low=0.0,
            high=4.0,
        )


def _edition(world: World, watch: Watch) -> str:
    briefing = insight.set_briefing(
        None,
        by=world.ana,
        reader=world.tomasz,
        name="Morning",
        every="day",
        weekday=0,
        at=time(9),
        by_mail=False,
        watches=[watch],
    )
    return f"/briefings/{briefing.pk}/{insight.make_one_now(briefing).pk}"


def _drill(world: World, watch: Watch) -> int:
    scenario = insight.set_scenario(
        None,
        by=world.ana,
        name="It is dark",
        about="No lamp burns.",
        watch=watch,
        owner=world.tomasz,
        script="Walker: All lamps are dark!",
        steps=[
            StepWanted("call", "ask the works", 5, person=world.lea),
            StepWanted("pause", "It is dark", 5),
        ],
    )
    return insight.begin(scenario, drill=True, by=world.ana).pk
