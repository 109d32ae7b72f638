"""What the core does for itself from time to time: forgetting what is past, writing old ciphertexts anew."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings

from colonnade.core import db, events, files, limits, secrets, stream, work
from colonnade.core.models import CacheEntry, Heartbeat
from colonnade.primitives import clock

AT_ONCE = 1000
DAY_MS = 24 * 3600 * 1000


@work.every(3600)
@work.work(lease_s=600)
def forget_the_past() -> None:
    """Delete events that all have heard, counts and keys that are over, sessions that have ended, half-written files,
    heartbeats of processes that are long gone."""
    while events.forget_old(AT_ONCE) == AT_ONCE:
        work.keep(600)
    for name in stream.streams():
        while stream.trim(name, AT_ONCE) == AT_ONCE:
            work.keep(600)
    limits.forget()
    secrets.forget_hourly_keys()
    files.clear_passing()
    with db.machinery():
        CacheEntry.objects.filter(expires__lt=clock.now()).delete()
        Heartbeat.objects.filter(at_ms__lt=clock.now_ms() - DAY_MS).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@work.work(lease_s=600)
def reencrypt() -> None:
    """Write every ciphertext of an old key anew; queued by whoever rotates the keys."""
    while secrets.reencrypt(AT_ONCE):
        work.keep(600)


def rotate_keys() -> str:
    """Add a key to the ring and queue the walk that writes everything anew with it; returns the id of the key."""
    key_id = secrets.rotate()
    work.enqueue(reencrypt, key="reencrypt")
    return key_id
