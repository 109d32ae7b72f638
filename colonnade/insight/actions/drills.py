"""Drills: what is played alarms those who practise, and goes when the drill ends. Nothing of it counts among what is real."""

from __future__ import annotations

from django.utils.translation import gettext

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.core.db import action
from colonnade.inbox import actions as inbox
from colonnade.inbox import queries as inbox_queries
from colonnade.insight import queries, rules
from colonnade.insight.actions.alerts import tell_staff
from colonnade.insight.events import AlertOver, AlertRaised
from colonnade.insight.models import Alert, Finding, Run
from colonnade.insight.pulse import STEP_S, step_of
from colonnade.networks import base
from colonnade.networks.pretend import DRILLS, NETWORK
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import clock, ids


def drill_ground() -> Place:
    """The space in which drills are played: only staff read it, so nothing of a drill is ever public."""
    known = Run.objects.filter(place__archived_at=None, place__isnull=False).select_related("place").first()
    if known is not None and known.place is not None:
        return known.place
    return places.open_space(
        gettext("Drills"),
        audience=STAFF_ONLY,
        purpose=gettext("Rehearsals. Nothing here is real, nobody here is a real person."),
        expected_result=gettext("We know what to do before it happens."),
    )


@action
def play_line(run: int, number: int) -> bool:
    """Say one line of a drill's script, by somebody of the make-believe network; whether there is another one. Safe to
    run twice: the same line has the same address."""
    found = (
        Run.objects.select_related("scenario", "place").filter(pk=run, state="running", drill=True).first()
    )
    lines = rules.script_lines(found.scenario.script) if found is not None else []
    if found is None or found.place is None or number >= len(lines):
        return False
    who, words = lines[number]
    post = base.Post(
        uri=f"{queries.drill_address(found)}{number}",
        author=base.Author(network=NETWORK, address=f"{rules.handle(who)}@{DRILLS}", name=f"{who} (drill)"),
        text=words,
        published=clock.now(),
    )
    conversations.receive(found.place, [base.Item(raw=b"", read=(post,), external_id=post.uri)])
    return number + 1 < len(lines)


# --- its alarm --------------------------------------------------------------------------------------------------------


@action
def alarm_in_drills(watch: int) -> None:
    """A watch caught what is played: it alarms those who practise as soon as it has as many posts of a drill in five minutes as
    alarm in earnest (`rules.alarming`), those that are said in earnest meanwhile left out. It alarms once, and counts on. What is
    usual stays what it was: the pulse hears nothing of it."""
    running = Run.objects.select_for_update(of=("self",)).filter(state="running", drill=True)
    for run in running.filter(scenario__watch=watch).select_related("scenario__watch").order_by("pk"):
        assert run.scenario.watch is not None
        caught = queries.caught_in_drill(run)
        lines, earnest = len(rules.script_lines(run.scenario.script)), queries.alarms_from(run.scenario.watch)
        wanted = rules.alarming(lines, earnest)
        lately = ids.first_of(clock.now_ms() - STEP_S * 1000) if wanted == earnest else 0
        if queries.alarm_of(run) or sum(post >= lately for post in caught) >= wanted:
            _alarm(run, len(caught))


def _alarm(run: Run, caught: int) -> None:
    assert run.scenario.watch is not None
    step = step_of(clock.ms_of(run.began_at))
    middle, low, high = queries.usual_at(run.scenario.watch, step)
    told = {"score": 1.0, "posts": caught, "expected": middle, "low": low, "high": high}
    alert, made = Alert.objects.get_or_create(
        run=run,
        defaults=told
        | {
            "watch": run.scenario.watch,
            "since": clock.moment_of(step * STEP_S * 1000),
            "raised_at": clock.now(),
        },
    )
    if not made:
        Alert.objects.filter(pk=alert.pk).update(posts=caught)
        return
    tell_staff(AlertRaised(alert=alert.pk, watch=alert.watch_id, step=step), alert.watch_id)


# --- its end ----------------------------------------------------------------------------------------------------------


def sweep(run: Run, *, by: Person) -> None:
    """Take away what was played, and what came of it: cases are closed as a drill, findings go, its alarm is over and stays
    with the run."""
    if run.place is None:
        return
    seen = conversation_queries.visible_to(people.viewer_for(by))
    played = dict(
        seen.filter(place=run.place, said__uri__startswith=queries.drill_address(run)).values_list(
            "said__uri", "conversation"
        )
    )
    for case in inbox_queries.cases_in(list(played.values())).values():
        if case.state != "solved":
            inbox.solve(case, by=by, outcome=gettext("Drill"))
    gone = [base.Item(raw=b"", read=(base.Deletion(uri=uri),), external_id=uri) for uri in sorted(played)]
    conversations.receive(run.place, gone)
    Finding.objects.filter(alert__run=run).delete()
    for alert in Alert.objects.select_for_update(of=("self",)).filter(run=run, state="open"):
        alert.state, alert.over_at = "over", clock.now()
        alert.save(update_fields=["state", "over_at"])
        tell_staff(AlertOver(alert=alert.pk, watch=alert.watch_id), alert.watch_id)
