"""The town that most tests begin with is the same whether actions made it or its rows were put back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import transaction

from colonnade.core.db import inside_action
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.places.models import Place
from colonnade.primitives import clock
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows() -> dict[str, int]:
    return {
        model._meta.db_table: model._default_manager.count()
        for model in apps.get_models()
        if model.__module__.startswith("colonnade.")
    }


def test_a_town_put_back_is_the_one_that_actions_make() -> None:
    before = rows()
    with taken_back():
        made = World.made_by_actions()
        by_actions, seen = rows(), len(made.viewer(made.ana).audiences)
    for _ in range(3):  # its tables are learned, it is remembered, it is put back
        assert rows() == before
        with taken_back():
            world = World.make()
            assert rows() == by_actions
            assert len(world.viewer(world.ana).audiences) == seen
            assert world.ines.sign_in.check_password(PASSWORD)
            assert Place.objects.get(pk=world.town.pk).audience == world.town.audience
    assert not inside_action()


def test_where_somebody_lives_already_and_at_another_time_the_town_is_made() -> None:
    for _ in range(3):
        with taken_back():
            people.make_member("Zoe Harbour", "zoe@portalder.example", PASSWORD)
            World.make()
            assert Person.objects.count() == 7
    with clock.stopped_at(datetime(2026, 3, 1, tzinfo=UTC)):
        World.make()
        assert Person.objects.count() == 6
