"""One town, one server and one browser for all journeys of a file: what costs the most is begun once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.journeys.house import House


@pytest.fixture(scope="module")
def lasting_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database with real transactions, as the migrations left it, emptied after the last test of the file.

    A file that takes it names it as its own `_django_db_helper`, so that the marker `django_db` does not empty it after
    each test.
    """
    from django.test import TransactionTestCase

    from tests.conftest import empty_by_deleting

    class Lasting(TransactionTestCase):
        serialized_rollback = True

    with django_db_blocker.unblock():
        empty_by_deleting()
        Lasting.setUpClass()
        lasting = Lasting(methodName="__init__")
        lasting._pre_setup()  # type: ignore[attr-defined]
        yield
        lasting._post_teardown()  # type: ignore[attr-defined]
        Lasting.tearDownClass()
        Lasting.doClassCleanups()


@pytest.fixture
def house(lasting_house: House) -> Iterator[House]:
    """The house of this file; the browsers that a test opens are closed behind it."""
    yield lasting_house
    lasting_house.close()


@pytest.fixture(scope="module")
def lasting_house(lasting_database: None, module_environment: dict[str, str]) -> Iterator[House]:
    """Port Alder behind a real server, before a real browser."""
    from django.db import connection

    from colonnade.core import db
    from tests.journeys.browsing import browser, served
    from tests.journeys.house import House
    from tests.world import World

    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread; the database is only ever asked between its steps.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with db.guard_writes():
            world = World.make()
        with served(module_environment) as door, browser() as opened:
            yield House(world, door, opened, module_environment)
            connection.close()  # that which belongs to the browser's loop, or the database could not be dropped
