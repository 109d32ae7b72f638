"""Background and timed work of listening, by ids."""

from __future__ import annotations

import logging

from django.db import DatabaseError

from colonnade.core import db, stream
from colonnade.core.work import STREAMS, Later, LeaseLost, enqueue, every, held, keep, stopping, work
from colonnade.listening import actions, queries
from colonnade.listening.actions import sifting
from colonnade.listening.actions.sifting import LASTS_S, NOTED_EVERY_S, SharedSieve, Sieve
from colonnade.listening.models import Watch
from colonnade.listening.mood import learn
from colonnade.networks.base import NetworkError, SignInNeeded, TryLater
from colonnade.networks.registry import UnknownConnector
from colonnade.people.models import Person
from colonnade.places import actions as place_actions
from colonnade.places import queries as places
from colonnade.places.models import Place
from colonnade.primitives import clock

log = logging.getLogger(__name__)

STREAMS_AT_ONCE = 16
LEASE_S = 60
SOON_S, LONGEST_PAUSE_S = 1.0, 300.0


@every(5)
@work()
def sift_due() -> None:
    """Queue the reading of every source that streams and that nobody reads."""
    with db.act():
        for place_id in places.streams_due(clock.now(), STREAMS_AT_ONCE):
            if not held(sift, str(place_id)):
                enqueue(sift, place_id, key=str(place_id))
            place_actions.note_queued(place_id, LASTS_S)


@every(3600)
@work(lease_s=1800, tries=2)
def learn_moods() -> None:
    """Learn how posts read from what staff say of them, in each language of which enough is new. What is learned is kept and
    switched on only where it is no worse than what it replaces."""
    for lang in queries.worth_learning():
        words = queries.lessons_in(lang)
        replaces = queries.MOODS.desk().reader_of(lang)
        lesson = learn(words, language=lang, version=queries.next_version(lang), replaces=replaces)
        if lesson.model is not None:
            actions.keep_lesson(lesson.model, lesson.verdict, corrections=len(words))


@work(lease_s=LEASE_S, queue=STREAMS)
def sift(place_id: int) -> None:
    """Read a source that streams for as long as this worker lives: keep what somebody listens for, drop the rest.

    A failure is noted with its reason and tried again later, never raised.
    """
    place = places.place_by_id(place_id)
    failures = place.polling.failures
    try:
        _read(place)
    except SignInNeeded as fault:
        place_actions.note_failed_poll(place, str(fault), health="sign_in_needed")
    except TryLater as fault:
        place_actions.note_failed_poll(place, str(fault), again_in_s=fault.after_s or _pause_s(failures))
    except (NetworkError, UnknownConnector, ValueError) as fault:
        why = str(fault) or type(fault).__name__
        place_actions.note_failed_poll(place, why, again_in_s=_pause_s(failures))
    except (DatabaseError, LeaseLost):
        raise
    except Exception as fault:  # a fault of ours must not make us ask again and again without a pause
        log.exception("Reading the stream of place %d failed", place.pk)
        why = f"It could not be taken in: {type(fault).__name__}"
        place_actions.note_failed_poll(place, why, again_in_s=LONGEST_PAUSE_S)


def _read(place: Place) -> None:
    """Read until the worker ends or the source is put away; an end after something came is no failure."""
    sieve = SharedSieve(place) if stream.is_shared() else Sieve(place)
    brought = False
    kept_s = clock.monotonic_s()
    batches = places.connection(place).stream(sieve.cursor)
    try:
        for batch in batches:
            sieve.take(batch)
            brought = brought or bool(batch.items)
            if stopping():
                sieve.note(again_in_s=0.0)
                return
            if clock.monotonic_s() - kept_s >= NOTED_EVERY_S:
                keep(LEASE_S)
                kept_s = clock.monotonic_s()
                if places.place_by_id(place.pk).archived_at is not None:
                    sieve.note()
                    return
    except (SignInNeeded, TryLater):
        raise
    except stream.Away as fault:
        raise TryLater(str(fault)) from fault
    except NetworkError as fault:
        if not brought:
            raise
        log.info("The stream of place %d ended: %s", place.pk, fault)
        sieve.note(again_in_s=SOON_S)
    finally:
        batches.close()


@stream.sharing(sifting.SHARED)
def take_shared(received: list[stream.Received]) -> None:
    """What each worker process does with what one of them put on the shared stream."""
    sifting.take_shared(received)


def _pause_s(failures: int) -> float:
    return min(2.0 ** min(failures, 20), LONGEST_PAUSE_S)


@work()
def catch_what_is_stored(watch_id: int) -> None:
    """Go on catching what is stored for one watch until that is done, or this worker ends and another goes on."""
    while actions.catch_more(watch_id):
        if stopping():
            raise Later(0.0)
        keep()


def backfill(watch: Watch, *, days: int | None, by: Person) -> None:
    """Have a watch catch what is stored too, of the last `days` or all of it. Raises PermissionDenied."""
    with db.act():
        actions.begin_backfill(watch, days=days, by=by)
        enqueue(catch_what_is_stored, watch.pk, key=str(watch.pk))


@every(24 * 3600)
@work()
def forget_sifted() -> None:
    """Drop old counts of what streamed by."""
    sifting.forget_sifted()
