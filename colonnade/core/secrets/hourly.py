"""Hashes that forget: keyed by an hour that is soon gone."""

from __future__ import annotations

import hashlib
import hmac
import secrets as random

from colonnade.core import db
from colonnade.core.models import HourlyKey
from colonnade.core.secrets.cipher import decrypt, encrypt
from colonnade.core.secrets.columns import register
from colonnade.primitives import clock

HOUR_S = 3600

register(HourlyKey._meta.label, "key")


def hourly_hash(value: str) -> bytes:
    """A hash of `value` whose key changes with the hour: equal within it, and afterwards of no use to anybody.

    The key is random and is *not* derived from the ring, since then whoever holds the ring could recompute the hash of
    every address there is, years later. It lies in the database, so that all processes and machines share it,
    encrypted, and is deleted when the hour after its own has passed: none is older than two hours.
    """
    return hourly_hashes(value)[0]


def hourly_hashes(value: str) -> list[bytes]:
    """The hash of this hour, then the one of the hour before if it still has a key."""
    hour = int(clock.now_s()) // HOUR_S
    keys = dict(HourlyKey.objects.filter(hour__in=(hour, hour - 1)).values_list("hour", "key"))
    if hour not in keys:
        keys[hour] = _new_hourly_key(hour)
    return [
        hmac.digest(decrypt(bytes(keys[one])), value.encode(), hashlib.sha256)[:16]
        for one in (hour, hour - 1)
        if one in keys
    ]


def _new_hourly_key(hour: int) -> bytes:
    with db.machinery():
        forget_hourly_keys()
        row, _ = HourlyKey.objects.get_or_create(hour=hour, defaults={"key": encrypt(random.token_bytes(32))})
    return bytes(row.key)


def forget_hourly_keys() -> int:
    """Delete the keys of all hours but this one and the one before; returns how many."""
    hour = int(clock.now_s()) // HOUR_S
    with db.machinery():
        count, _ = HourlyKey.objects.exclude(hour__in=(hour, hour - 1)).delete()
    return count
