"""What insight has done in the background, and by the clock."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.conf import settings

from colonnade.core.db import act
from colonnade.core.work import enqueue, every, work
from colonnade.insight import actions, queries, rules
from colonnade.networks.base import NetworkError
from colonnade.networks.http import Client
from colonnade.networks.jetstream.names import Called, called
from colonnade.primitives import clock, ids

log = logging.getLogger(__name__)

LEARN_AFTER = timedelta(seconds=1)
COUNTED_AT_ONCE = 200
LOOK_AGAIN_AFTER = timedelta(seconds=60)


# --- alerts -----------------------------------------------------------------------------------------------------------


def hear(found: Mapping[int, Sequence[int]]) -> None:
    """Judge what watches have caught; where the past of one must be known first, that is learned in the background."""
    for watch in actions.hear_mentions(found):
        queue_learning(watch)


def queue_learning(watch: int) -> None:
    """Learn what is usual for a watch, once however many ask."""
    enqueue(learn_pulse, watch, due=clock.now() + LEARN_AFTER, key=f"pulse:{watch}")


def queue_difference(alert: int) -> None:
    """Look what is different at once, and again when more was said."""
    enqueue(say_what_differs, alert)
    enqueue(say_what_differs, alert, due=clock.now() + LOOK_AGAIN_AFTER, key=f"differs:{alert}")


@work()
def learn_pulse(watch: int) -> None:
    """Learn what is usual for a watch from its last four weeks."""
    beat = queries.learned(watch)
    if beat is not None:
        actions.keep_pulse(watch, beat)


@work()
def say_what_differs(alert: int) -> None:
    """Look what is different in the posts of an alert."""
    differs = queries.differs(alert)
    if differs is not None:
        actions.keep_difference(alert, differs)


@every(300)
@work(lease_s=120)
def let_time_pass() -> None:
    """Silence is heard as well: episodes end by it, and no watch lies a night behind."""
    for watch in queries.waiting_for_time():
        actions.let_pass(watch)
    for alert in queries.still_open():
        enqueue(say_what_differs, alert, key=f"differs:{alert}")


FORGOTTEN_AFTER = timedelta(hours=4)


@every(900)
@work()
def end_forgotten_drills() -> None:
    """A drill that nobody ends does not stay."""
    for run in queries.forgotten_drills(clock.now() - FORGOTTEN_AFTER):
        by = run.by or run.scenario.owner
        if by is not None:
            actions.end(run, by=by)


# --- trends -----------------------------------------------------------------------------------------------------------


def count(posts: Sequence[int]) -> None:
    """Count what a few new posts say at once, and many in the background: nobody shall wait for it with a lock."""
    newest = rules.hour_of(ids.first_of(clock.now_ms()))
    if len(posts) <= COUNTED_AT_ONCE and all(newest - rules.hour_of(post) <= 1 for post in posts):
        count_terms(list(posts))
        return
    for at in range(0, len(posts), COUNTED_AT_ONCE):
        enqueue(count_terms, list(posts[at : at + COUNTED_AT_ONCE]))


@work()
def count_terms(posts: list[int]) -> None:
    """Count what new posts say, hour by hour, each in a moment of its own."""
    for hour, said in sorted(queries.terms_by_hour(posts).items()):
        actions.count_hour(hour, said)


@every(120)
@work(lease_s=120)
def keep_trends() -> None:
    """What rises is looked for while it rises."""
    hour = rules.hour_of(ids.first_of(clock.now_ms()))
    actions.keep_trends(hour, queries.rising_now(hour))
    if settings.COLONNADE_PLC_URL:
        for did in queries.authors_to_name(hour):
            enqueue(learn_author_name, did, key=did[:200])


@work(tries=1)
def learn_author_name(did: str) -> None:
    """Look up what an author of most posts is called. Who cannot be asked now is asked again a day later."""
    http = Client(allowed_private_hosts=settings.COLONNADE_ALLOW_PRIVATE_HOSTS)
    try:
        found = called(did, http, directory=settings.COLONNADE_PLC_URL)
    except NetworkError as fault:
        log.info("%s could not be looked up: %s", did, fault)
        found = Called()
    actions.keep_author_name(did, found.handle, confirmed=found.confirmed)


# --- drills -----------------------------------------------------------------------------------------------------------

BETWEEN_LINES = timedelta(seconds=6)


@work()
def play_drill(run: int, number: int) -> None:
    """Say the next line of a drill, and come back for the one after it; where the drill is over, nothing is said."""
    with act():
        if actions.play_line(run, number):
            due = clock.now() + BETWEEN_LINES
            enqueue(play_drill, run, number + 1, due=due, key=f"drill:{run}:{number + 1}")
