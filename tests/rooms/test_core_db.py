"""Actions, the guard over writes, bulk writing, and how writers of one file wait for each other."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction

from colonnade.core import db, events, points, stream
from colonnade.core.models import Acknowledgement, Batch, CacheEntry


def messages(name: str = "log") -> list[str]:
    return [message.decode() for batch in stream.read(name, limit=10_000) for message in batch.messages]


@db.action
def note(text: str) -> None:
    stream.append("log", [text.encode()])


# --- actions ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_action_is_all_or_nothing_with_the_actions_that_it_calls() -> None:
    @db.action
    def outer() -> None:
        assert db.inside_action()
        note("outer")
        note("inner")
        raise ValueError("after both")

    with pytest.raises(ValueError, match="after both"):
        outer()
    assert messages() == []
    assert not db.inside_action()


@pytest.mark.django_db
def test_an_action_whose_inner_action_failed_cannot_go_on_as_if_nothing_had_been() -> None:
    @db.action
    def fail() -> None:
        note("inner")
        raise ValueError

    @db.action
    def outer() -> None:
        try:
            fail()
        except ValueError:
            note("gone on")

    with pytest.raises(transaction.TransactionManagementError):
        outer()
    assert messages() == []


@pytest.mark.django_db
def test_a_step_that_may_fail_alone_is_undone_alone() -> None:
    @db.action
    def outer() -> None:
        note("before")
        try:
            with db.attempt():
                note("tried")
                raise ValueError
        except ValueError:
            note("after")

    outer()
    assert messages() == ["before", "after"]


@pytest.mark.django_db
def test_an_action_keeps_name_and_answer_of_its_function() -> None:
    @db.action
    def add(one: int, two: int = 1) -> int:
        """Adds."""
        return one + two

    assert (add(1, two=2), add.__name__, add.__doc__) == (3, "add", "Adds.")


# --- the guard --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_write_to_a_table_of_ours_outside_an_action_is_refused() -> None:
    for write in (
        lambda: Acknowledgement.objects.create(stream="a", consumer="b"),
        lambda: Acknowledgement.objects.filter(stream="a").update(offset=1),
        lambda: Acknowledgement.objects.bulk_create([Acknowledgement(stream="a", consumer="b")]),
    ):
        with (
            pytest.raises(db.WriteOutsideAction, match=r"core_acknowledgement .* outside an action"),
            transaction.atomic(),
        ):
            write()
    with db.act():
        Acknowledgement.objects.create(stream="a", consumer="b")
    with pytest.raises(db.WriteOutsideAction):
        Acknowledgement.objects.all().delete()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO core_batch (stream, body) VALUES ('a', 'b')",
        'insert  into "core_batch" (stream, body) values (1, 2)',
        "UPDATE core_batch SET stream = 'b'",
        "DELETE FROM core_batch",
        "WITH gone AS (SELECT 1) DELETE FROM core_batch",
    ],
)
def test_sql_written_by_hand_is_guarded_as_well(sql: str) -> None:
    with pytest.raises(db.WriteOutsideAction), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_reading_and_the_tables_of_others_are_not_guarded() -> None:
    assert list(Batch.objects.filter(stream="update core_batch set")) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_content_type SET model = model")


@pytest.mark.django_db(transaction=True)
def test_other_threads_are_guarded_as_well() -> None:
    refused: list[str] = []

    def write() -> None:
        try:
            Acknowledgement.objects.create(stream="a", consumer="b")
        except db.WriteOutsideAction as error:
            refused.append(str(error))
        finally:
            connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert len(refused) == 1


@pytest.mark.django_db
def test_the_drivers_connection_is_handed_out_inside_an_action_alone() -> None:
    with pytest.raises(db.WriteOutsideAction):
        db.raw_connection()
    with db.act():
        mark = "%s" if db.is_postgres() else "?"
        cursor = db.raw_connection().cursor()
        cursor.executemany(
            f"INSERT INTO core_acknowledgement (stream, consumer, \"offset\") VALUES ('a', {mark}, 1)",
            [("b",), ("c",)],
        )
    assert Acknowledgement.objects.count() == 2


# --- bulk writing -----------------------------------------------------------------------------------------------------


@pytest.fixture
def commits() -> Iterator[list[str]]:
    seen: list[str] = []
    points.install(lambda name: seen.append(name) if name == "bulk.after-commit" else None)
    yield seen
    points.install(None)


def write_all(rows: list[int]) -> None:
    stream.append("log", [b"%d" % row for row in rows])


@pytest.mark.django_db(transaction=True)
def test_bulk_writing_gives_the_lock_back_when_its_time_is_used(commits: list[str]) -> None:
    written = db.batches_by_time(iter(range(950)), write_all, budget_s=0.0, pause_s=0.0)
    assert written == 950
    assert len(commits) == 10
    assert messages() == [str(number) for number in range(950)]


@pytest.mark.django_db(transaction=True)
def test_bulk_writing_with_time_enough_commits_once_a_block(commits: list[str]) -> None:
    assert db.batches_by_time(range(2500), write_all, budget_s=1000.0, pause_s=0.0) == 2500
    assert len(commits) == 2


@pytest.mark.django_db(transaction=True)
def test_bulk_writing_keeps_what_was_committed_before_an_error() -> None:
    def fail_at_300(rows: list[int]) -> None:
        write_all(rows)
        if 300 in rows:
            raise ValueError

    with pytest.raises(ValueError):
        db.batches_by_time(range(1000), fail_at_300, budget_s=0.0, pause_s=0.0)
    assert len(messages()) == 300


@pytest.mark.django_db
def test_bulk_writing_inside_an_action_is_part_of_it(commits: list[str]) -> None:
    @db.action
    def fail() -> None:
        assert db.batches_by_time(range(250), write_all, budget_s=0.0) == 250
        raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert (messages(), commits) == ([], [])
    assert db.batches_by_time([], write_all) == 0


# --- many writers -----------------------------------------------------------------------------------------------------

CHILD = """
import sys, django
django.setup()
from tests.rooms.core_events import call
for number in range(int(sys.argv[2])):
    call(sys.argv[1], number)
