"""What the town hall has planned for the day of the story, and the question whether it should wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext

from colonnade.people.models import Person
from colonnade.places.models import Place
from colonnade.primitives import clock
from colonnade.publishing import actions as publishing
from colonnade.publishing.types import Wanted
from colonnade.web.story.talk import planned

ASKS_AT_S = 240.0
_BEGINS = timedelta(hours=9, minutes=40)  # the time of day at which the story is set


def plan(account: Place, by: Person, began: float) -> None:
    """Plan the day's posts as far from the beginning as they are in the story."""
    _, posts = planned()
    for one in posts:
        hours, minutes = map(int, one.goes_at.split(":"))
        moment = datetime.fromtimestamp(began, UTC) + timedelta(hours=hours, minutes=minutes) - _BEGINS
        if moment > clock.now():
            draft = publishing.write(one.text, by=by, title="", targets=[Wanted(account.pk)])
            publishing.schedule(draft, moment.strftime("%Y-%m-%dT%H:%M"), "UTC", by=by)


def hold(by: Person) -> None:
    """Everything that is planned waits."""
    publishing.pause_all(gettext("The old bridge is closed."), by=by)
