"""Columns that hold ciphertexts, and the walk that writes them anew after a rotation."""

from __future__ import annotations

import base64
from typing import Any

from django.apps import apps
from django.db import connection, models

from colonnade.core import db
from colonnade.core.secrets.cipher import PREFIX, VERSION, decrypt, decrypt_json, encrypt
from colonnade.core.secrets.ring import ring


class EncryptedJSON(models.BinaryField):  # type: ignore[type-arg]
    """A column that holds a dict, encrypted with the key ring; `{}` when it is empty. It cannot be searched.

    Every model with such a column is walked by `reencrypt`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract and "__fake__" not in cls.__module__:
            register(cls._meta.label, name)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> dict[str, Any]:
        return decrypt_json(bytes(value)) if value else {}

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, bytes | memoryview):
            return value
        return encrypt(value) if value else b""

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """For dumps: the ciphertext, never what it holds."""
        return base64.b64encode(bytes(self.get_prep_value(self.value_from_object(obj)) or b"")).decode()


_walked: set[tuple[str, str]] = set()


def register(model: str, field: str) -> None:
    """Let `reencrypt` walk a column of ciphertexts: the model's label ("places.Account") and the field's name."""
    _walked.add((model, field))


def reencrypt(limit: int = 500) -> int:
    """Write up to `limit` ciphertexts of old keys anew with the current one; returns how many. Repeat until 0."""
    prefix = VERSION + bytes.fromhex(ring().current)
    count = 0
    for label, field in sorted(_walked):
        if count < limit:
            count += _reencrypt_column(label, field, prefix, limit - count)
    return count


def _reencrypt_column(label: str, field: str, prefix: bytes, limit: int) -> int:
    model = apps.get_model(label)
    quote = connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(model._meta.get_field(field).column)
    key = quote(model._meta.pk.column)
    with db.act(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, {column} FROM {table} WHERE length({column}) > 0 AND substr({column}, 1, {PREFIX}) <> %s LIMIT %s"
            f"{' FOR UPDATE' if db.is_postgres() else ''}",
            [prefix, limit],
        )
        rows = [(encrypt(decrypt(bytes(token))), number) for number, token in cursor.fetchall()]
        if rows:
            cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", rows)
    return len(rows)


def outdated() -> int:
    """How many ciphertexts in registered columns still carry an old key."""
    prefix, total = VERSION + bytes.fromhex(ring().current), 0
    for label, field in sorted(_walked):
        model = apps.get_model(label)
        column = connection.ops.quote_name(model._meta.get_field(field).column)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM {connection.ops.quote_name(model._meta.db_table)} "
                f"WHERE length({column}) > 0 AND substr({column}, 1, {PREFIX}) <> %s",
                [prefix],
            )
            total += int(cursor.fetchone()[0])
    return total
