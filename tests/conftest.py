"""What every test stands on: a home folder of its own, the database of the settings, the guard over writes."""

from __future__ import annotations

import gc
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.doors.streaming import Door

gc.disable()  # until all is loaded, of which nothing is rubbish (`pytest_collection_finish`)

# A home folder for this run, never a real one, and one for each of pytest-xdist's processes. pytest-django may have read
# the settings before this file is, when they are named in the configuration: then they are turned to the new folder.
_base = os.environ.get("COLONNADE_TEST_BASE")
_made_here = _base is None
if _base is None:
    _base = os.environ["COLONNADE_TEST_BASE"] = tempfile.mkdtemp(prefix="colonnade-test-")
_home = Path(_base) / os.environ.get("PYTEST_XDIST_WORKER", "main")
_home.mkdir(mode=0o700, exist_ok=True)
os.environ["COLONNADE_HOME"] = str(_home)
for _name in (
    "STREAM_URL",
    "HOST",
    "PORT",
    "PUBLIC_URL",
    "ALLOW_PRIVATE_HOSTS",
    "PLC_URL",
    "MAIL_URL",
    "SECRET_KEY",
    "DEBUG",
):
    os.environ.pop(f"COLONNADE_{_name}", None)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colonnade.config.settings")


def _turn_settings_to(home: Path) -> None:
    from django.conf import settings

    if home == settings.COLONNADE_HOME:
        return
    settings.COLONNADE_HOME = home
    settings.STATIC_ROOT = home / "static"
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database["NAME"] = str(home / "colonnade.db")
        database["TEST"]["NAME"] = str(home / "test.db")


_turn_settings_to(_home)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _made_here and not hasattr(config, "workerinput"):
        shutil.rmtree(_base or "", ignore_errors=True)


def pytest_configure() -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["tests.quick_argon2.QuickArgon2", *settings.PASSWORD_HASHERS]


def pytest_collection_finish() -> None:
    """What stands by now stays: to look through all of it for rubbish again and again costs a tenth of what tests do."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()


# --- fixtures ---------------------------------------------------------------------------------------------------------

_DATABASE_FIXTURES = ("transactional_db", "db", "django_db_serialized_rollback")


@pytest.fixture(autouse=True)
def _guarded(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test, and nothing that a test calls, writes a row of ours outside an action."""
    wants = any(name in request.fixturenames for name in _DATABASE_FIXTURES)
    marker = request.node.get_closest_marker("django_db")
    if not wants and marker is None:
        yield
        return
    # The database's own fixture is set up before the guard and so torn down after it: emptying tables is its job.
    if marker is not None:
        request.getfixturevalue("_django_db_helper")
    for name in _DATABASE_FIXTURES:
        if name in request.fixturenames:
            request.getfixturevalue(name)
    empty_by_deleting()
    _know_whose_house_it_is()
    from colonnade.core import db

    with db.guard_writes():
        yield


def _know_whose_house_it_is() -> None:
    """What pages remember for seconds they know from the beginning of a test to its end, so that no page of it needs a
    statement more than another."""
    from colonnade.inbox.queries import tally
    from colonnade.web import house

    house.REMEMBERED_S = float("inf")
    house.forget()
    house.house()
    tally.forget()


def empty_by_deleting() -> None:
    """After a test with real transactions PostgreSQL takes seconds to truncate a hundred tables of a few rows each; it
    deletes the rows in milliseconds. Every foreign key of ours waits for the commit, so the order does not matter."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return

    def deletions(style: Any, tables: Sequence[str], *, reset_sequences: bool = False, **_: Any) -> list[str]:
        return [f"DELETE FROM {connection.ops.quote_name(table)};" for table in tables]

    connection.ops.sql_flush = deletions  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Before the test database is made: it holds no content types and permissions, which nothing of ours asks for.

    Django would write its 600 rows of them anew after each emptying, under other numbers than those of the rows that
    `serialized_rollback` brings back, and the two then refuse one another; and to bring them back takes a tenth of a second.
    """
    from django.contrib.auth.management import create_permissions
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db.models.signals import post_migrate

    from colonnade.core import migrating

    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(
        create_permissions, dispatch_uid="django.contrib.auth.management.create_permissions"
    )
    with migrating.quickly():  # as `colonnade up` does
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_render_plainly(django_test_environment: None) -> None:
    """Django copies the whole context of every template for tests that look into it; none of ours does."""
    from django.template import Template
    from django.test.utils import _TestState

    Template._render = _TestState.saved_data.template_render  # type: ignore[attr-defined]


