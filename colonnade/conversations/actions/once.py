"""What is sent twice is said once: a sender whose network broke sends the same words again under the same key."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from colonnade.conversations.models import Post, SaidOnce
from colonnade.core import db
from colonnade.core.db import action
from colonnade.primitives import clock

SHORTEST_KEY = 16
LONGEST_KEY = 100
KEPT = timedelta(days=30)


def said_with(key: str, *, sender: str) -> Post | None:
    """The post that this sender said under this key before; None for a new key, and for one too short to be secret."""
    if not is_key(key):
        return None
    known = SaidOnce.objects.filter(key_hash=_hashed(key, sender)).select_related("post__said", "post__scope")
    row = known.first()
    return row.post if row else None


@action
def keep_key(key: str, post: Post, *, sender: str) -> None:
    """From now on the key stands for this post. Raises IntegrityError where it was taken at the same moment: then
    nothing of the second is said."""
    if is_key(key):
        SaidOnce.objects.create(key_hash=_hashed(key, sender), post=post, at=clock.now())


def forget_keys() -> None:
    """Delete the keys that nobody sends again."""
    with db.machinery():
        SaidOnce.objects.filter(at__lt=clock.now() - KEPT).delete()


def is_key(key: str) -> bool:
    """Whether it is long enough that nobody guesses it."""
    return SHORTEST_KEY <= len(key) <= LONGEST_KEY


def _hashed(key: str, sender: str) -> str:
    return sha256(f"{sender}\0{key}".encode()).hexdigest()
