"""Port Alder as `colonnade up --demo` loads it, loaded once for a file: it takes more than most of what tests do with it.

Each test finds it as it was in the moment in which it had been loaded: its rows (what a test does is taken back), the
folder of its make-believe network, and the time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from colonnade.core import db
from colonnade.networks.pretend import client
from colonnade.primitives import clock
from colonnade.web.story import town


@dataclass(frozen=True)
class Loaded:
    """The town, its home folder, a copy of that, and when it was loaded."""

    town: town.Town
    home: Path
    kept: Path
    at: datetime


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    home, kept = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("kept")
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        patch.setattr(settings, "COLONNADE_HOME", home)
        with db.guard_writes():
            made = town.load()
        shutil.copytree(home, kept, dirs_exist_ok=True)
        client._desks.clear()
        yield Loaded(made, home, kept, clock.now())
        transaction.set_rollback(True)
    connection.close()


@pytest.fixture
def port_alder(loaded: Loaded, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[town.Town]:
    monkeypatch.setattr(settings, "COLONNADE_HOME", loaded.home)
    shutil.rmtree(loaded.home)
    shutil.copytree(loaded.kept, loaded.home)
    with clock.running_from(loaded.at):
        yield loaded.town
    client._desks.clear()
