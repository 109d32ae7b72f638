"""What the town does by itself: words that come due, and the quiet days that are filled in behind the first page."""

from __future__ import annotations

from datetime import timedelta

from colonnade.conversations import actions as conversations
from colonnade.conversations.queries import visible_to
from colonnade.core.db import action
from colonnade.core.work import enqueue, work
from colonnade.people import queries as people
from colonnade.primitives import clock, ids
from colonnade.web.story import arranged, quiet, stage
from colonnade.web.story.player import Player, account_of_town, ana
from colonnade.web.story.talk import talk

QUIET_DAYS_AT_ONCE = 6
LONGEST_WAIT_S = 30.0
COUNTED_AFTER = timedelta(seconds=15)


@work()
def tell_story() -> None:
    """Say what is due in the town's own spaces, and come back for the next word; while it is paused, nothing waits."""
    if not stage.runs() or account_of_town() is None:
        return
    position = stage.now().position
    player = Player()
    player.look()
    player.tell(one for one in talk() if 0 <= one.at <= position)
    in_s = stage.next_word_in_s()
    if in_s is not None:
        _come_back(min(in_s + 0.2, LONGEST_WAIT_S))


@action
def _come_back(in_s: float) -> None:
    enqueue(tell_story, due=clock.now() + timedelta(seconds=in_s), key="story")


@work()
def fill_quiet_days(day: int) -> None:
    """Let some of the quiet days before the story have been, from the latest back. Safe to run twice."""
    place = account_of_town() if stage.runs() else None
    if place is None or day > quiet.DAYS:
        return
    began, ends = stage.now().began, min(day + QUIET_DAYS_AT_ONCE, quiet.DAYS + 1)
    items = [item for one in range(day, ends) for item in quiet.posts_of(one, began)]
    conversations.receive(place, items)
    _fill_on(ends)


@action
def _fill_on(day: int) -> None:
    if day <= quiet.DAYS:
        enqueue(fill_quiet_days, day, key="quiet days")
    else:
        enqueue(tell_of_yesterday, due=clock.now() + COUNTED_AFTER, key="first editions")


@work()
def tell_of_yesterday() -> None:
    """The first briefings, when the quiet days have been counted."""
    if stage.runs():
        arranged.first_editions()


@action
def set_going() -> None:
    """Queue the words that come and the quiet days that are still missing."""
    enqueue(tell_story, key="story")
    enqueue(fill_quiet_days, 1, key="quiet days")


def quiet_days_there() -> int:
    """How many of the quiet days have been filled in, as the banner shows it."""
    place = account_of_town()
    somebody = ana()
    if place is None or somebody is None:
        return 0
    rows = visible_to(people.viewer_for(somebody)).filter(place=place)
    oldest = rows.order_by("pk").values_list("pk", flat=True).first()
    if oldest is None:
        return 0
    days = int((stage.now().began - ids.ms_of(oldest) / 1000) / 86_400)
    return quiet.DAYS if days >= quiet.DAYS - 1 else min(days, quiet.DAYS)
