"""The pulse of each watch, and the alerts that come of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext

from colonnade.access import actions as access
from colonnade.core.db import action
from colonnade.core.events import Hint, announce
from colonnade.insight.events import AlertOver, AlertRaised
from colonnade.insight.models import Alert, Pulse, Route
from colonnade.insight.pulse import LATE_S, STEP_S, Beat, Loud, step_of
from colonnade.insight.queries.pulse import counts_by_step, first_id, newest_known, unknown_of
from colonnade.listening.models import Watch
from colonnade.people.models import Person
from colonnade.people.rules import is_staff
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import clock, ids

LONG_AGO_S = 86_400
VERDICTS = ("", "useful", "noise")
ROUTES = ("at_once", "digest", "not")


@action
def hear_mentions(found: Mapping[int, Sequence[int]]) -> list[int]:
    """Judge what watches have just caught, by watch its posts. Returns those whose past must be learned (anew) first: nothing is
    known of it, it asks for something else now, or posts of long ago came in. Safe to run twice."""
    versions = dict(Watch.objects.filter(pk__in=found, state="active").values_list("pk", "version"))
    known = {pulse.pk: pulse for pulse in _held(Pulse.objects.filter(pk__in=versions))}
    pulses = [pulse for pk, pulse in known.items() if pulse.state["version"] == versions[pk]]
    _go_on([(pulse, found[pulse.pk]) for pulse in pulses if Beat.can_read(pulse.state)])
    to_learn = versions.keys() - {pulse.pk for pulse in pulses if Beat.can_read(pulse.state)}
    for pulse in pulses:
        fed_before = first_id(pulse.upto) - ids.first_of(LONG_AGO_S * 1000)
        if any(post < fed_before for post in found[pulse.pk]):
            to_learn.add(pulse.pk)
    return sorted(to_learn)


@action
def let_pass(watch: int) -> None:
    """Time passes: what is over is fed, silence too, and an episode that has ended ends."""
    pulses = _held(Pulse.objects.filter(pk=watch, watch__state="active"))
    _go_on([(pulse, ()) for pulse in pulses if Beat.can_read(pulse.state)])


def _held(pulses: QuerySet[Pulse]) -> list[Pulse]:
    """These, locked in the order of their ids."""
    return list(pulses.select_for_update(of=("self",)).order_by("pk"))


def _go_on(heard: Sequence[tuple[Pulse, Sequence[int]]]) -> None:
    """Feed what is over, judge what runs, keep what is known: of several watches with a few statements for all."""
    running = step_of(clock.now_ms())
    beats = {pulse.pk: Beat.restored(pulse.state, pulse.upto) for pulse, _ in heard}
    late = {
        pulse.pk: beats[pulse.pk].take_late(_late(pulse.pk, posts, beats[pulse.pk])) for pulse, posts in heard
    }
    counts = counts_by_step({pk: beat.upto for pk, beat in beats.items()})
    over = [pk for pk, beat in beats.items() if running > beat.upto]
    seen = newest_known(over, running)
    is_open = _with_an_open_alert(over)
    changed = []
    for pulse, _ in heard:
        pk, beat = pulse.pk, beats[pulse.pk]
        if running <= beat.upto and not late[pk] and not beat.would_judge(counts[pk][running]):
            continue
        if running > beat.upto:
            told = beat.feed(running, counts[pk], seen.get(pk, 0))
            for loud in told:
                _tell(pk, loud)
            if told or pk in is_open:
                _end_all_but(pk, beat.since)
        now = beat.judge(counts[pk][running])
        if now is not None:
            _tell(pk, now)
        pulse.state, pulse.upto = beat.state(), beat.upto
        changed.append(pulse)
    _keep_all(changed)


def _keep_all(pulses: Sequence[Pulse]) -> None:
    if pulses:
        Pulse.objects.bulk_create(
            pulses, update_conflicts=True, unique_fields=["watch"], update_fields=["state", "upto"]
        )


def _with_an_open_alert(watches: Collection[int]) -> set[int]:
    if not watches:
        return set()
    rows = Alert.objects.filter(watch__in=watches, state="open", run=None)
    return set(rows.values_list("watch_id", flat=True))


def _late(watch: int, posts: Iterable[int], beat: Beat) -> list[int]:
    """Those that came for a step which was over and fed, and not too long after it."""
    oldest = ids.first_of(clock.now_ms() - LATE_S * 1000)
    came = [post for post in posts if oldest <= post < first_id(beat.upto)]
    return unknown_of(watch, came, beat.seen) if came else []


@action
def keep_pulse(watch: int, beat: Beat) -> None:
    """Keep what was learned of a watch (`queries.learned`), unless it asks for something else by now. Nothing of the past is
    told; an episode that is open goes on. Safe to run twice."""
    found = Watch.objects.filter(pk=watch, state="active", version=beat.version).first()
    if found is None:
        return
    alert = Alert.objects.filter(watch=watch, state="open", run=None).first()
    if alert is None:
        beat.forget_episode()
    else:
        beat.keep_episode(_step(alert.since), alert.posts, alert.expected)
    Pulse.objects.update_or_create(watch=found, defaults={"state": beat.state(), "upto": beat.upto})
    let_pass(watch)


@action
def attune(watch: int) -> None:
    """A watch was paused, resumed or asks for something else: while it was paused nothing was heard, which is no silence."""
    found = Watch.objects.filter(pk=watch).first()
    pulse = Pulse.objects.select_for_update().filter(pk=watch).first()
    if found is None or pulse is None or pulse.state["version"] != found.version:
        return
    if not Beat.can_read(pulse.state):
        return
    beat = Beat.restored(pulse.state, pulse.upto)
    if found.state == "paused":
        beat.asleep = True
        _end_all_but(watch, None)
    elif beat.asleep:
        beat.asleep = False
        beat.skip_to(step_of(clock.now_ms()))
        beat.forget_episode()
    pulse.state, pulse.upto = beat.state(), beat.upto
    pulse.save()


# --- alerts -----------------------------------------------------------------------------------------------------------


def _tell(watch: int, loud: Loud) -> None:
    """An alert for an episode that was not told; in one that was, its numbers, and once more where it is clearly louder."""
    reading, since = loud.reading, _moment(loud.since)
    told = {
        "score": reading.score,
        "posts": loud.posts,
        "expected": reading.expected,
        "low": reading.low,
        "high": reading.high,
    }
    _end_all_but(watch, loud.since)
    row, made = Alert.objects.get_or_create(
        watch_id=watch, since=since, run=None, defaults={**told, "raised_at": clock.now()}
    )
    if not made:
        for field, value in told.items():
            setattr(row, field, value)
        row.save(update_fields=list(told))
    if made or loud.again:
        tell_staff(AlertRaised(alert=row.pk, watch=watch, step=loud.step, again=not made), watch)


def _end_all_but(watch: int, since: int | None) -> None:
    """An open alert is over when its episode is: when none is open, or another one that began at `since`."""
    row = Alert.objects.select_for_update().filter(watch=watch, state="open", run=None).first()
    if row is None or since == _step(row.since):
        return
    row.state, row.over_at = "over", clock.now()
    row.save(update_fields=["state", "over_at"])
    tell_staff(AlertOver(alert=row.pk, watch=watch), watch)


def tell_staff(event: AlertRaised | AlertOver, watch: int) -> None:
    """Announce that something is unusual, or no longer is: whoever shows the watch looks again, and whoever shows what is
    unusual at all."""
    staff = access.intern(STAFF_ONLY).pk
    announce(event, subject=f"watch:{watch}", hints=[Hint(staff, watch=watch), Hint(staff)])


def _step(moment: datetime) -> int:
    return step_of(clock.ms_of(moment))


def _moment(step: int) -> datetime:
    return clock.moment_of(step * STEP_S * 1000)


@action
def keep_difference(alert: int, differs: dict[str, list[dict[str, object]]]) -> None:
    """Keep with an alert what is different in its posts (`queries.differs`)."""
    Alert.objects.filter(pk=alert).update(differs=differs)


@action
def judge_alert(alert: Alert, verdict: str, *, by: Person) -> None:
    """Say whether an alert was useful or noise; "" takes it back. A drill is neither. Raises PermissionDenied, ValueError."""
    if not is_staff(by):
        raise PermissionDenied("Only people of staff judge an alert.")
    if verdict not in VERDICTS or alert.drill:
        raise ValueError(gettext("There is no such choice."))
    alert.verdict, alert.verdict_by = verdict, by if verdict else None
    alert.verdict_at = clock.now() if verdict else None
    alert.save(update_fields=["verdict", "verdict_by", "verdict_at"])


@action
def set_route(person: Person, watch: Watch | None, how: str) -> None:
    """How somebody wants to hear of alerts of one watch, or (None) of all that have no choice of their own; "" leaves it to
    the next wider choice. Raises PermissionDenied, ValueError."""
    if not is_staff(person):
        raise PermissionDenied("Only people of staff hear of alerts.")
    if how and how not in ROUTES:
        raise ValueError(gettext("There is no such choice."))
    rows = Route.objects.filter(person=person, watch=watch)
    if not how:
        rows.delete()
    elif not rows.update(how=how):
        Route.objects.create(person=person, watch=watch, how=how)
