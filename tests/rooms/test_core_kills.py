"""Killed at any of the core's points, the program loses nothing, and what it writes in the database is there once."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from colonnade.core import db
from colonnade.core.points import POINTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

# SQLite's writer gives the number itself: there nothing is ever stamped, so nobody dies on the way.
STAMPING = {"event.before-stamp", "event.after-stamp"}


def test_a_kill_at_any_point_loses_nothing_and_doubles_no_effect(child_environment: dict[str, str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.rooms.core_kills"],
        env=child_environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(told) == 12, ran.stderr
    for one in told:
        assert one["point"] in POINTS
        survives = one["point"] in STAMPING and not db.is_postgres()
        assert one["ended_by"] == (0 if survives else 9), one
        assert (one["went_on"], one["left"], one["chain"]) == (0, False, None), one
        # Before its commit the fact is not there, and nobody was told that it was.
        happened = 0 if one["point"] == "event.after-announce" else 1
        assert (one["announced"], one["heard"]) == (happened, happened), one
        # Work may be done again when its worker dies between doing it and saying so; never less than once.
        most = 2 if one["point"] == "work.before-done" else 1
        assert happened <= one["tolled"] <= max(happened, most), one
