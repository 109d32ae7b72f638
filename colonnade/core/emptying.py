"""Takes every row out of the rooms, so that a house begins anew. What the core keeps for itself stays: the audit log, the
cursors of the subscribers, and the circles that every database knows."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db import connection

from colonnade.core import db
from colonnade.core.db import action
from colonnade.core.models import Job, Outbox, Setback

_CIRCLES = 10  # principals below this id are made by the first migration, and so is what they hold


@action
def empty_rooms(words: Iterable[str] = ("conversations_fts",)) -> None:
    """Every room is empty afterwards, nobody is signed in, and nothing waits to be done. `words` are full-text tables
    of SQLite, which Django does not know."""
    tables = {
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.label == "sessions" or (config.name.startswith("colonnade.") and config.label != "core")
        for model in config.get_models(include_auto_created=True)
    }
    known = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if db.is_postgres():
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in sorted(tables & known - {"access_principal", "access_holding"}):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
        cursor.execute(f"DELETE FROM access_holding WHERE holder_id >= {_CIRCLES}")
        cursor.execute(f"DELETE FROM access_principal WHERE id >= {_CIRCLES}")
        if not db.is_postgres():
            for table in words:
                cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
    Setback.objects.all().delete()
    Outbox.objects.all().delete()
    Job.objects.exclude(state=Job.State.TAKEN).delete()
