"""Killed two hundred times at named points, the program loses nothing, doubles nothing, and shows what it cannot know."""

from __future__ import annotations

from pathlib import Path

import pytest

from colonnade.core import db
from tests.faults.kills import Tally, kill_many

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.faults]

IN_THE_MIDDLE = (
    "delivery.before-call",
    "delivery.after-call",
    "delivery.before-result",
    "receive.before-commit",
)


def killed(folder: Path, environment: dict[str, str], *, kills: int, seed: int, **more: object) -> Tally:
    """A run on the test's own database."""
    vendor = "postgresql" if db.is_postgres() else "sqlite"
    return kill_many(folder, environment, kills=kills, seed=seed, database=vendor, **more)


def test_two_hundred_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    tally = killed(tmp_path, child_environment, kills=200, seed=20)
    assert tally.faults == []
    assert tally.kills >= 200
    assert len([point for point, count in tally.by_point.items() if count >= 3]) >= 12, tally.by_point
    assert all(tally.by_class[rules] >= 10 for rules in "ABCDE"), tally.by_class
    assert tally.uncertain["A"] + tally.uncertain["B"] == 0


def test_clocks_that_jump_while_processes_die_lose_and_double_nothing(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    tally = killed(tmp_path, child_environment, kills=30, seed=21, jumpy=True)
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
    tmp_path: Path, child_environment: dict[str, str], sabotage: str, point: str, kills: int, found: str
) -> None:
    tally = killed(tmp_path, child_environment, kills=kills, seed=22, points=(point,), sabotage=sabotage)
    assert any(found in fault for fault in tally.faults), tally.faults
