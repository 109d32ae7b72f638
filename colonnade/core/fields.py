"""Columns that a database would otherwise keep in a slower way than it can."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class IdField(models.BigIntegerField[Any, Any]):
    """A 64-bit key, given by us (`primitives.ids`).

    SQLite keeps the rows of a table in the order of a key declared `integer`; one declared `bigint` gets an index
    beside the table, and every look at a row and every new row goes through two trees. Both hold 64 bits.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return self.db_type(connection)
