"""Migrations that go quickly come to the same house as those that Django takes its time for."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ModelState, ProjectState

from colonnade.core import migrating

MODELS = apps.get_models(include_auto_created=True)


@pytest.mark.django_db
def test_each_table_has_the_columns_of_its_model() -> None:
    """The test's own database was migrated quickly."""
    missing = {}
    with connection.cursor() as cursor:
        for model in filter(lambda model: model._meta.managed, MODELS):
            told = connection.introspection.get_table_description(cursor, model._meta.db_table)
            wanted = {field.column for field in model._meta.local_concrete_fields}
            missing[model] = wanted - {column.name for column in told}
    assert {model: columns for model, columns in missing.items() if columns} == {}
    assert len(missing) > 80


@pytest.mark.corpora
def test_a_field_that_was_copied_is_the_field_and_stands_behind_all_others() -> None:
    fields: list[Any] = [field for model in MODELS for field in ModelState.from_model(model).fields.values()]
    assert len(fields) > 600
    with migrating.quickly():
        for field in fields:
            if field.is_relation:
                assert field.related_model  # asked once, which a copy must not remember
            copied = field.clone()
            assert copied.deconstruct() == field.deconstruct()
            assert "related_model" not in vars(copied)
            assert field.auto_created or copied.creation_counter == models.Field.creation_counter - 1


@pytest.mark.corpora
def test_a_model_that_comes_later_is_known_where_it_points_to() -> None:
    state = ProjectState()
    state.add_model(ModelState("boats", "Ferry", [("id", models.BigAutoField(primary_key=True))]))
    first = state.apps.get_model("boats", "Ferry")
    trip = ModelState(
        "boats",
        "Trip",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("ferry", models.ForeignKey("boats.Ferry", models.CASCADE, related_name="trips")),
        ],
    )
    with migrating.quickly():
        state.add_model(trip)
    later = state.apps.get_model("boats", "Trip")
    assert later._meta.get_field("ferry").related_model is first
    assert [relation.related_model for relation in first._meta.related_objects] == [later]
