"""What the core does for itself from time to time: forgetting what is past, writing old ciphertexts anew."""

from __future__ import annotations

from datetime import timedelta
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


@work.work()
def remove_file(digest: str) -> None:
    """Delete a file that a row let go of, unless another names it; queued by `let_go_of_file`."""
    files.remove_unnamed(digest)


def let_go_of_file(digest: str) -> None:
    """A row names this file no more: in an action. It is looked at when nobody can be about to name it again unseen."""
    due = clock.now() + timedelta(seconds=files.UNNAMED_S * 2)
    work.enqueue(remove_file, digest, due=due, key=f"file:{digest}")


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
