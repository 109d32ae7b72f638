"""Moods as people read them, and what is learned from that."""

from __future__ import annotations

from dataclasses import asdict

from django.core.exceptions import PermissionDenied

from colonnade.conversations import queries as conversations
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.listening import rules
from colonnade.listening.events import MentionsChanged
from colonnade.listening.models import Correction, Mention, MoodModel
from colonnade.listening.mood import LEANINGS, Learned, Verdict
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import clock


@action
def correct_mood(post: int, mood: str, *, by: Person) -> bool:
    """Somebody says how a post reads; the last word counts, and every mention of the post takes it.

    False, and nothing done, where no watch caught the post or `by` may not see it. Raises PermissionDenied; ValueError
    for what is no mood.
    """
    if not rules.can_listen(by):
        raise PermissionDenied("Only staff correct moods.")
    if mood not in LEANINGS:
        raise ValueError(f"{mood!r} is no mood.")
    if not conversations.visible_to(people.viewer_for(by)).filter(pk=post).exists():
        return False
    mentions = list(Mention.objects.select_for_update().filter(post=post).order_by("pk"))
    if not mentions:
        return False
    if not mentions[0].drill:  # nobody learns from what nobody said
        Correction.objects.update_or_create(
            post_id=post, defaults={"mood": mood, "lang": mentions[0].lang, "by": by, "at": clock.now()}
        )
    if Mention.objects.filter(post=post).exclude(mood=mood).update(mood=mood):
        announce(MentionsChanged(posts=(post,)), subject=f"post:{post}")
    return True


@action
def keep_lesson(model: Learned, verdict: Verdict, *, corrections: int) -> MoodModel:
    """Keep what was learned with its verdict, and switch it on if that says so; of what is not switched on only the figures
    are kept."""
    on = verdict.switched_on
    if on:
        MoodModel.objects.filter(lang=model.language, switched_on=True).update(switched_on=False)
    kept = MoodModel.objects.create(
        lang=model.language,
        version=model.version,
        body=model.to_bytes() if on else b"",
        verdict=asdict(verdict) | {"corrections": corrections},
        switched_on=on,
        made_at=clock.now(),
    )
    if on:
        _record(model.language, model.version, None)
    return kept


@action
def switch_mood(lang: str, version: int, *, by: Person) -> None:
    """Let another version read a language from now on; 0: who read it before anything was learned. What was caught before
    stays as it was read. Raises PermissionDenied; ValueError where there is no such version to read with."""
    if not rules.can_listen(by):
        raise PermissionDenied("Only staff say who reads moods.")
    MoodModel.objects.filter(lang=lang, switched_on=True).update(switched_on=False)
    if version:
        rows = MoodModel.objects.filter(lang=lang, version=version).exclude(body=b"")
        if not rows.update(switched_on=True):
            raise ValueError("There is no such version to read with.")
    _record(lang, version, by)


def _record(lang: str, version: int, by: Person | None) -> None:
    audit.record(
        "listening.mood_switched",
        by=by.principal_id if by else None,
        subject=f"mood:{lang}",
        details={"version": version},
    )