"""


@pytest.mark.django_db(transaction=True)
def test_three_processes_write_at_once_and_nothing_is_lost(child_environment: dict[str, str]) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, name, "60"],
            env=child_environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b", "c")
    ]
    told = [child.communicate(timeout=120)[1] for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], told
    events.stamp()
    facts = events.since(0)
    assert [fact.seq for fact in facts] == list(range(1, 181))
    for name in ("a", "b", "c"):
        assert [fact.payload for fact in facts if fact.subject == name] == [
            f'{{"number":{n}}}' for n in range(60)
        ]


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_waits_too_long_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    if db.is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
    else:
        monkeypatch.setattr("colonnade.core.sqlite.base.PATIENCE_S", 0.05)
    held, may_end = threading.Event(), threading.Event()

    @db.action
    def hold() -> None:
        Acknowledgement.objects.filter(stream="a").update(offset=1)
        held.set()
        may_end.wait(30)

    def run() -> None:
        try:
            hold()
        finally:
            connection.close()

    with db.act():
        Acknowledgement.objects.create(stream="a", consumer="b")
    thread = threading.Thread(target=run)
    thread.start()
    assert held.wait(30)
    try:
        with pytest.raises(OperationalError, match=r"stayed locked|lock timeout"), db.act():
            Acknowledgement.objects.filter(stream="a").update(offset=2)
    finally:
        may_end.set()
        thread.join()
        connection.close()
    assert Acknowledgement.objects.get().offset == 1


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_may_be_asked_for_at_any_time() -> None:
    note("before")
    db.checkpoint()
    with db.act():
        db.checkpoint()
    assert messages() == ["before"]


@pytest.mark.django_db
def test_the_cache_is_shared_through_the_database() -> None:
    from django.core.cache import cache

    assert cache.add("tries", 1, 60)
    assert not cache.add("tries", 1, 60)
    assert cache.incr("tries") == 2
    assert CacheEntry.objects.count() == 1
