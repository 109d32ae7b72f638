"""Work: queued in an action, taken under a lease, taken again when its worker dies, kept when it fails for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from colonnade.core import db, points, work
from colonnade.core.models import Job, Schedule
from colonnade.primitives import clock

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
ran: list[object] = []


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran.clear()


@work.work(lease_s=60, tries=5)
def ring(bell: int) -> None:
    ran.append(bell)


@work.work(tries=3)
def break_down(bell: int) -> None:
    ran.append(bell)
    raise ValueError(f"bell {bell} is cracked")


@work.work()
def not_yet(bell: int) -> None:
    ran.append(bell)
    raise work.Later(90)


@work.work(lease_s=600)
def toll() -> None:
    ran.append("toll")


def plain(bell: int) -> None:
    ran.append(bell)


def test_work_runs_once_and_is_gone() -> None:
    work.enqueue(ring, 1)
    assert work.run_due(10) == 1
    assert work.run_due(10) == 0
    assert ran == [1]
    assert not Job.objects.exists()


def test_work_of_an_action_that_failed_is_not_queued() -> None:
    @db.action
    def fail() -> None:
        work.enqueue(ring, 1)
        raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert work.run_due(10) == 0


def test_work_waits_until_it_is_due() -> None:
    with clock.stopped_at(MORNING) as move:
        work.enqueue(ring, 1, due=MORNING + timedelta(minutes=5))
        assert work.run_due(10) == 0
        assert work.oldest_due_ms() is None
        move(301)
        assert work.oldest_due_ms() == int(MORNING.timestamp() * 1000) + 300_000
        assert work.run_due(10) == 1


def test_the_oldest_due_work_is_taken_first() -> None:
    with clock.stopped_at(MORNING) as move:
        work.enqueue(ring, 2, due=MORNING - timedelta(minutes=1))
        work.enqueue(ring, 3)
        work.enqueue(ring, 1, due=MORNING - timedelta(minutes=2))
        move(1)
        assert [work.run_due(1) for _ in range(3)] == [1, 1, 1]
    assert ran == [1, 2, 3]


def test_no_more_is_taken_than_was_asked_for_however_the_database_goes_about_it() -> None:
    for bell in range(5):
        work.enqueue(ring, bell)
    with connection.cursor() as cursor:
        # The plan that PostgreSQL chooses by itself where it takes the table for nearly empty.
        for setting in ("hashjoin", "hashagg", "mergejoin", "sort", "material") if db.is_postgres() else ():
            cursor.execute(f"SET LOCAL enable_{setting} = off")
    assert [len(work.claim(2)) for _ in range(4)] == [2, 2, 1, 0]


def test_one_row_waits_under_a_key_and_another_one_only_brings_it_forward() -> None:
    with clock.stopped_at(MORNING):
        work.enqueue(ring, 1, key="bell", due=MORNING + timedelta(hours=1))
        work.enqueue(ring, 1, key="bell", due=MORNING + timedelta(hours=2))
        assert work.run_due(10) == 0
        work.enqueue(ring, 1, key="bell")
        assert Job.objects.count() == 1
        assert work.run_due(10) == 1


def test_a_key_is_free_again_once_its_work_was_taken() -> None:
    work.enqueue(ring, 1, key="bell")
    (claimed,) = work.claim(10)
    work.enqueue(ring, 1, key="bell")
    assert Job.objects.count() == 2
    # The first one could not finish: the second will do what both were for.
    work.again(claimed, 5, error="late")
    assert Job.objects.count() == 1
    assert work.run_due(10) == 1


def test_work_under_a_lease_is_given_to_nobody_else_until_the_lease_runs_out() -> None:
    with clock.stopped_at(MORNING) as move:
        work.enqueue(ring, 1)
        (first,) = work.claim(10, lease_s=60)
        assert work.claim(10, lease_s=60) == []
        move(61)
        (second,) = work.claim(10, lease_s=60)
        assert (second.id, second.tries) == (first.id, 2)
        assert not work.done(first)  # too late: it is another one's
        assert not work.renew(first, 60)
        assert work.done(second)
    assert not Job.objects.exists()


def test_a_worker_that_dies_with_its_work_loses_it_to_the_next_one() -> None:
    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        if name == "work.before-done":
            raise Killed

    with clock.stopped_at(MORNING) as move:
        work.enqueue(ring, 1)
        points.install(die)
        try:
            with pytest.raises(Killed):
                work.run_due(10)
        finally:
            points.install(None)
        assert work.run_due(10) == 0
        move(61)
        assert work.run_due(10) == 1
    assert ran == [1, 1]


def test_work_that_kills_its_worker_each_time_is_given_up() -> None:
    with clock.stopped_at(MORNING) as move:
        work.enqueue(ring, 1)
        for _ in range(5):
            assert len(work.claim(1, lease_s=60)) == 1
            move(61)
        assert work.run_due(1) == 0
        (job,) = work.failed()
    assert "lease ran out 5 times" in job.error
    assert ran == []


def test_what_fails_is_tried_again_later_and_kept_in_the_end() -> None:
    with clock.stopped_at(MORNING) as move:
        work.enqueue(break_down, 7)
        assert work.run_due(10) == 0
        assert work.run_due(10) == 0
        assert ran == [7]
        for _ in range(5):
            move(3600)
            work.run_due(10)
        assert ran == [7, 7, 7]
        (job,) = work.failed()
        assert "bell 7 is cracked" in job.error
        assert work.retry_failed(job.id)
        assert not work.retry_failed(job.id)
        work.run_due(10)
    assert ran == [7, 7, 7, 7]


def test_work_that_says_later_is_not_counted_as_failed() -> None:
    with clock.stopped_at(MORNING) as move:
        work.enqueue(not_yet, 1)
        for _ in range(8):
            work.run_due(10)
            move(91)
        assert work.failed() == []
    assert len(ran) == 8


def test_long_work_gets_the_lease_that_it_asks_for() -> None:
    with clock.stopped_at(MORNING) as move:
        work.enqueue(toll)
        ends: list[int] = []

        def look(name: str) -> None:
            if name == "work.before-done":
                ends.append(Job.objects.get().next_ms)

        points.install(look)
        try:
            work.run_due(10)
        finally:
            points.install(None)
        move(1)
    assert ends == [int(MORNING.timestamp() * 1000) + 600_000]


def test_work_that_lost_its_lease_is_told_so() -> None:
    with clock.stopped_at(MORNING) as move:
        work.enqueue(overtaken)
        OVERTAKE[:] = [move]
        assert work.run_due(1) == 0
    assert ran == ["lost"]


OVERTAKE: list[object] = []


@work.work(lease_s=60)
def overtaken() -> None:
    move = OVERTAKE[0]
    assert callable(move)
    move(61)
    assert len(work.claim(1)) == 1
    try:
        work.keep()
    except work.LeaseLost:
        ran.append("lost")
        raise


def test_only_registered_functions_and_plain_arguments_are_queued() -> None:
    with pytest.raises(TypeError, match=r"put @work\(\) on it"):
        work.enqueue(plain, 1)
    with pytest.raises(TypeError, match="not plain values"):
        work.enqueue(ring, object())


def test_work_that_this_release_does_not_know_is_kept_as_failed() -> None:
    with clock.stopped_at(MORNING) as move, db.machinery():
        Job.objects.create(
            function="colonnade.gone.work.ring", next_ms=clock.now_ms(), since_ms=clock.now_ms()
        )
        for _ in range(6):
            work.run_due(1)
            move(3600)
        (job,) = work.failed()
    assert "cannot be imported" in job.error


def test_work_is_taken_from_named_queues_alone_if_some_are_named() -> None:
    work.enqueue(ring, 1)
    assert work.claim(1, queues=("mail", "bulk")) == []
    assert len(work.claim(1, queues=("mail", "default"))) == 1


def test_a_schedule_queues_each_round_once() -> None:
    with clock.stopped_at(MORNING) as move:
        work.schedule("the hour", toll, 3600)
        assert [work.come_round(), work.come_round()] == [1, 0]
        work.run_due(10)
        move(3599)
        assert work.come_round() == 0
        move(2)
        assert work.come_round() == 1
        work.run_due(10)
        move(10 * 3600)  # rounds that were missed are not made up for
        assert [work.come_round(), work.come_round()] == [1, 0]
        work.run_due(10)
    assert ran == ["toll"] * 3


def test_a_clock_set_back_does_not_silence_a_schedule() -> None:
    with clock.stopped_at(MORNING) as move:
        work.schedule("the hour", toll, 3600)
        work.come_round()
        move(-30 * 24 * 3600)
        assert work.come_round() == 1


def test_a_schedule_may_be_changed_and_taken_away() -> None:
    with clock.stopped_at(MORNING) as move:
        work.schedule("the hour", toll, 3600)
        work.come_round()
        work.schedule("the hour", toll, 60)
        move(61)
        assert work.come_round() == 1
        work.unschedule("the hour")
        move(3600)
        assert work.come_round() == 0


def test_schedules_of_the_code_become_rows() -> None:
    work.declare()
    work.declare()
    row = Schedule.objects.get(name="colonnade.core.chores.forget_the_past")
    assert (row.function, row.every_s) == (row.name, 3600)


def test_tasks_of_other_peoples_apps_run_here() -> None:
    from tests.rooms import core_tasks

    core_tasks.SEEN.clear()
    result = core_tasks.greet.enqueue("Mrs Okafor", times=2)
    assert result.args == ["Mrs Okafor"]
    core_tasks.greet_with_context.using(run_after=clock.now() - timedelta(seconds=1)).enqueue("Ana")
    core_tasks.greet_slowly.enqueue("Lea")
    assert work.run_due(10) == 3
    assert sorted(core_tasks.SEEN) == ["Ana, try 1", "Lea", "Mrs Okafor", "Mrs Okafor"]


def test_a_clock_set_back_leaves_nothing_stuck() -> None:
    with clock.stopped_at(MORNING) as move:
        work.enqueue(ring, 1)  # taken by a worker that is dead
        assert len(work.claim(1)) == 1
        work.enqueue(ring, 2)  # wanted at once
        work.enqueue(ring, 3, due=MORNING - timedelta(hours=20))  # wanted at a moment that is still to come
        move(-24 * 3600)
        assert work.run_due(10) == 0
        assert work.make_up_for_clock() == 2
        assert work.make_up_for_clock() == 0
        assert work.run_due(10) == 1
        move(61)
        assert work.run_due(10) == 1
        assert ran == [2, 1]
        move(4 * 3600)
        assert work.run_due(10) == 1
    assert ran == [2, 1, 3]
