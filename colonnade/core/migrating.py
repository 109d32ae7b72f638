"""Migrations in half the time, with the same result: Django makes its pictures of the models with less work.

Before each step of a migration Django makes classes of the models as they stand then, ten thousand for a new house. It
takes each field apart and puts it together anew, where a copy is the same; and for a new model, to which nothing can
point yet, it makes those anew to which that one points, and all that hang together with them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db.migrations.state import ProjectState
from django.db.models import Field
from django.utils.functional import cached_property


@contextmanager
def quickly() -> Iterator[None]:
    """Whatever is migrated meanwhile in this process is migrated so."""
    _fields.clone, _states.add_model = _copied, _add_model
    try:
        yield
    finally:
        _fields.clone, _states.add_model = _taken_apart, _added_with_all


_fields: Any = Field
_states: Any = ProjectState
_taken_apart, _added_with_all = _fields.clone, _states.add_model


def _copied(field: Any) -> Any:
    """A field of no model as if it were made at this moment. One that belongs to a model is taken apart, as ever."""
    if hasattr(field, "model"):
        return _taken_apart(field)
    made = copy.deepcopy(field)  # Django's own copies the field and how it relates, and nothing else
    for name in _found_out(type(field).__mro__) & vars(made).keys():
        del vars(made)[name]
    if made.auto_created:
        made.creation_counter = Field.auto_creation_counter
        Field.auto_creation_counter -= 1
    else:
        made.creation_counter = Field.creation_counter
        Field.creation_counter += 1
    return made


@cache
def _found_out(kinds: tuple[type, ...]) -> frozenset[str]:
    """What a field of these kinds keeps once it was asked, which another's answer would not fit."""
    kept = (vars(kind).items() for kind in kinds)
    return frozenset(name for items in kept for name, value in items if isinstance(value, cached_property))


def _add_model(state: Any, model: Any) -> None:
    key = model.app_label, model.name_lower
    state.models[key] = model
    if state._relations is not None:
        state.resolve_model_relations(key)
    if "apps" in vars(state):  # to ask for it would make it
        state.apps.render_multiple([model])
