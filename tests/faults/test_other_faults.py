"""The database goes away, the disk is full, clocks jump, two work at once: nothing is lost and nothing doubled.

Every test has a database of its own, so they run once and not once a database.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.doors import commands
from tests.faults.kills import kill_many, read_lines, world
from tests.faults.own_cluster import NotInstalled, own_cluster

pytestmark = [pytest.mark.corpora, pytest.mark.faults]

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
TWO_WORKERS_TWO_ASKERS = (["keep working"], ["keep working"], ["keep asking"], ["keep asking"])


def environment(home: Path, **more: str) -> dict[str, str]:
    """For processes on a home folder of their own."""
    home.mkdir(mode=0o700, exist_ok=True)
    return commands.environment(home, DJANGO_SETTINGS_MODULE="colonnade.config.settings", **more)


@pytest.fixture
def home(tmp_path: Path, migrated: Path) -> Path:
    """Such a home folder of this test alone."""
    copied: Path = shutil.copytree(migrated, tmp_path / "home")
    return copied


def test_a_database_that_is_knocked_down_three_times_loses_nothing(tmp_path: Path) -> None:
    try:
        with own_cluster() as cluster:
            address = cluster.new_database("colonnade")
            there = environment(tmp_path / "home", COLONNADE_DATABASE_URL=address)
            commands.colonnade(there, "migrate")

            with world(tmp_path / "run", there, seed=31, database="postgresql") as run:

                def knock_down_thrice() -> None:
                    for _ in range(3):
                        run.wait_for_acks(6)
                        cluster.knock_down()
                        cluster.start()
                    run.wait_for_acks(6)

                run.one(["set up"])
                run.together((["keep working"], ["keep asking"]), knock_down_thrice)
                tally = run.judge()
    except NotInstalled as reason:
        pytest.skip(str(reason))
    assert tally.faults == []
    assert tally.asks + tally.deliveries >= 24


def test_two_workers_and_two_writers_on_one_sqlite_file_lose_and_double_nothing(
    tmp_path: Path, home: Path
) -> None:
    with world(tmp_path / "run", environment(tmp_path / "home"), seed=32) as run:
        run.one(["set up"])
        run.together(TWO_WORKERS_TWO_ASKERS, lambda: run.wait_for_acks(100))
        tally = run.judge()
    assert tally.faults == []
    assert tally.asks + tally.deliveries >= 100
    assert tally.uncertain.total() == 0


def test_a_full_disk_refuses_clearly_breaks_nothing_and_goes_on_once_there_is_room(
    tmp_path: Path, home: Path
) -> None:
    with world(tmp_path / "run", environment(tmp_path / "home"), seed=33) as run:
        run.one(["set up"])
        run.one(["write until full", "check the file"])
        refusals = {entry["words"] for entry in read_lines(run.folder / "refusals")}
        assert any("full" in words for words in refusals), refusals
        run.one(["ask", "dispatch", "turns"])
        tally = run.judge()
    assert tally.faults == []
    assert tally.asks >= 2


def test_a_clock_that_debian_turns_forward_and_back_loses_and_doubles_nothing(
    tmp_path: Path, home: Path
) -> None:
    if not FAKETIME.exists():
        pytest.skip("Debian's faketime is not installed: apt-get install faketime")
    setting = tmp_path / "faketime"
    setting.write_text("+0")
    turned = environment(
        home,
        LD_PRELOAD=str(FAKETIME),
        FAKETIME_TIMESTAMP_FILE=str(setting),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )
    with world(tmp_path / "run", turned, seed=34) as run:

        def jump() -> None:
            for to in ("+1d", "-1d", "+10m", "-10m", "+0"):
                run.wait_for_acks(6)
                setting.write_text(to)
            run.wait_for_acks(6)

        run.one(["set up"])
        run.together((["keep working"], ["keep asking"]), jump)
        tally = run.judge()
    assert tally.faults == []
    assert tally.asks + tally.deliveries >= 36


def test_clocks_that_are_wrong_by_a_day_while_processes_die_lose_and_double_nothing(
    tmp_path: Path, home: Path
) -> None:
    there = environment(home)
    tally = kill_many(tmp_path / "run", there, kills=30, seed=21, database="sqlite", pages=0, jumpy=True)
    assert tally.faults == []
    assert tally.kills >= 30


@pytest.mark.parametrize(
    ("sabotage", "point", "kills", "found"),
    [
        ("send again blindly", "delivery.after-call", 10, "is there 2 times"),
        ("forget attempts", "delivery.after-call", 10, "is there 2 times"),
        ("answer too early", "receive.before-commit", 10, "was acknowledged and is not here"),
        ("hide what is uncertain", "delivery.before-result", 30, "is uncertain and in no list"),
    ],
)
def test_the_harness_finds_what_a_careless_hand_would_do(
    tmp_path: Path, home: Path, sabotage: str, point: str, kills: int, found: str
) -> None:
    there = environment(home)
    tally = kill_many(
        tmp_path / "run",
        there,
        kills=kills,
        seed=22,
        database="sqlite",
        pages=0,
        points=(point,),
        sabotage=sabotage,
    )
    assert any(found in fault for fault in tally.faults), tally.faults
