"""Prints what Django's registry says of the models' relations, as JSON. Run as `python -m house.registry`."""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def facts() -> dict[str, list[dict[str, str]]]:
    """Relations, generic keys, and numbers named like keys, of every installed model."""
    from django.apps import apps
    from django.db import models

    relations, generic, numbers = [], [], []
    for model in apps.get_models(include_auto_created=True):
        room = _room(model)
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            fact = {"room": room, "model": model.__name__, "field": field.name}
            remote: Any = field.related_model if field.is_relation else None
            if remote is not None:
                relations.append({**fact, "to_room": _room(remote), "to": remote.__name__})
            elif (
                room
                and field.name.endswith("_id")
                and isinstance(field, models.IntegerField | models.UUIDField)
            ):
                numbers.append(fact)
        for field in model._meta.private_fields:
            if room:
                generic.append({"room": room, "model": model.__name__, "field": field.name})
    return {"relations": relations, "generic": generic, "numbers": numbers}


def _room(model: Any) -> str:
    """The room a model lives in; "" for a third party's."""
    package, _, rest = model.__module__.partition(".")
    return rest.partition(".")[0] if package == "colonnade" else ""


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colonnade.config.settings")
    django.setup()
    json.dump(facts(), sys.stdout)
