"""What the town hall has planned for the day of the story, what waits there for a second person, and the question whether
all of it should wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext

from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places.models import Place
from colonnade.primitives import clock
from colonnade.publishing import actions as publishing
from colonnade.publishing import queries as drafts
from colonnade.publishing.models import Draft
from colonnade.publishing.types import Wanted
from colonnade.web.story.cast import MAYOR, TOMASZ
from colonnade.web.story.talk import planned

ASKS_AT_S = 240.0
_BEGINS = timedelta(hours=9, minutes=40)  # the time of day at which the story is set
_WAITS = (
    "On Thursday the town hall opens at ten, not at eight: the whole house learns first aid, "
    "the mayor included. The ferry office opens at six, as it has since the ferry was a rowing boat."
)


def plan(account: Place, by: Person, began: float) -> None:
    """Plan the day's posts as far from the beginning as they are in the story. The press office approves what goes out
    from the town's account; one text still waits for that."""
    mayor, tomasz = _colleague(MAYOR.email), _colleague(TOMASZ.email)
    publishing.ask_for_approval(account, True, by=mayor)
    _, posts = planned()
    for one in posts:
        hours, minutes = map(int, one.goes_at.split(":"))
        moment = datetime.fromtimestamp(began, UTC) + timedelta(hours=hours, minutes=minutes) - _BEGINS
        if moment > clock.now():
            draft = publishing.write(one.text, by=by, title="", targets=[Wanted(account.pk)])
            publishing.schedule(draft, moment.strftime("%Y-%m-%dT%H:%M"), "UTC", by=by)
            _approve(draft, tomasz)
    publishing.ask_review(publishing.write(_WAITS, by=by, targets=[Wanted(account.pk)]), by=by)


def _colleague(email: str) -> Person:
    found = people.person_by_email(email)
    assert found is not None
    return found


def _approve(draft: Draft, by: Person) -> None:
    line = drafts.draft_for(people.viewer_for(by), draft.pk)
    assert line is not None
    assert line.review is not None
    publishing.approve(draft, by=by, seen=line.review.fingerprint)


def approval_fell() -> bool:
    """Whether something that Tomasz approved was changed afterwards."""
    tomasz = people.person_by_email(TOMASZ.email)
    return tomasz is not None and drafts.has_fallen(tomasz)


def hold(by: Person) -> None:
    """Everything that is planned waits."""
    publishing.pause_all(gettext("The old bridge is closed."), by=by)
