"""Killed two hundred times at named points, the program loses nothing, doubles nothing, and shows what it cannot know."""

from __future__ import annotations

from pathlib import Path

import pytest

from colonnade.core import db
from tests.faults.kills import kill_many

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.faults]


def test_two_hundred_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    vendor = "postgresql" if db.is_postgres() else "sqlite"
    tally = kill_many(tmp_path, child_environment, kills=200, seed=20, database=vendor)
    assert tally.faults == []
    assert tally.kills >= 200
    assert tally.pages >= 20
    assert len([point for point, count in tally.by_point.items() if count >= 3]) >= 12, tally.by_point
    assert all(tally.by_class[rules] >= 10 for rules in "ABCDE"), tally.by_class
    assert tally.uncertain["A"] + tally.uncertain["B"] == 0
