"""Moods as people read them, and what is learned from that."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.listening import rules
from colonnade.listening.events import MentionsChanged
from colonnade.listening.models import Correction, Mention
from colonnade.listening.mood import LEANINGS
from colonnade.people.models import Person
from colonnade.primitives import clock


@action
def correct_mood(post: int, mood: str, *, by: Person) -> None:
    """Somebody says how a post reads; the last word counts, and every mention of the post takes it.

    Whoever calls has seen to it that `by` may see the post. Raises PermissionDenied; ValueError for what is no mood, and
    where no watch caught the post.
    """
    if not rules.can_listen(by):
        raise PermissionDenied("Only staff correct moods.")
    if mood not in LEANINGS:
        raise ValueError(f"{mood!r} is no mood.")
    mentions = list(Mention.objects.select_for_update().filter(post=post).order_by("pk"))
    if not mentions:
        raise ValueError("No watch caught this post.")
    Correction.objects.update_or_create(
        post_id=post, defaults={"mood": mood, "lang": mentions[0].lang, "by": by, "at": clock.now()}
    )
    if Mention.objects.filter(post=post).exclude(mood=mood).update(mood=mood):
        announce(MentionsChanged(posts=(post,)), subject=f"post:{post}")
