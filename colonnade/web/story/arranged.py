"""What the town hall has arranged for the day on which the bridge closes: a playbook, a wall, a briefing for the mayor."""

from __future__ import annotations

from datetime import time

from django.utils.translation import gettext

from colonnade.core.db import action
from colonnade.insight import actions as insight
from colonnade.insight import queries
from colonnade.insight.actions.scenarios import StepWanted
from colonnade.listening.models import Watch
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places.models import Place
from colonnade.publishing import actions as publishing
from colonnade.publishing.types import Wanted
from colonnade.web.story.cast import ANA, MAYOR, TOMASZ

_STATEMENT = (
    "The old bridge is closed until we know more. The ferry runs every fifteen minutes and takes bicycles free of charge. "
    "Line 4 goes by way of Millside. We write here again within the hour."
)
_DRILL = """Mrs Reed: They have closed the old bridge! Nobody tells us anything.
Postie Finn: The bridge is shut from both sides, the barriers are down.
Line 4 regular: Line 4 turns round before the bridge. How do I get to work?
Dad of two: Two children on the wrong side of the bridge and no answer from the town.
Tide Watcher: A crack in the third arch of the bridge, I can see it from the landing.
Harbour Echo: Does the town hall know that its bridge is closed?
Mrs Reed: Is the ferry running instead of the bridge?
Walker: The bridge again. It is always the bridge."""


def arrange(account: Place, bridge: Watch) -> None:
    """Write all of it down."""
    tomasz, mayor, ana = (_colleague(one.email) for one in (TOMASZ, MAYOR, ANA))
    statement = publishing.write(
        _STATEMENT, by=tomasz, title="The old bridge is closed", targets=[Wanted(account.pk)]
    )
    steps = (
        StepWanted("call", "the traffic desk is with him", 3, person=tomasz),
        StepWanted("pause", "The old bridge is closed.", 4),
        StepWanted("call", "she speaks for the town", 6, person=mayor),
        StepWanted("statement", "", 10, draft=statement),
        StepWanted("do", "Ask the ferry for a boat every fifteen minutes", 12),
        StepWanted("do", "Answer the first five who ask", 30),
    )
    insight.set_scenario(
        None,
        by=tomasz,
        name="The bridge closes",
        about="Four thousand people cross it every day. Within ten minutes they hear from us, and nothing cheerful goes out.",
        watch=bridge,
        owner=tomasz,
        script=_DRILL,
        steps=steps,
    )
    insight.set_route(tomasz, bridge, "at_once")
    for reader in (mayor, ana):
        insight.set_briefing(
            None,
            by=reader,
            reader=reader,
            name=gettext("Morning briefing"),
            every="day",
            weekday=0,
            at=time(9),
            by_mail=False,
            watches=[],
        )


def _colleague(email: str) -> Person:
    found = people.person_by_email(email)
    assert found is not None
    return found


@action
def first_editions() -> None:
    """What a briefing tells of the day before, as soon as the town has a past."""
    for one in (MAYOR, ANA):
        person = people.person_by_email(one.email)
        for briefing in queries.briefings_for(person) if person is not None else ():
            if not briefing.editions.exists():
                insight.make_one_now(briefing)