@pytest.fixture
def home() -> Path:
    """The home folder of this test run."""
    return _home


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with an empty, migrated database, for tests to copy that start the program on one of their own."""
    from tests.doors.commands import colonnade, environment

    folder = tmp_path_factory.mktemp("migrated") / "home"
    colonnade(environment(folder), "migrate")
    return folder


@pytest.fixture
def child_environment() -> dict[str, str]:
    """The environment for a process that a test starts on the test's own database and home folder.

    For tests marked `django_db(transaction=True)`: a child sees only what is committed.
    """
    return _environment()


@pytest.fixture(scope="module")
def module_environment(django_db_setup: None) -> dict[str, str]:
    """The same, for processes that serve all tests of a file."""
    return _environment()


def _environment() -> dict[str, str]:
    from urllib.parse import quote, urlencode

    from django.db import connection

    environment = {
        **os.environ,
        "COLONNADE_HOME": str(_home),
        "DJANGO_SETTINGS_MODULE": "colonnade.config.settings",
    }
    chosen: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        environment["COLONNADE_DATABASE_URL"] = f"sqlite:///{quote(str(chosen['NAME']))}"
        return environment
    parts = {
        key: chosen[name]
        for key, name in (("host", "HOST"), ("port", "PORT"), ("user", "USER"), ("password", "PASSWORD"))
    }
    query = urlencode({key: value for key, value in parts.items() if value})
    environment["COLONNADE_DATABASE_URL"] = f"postgresql:///{quote(chosen['NAME'])}?{query}"
    return environment


@pytest.fixture(autouse=True)
def _beside_a_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright keeps an event loop in this thread; the database is only ever asked between its steps."""
    if request.node.get_closest_marker("browser"):
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def door(child_environment: dict[str, str]) -> Iterator[Door]:
    """Pages and push on a port of their own, on the test's own database, with a worker beside them."""
    from tests.journeys.browsing import served

    with served(child_environment) as one:
        yield one


@pytest.fixture(scope="module")
def one_browser(django_db_setup: None) -> Iterator[None]:
    """One browser for a file all of whose tests drive one: to start it costs more than most of what they do."""
    from django.db import connection

    from tests.journeys.browsing import browser_of_the_file

    # There are none where none of the tests that run asks for them.
    contents = getattr(connection, "_test_serialized_contents", None)
    with browser_of_the_file():
        # Beside a running loop Django gives this thread another connection, which must know what `serialized_rollback`
        # brings back.
        if contents is not None:
            connection._test_serialized_contents = contents  # type: ignore[attr-defined]
        yield
        connection.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What no database makes a difference to runs on SQLite alone; tests/architecture/one_database.txt names it."""
    if not os.environ.get("COLONNADE_DATABASE_URL", "").startswith("postgres"):
        return
    for item in items:
        if item.get_closest_marker("one_database"):
            item.add_marker(pytest.mark.skip(reason="nothing of it depends on the database"))


# --- counts, so that both databases can be compared ---------------------------------------------------------------------

_counts: dict[str, Any] = {"passed": 0, "failed": 0, "skipped": [], "nodeids": []}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        _counts["passed"] += 1
    if report.failed:
        _counts["failed"] += 1
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _counts["skipped"].append([report.nodeid, reason.removeprefix("Skipped: ")])
    if report.when == "call" or (report.when == "setup" and not report.passed):
        _counts["nodeids"].append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    target = os.environ.get("COLONNADE_COUNT_FILE")
    if not target or hasattr(session.config, "workerinput"):
        return
    vendor = "postgresql" if os.environ.get("COLONNADE_DATABASE_URL", "").startswith("postgres") else "sqlite"
    Path(target).write_text(json.dumps({"vendor": vendor, **_counts}))
