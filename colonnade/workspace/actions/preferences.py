"""How one person likes it: looks, what they are told, when, by which way."""

from __future__ import annotations

from datetime import time

from django.utils.translation import gettext

from colonnade.conversations.models import Conversation
from colonnade.core.db import action
from colonnade.people.models import Person
from colonnade.workspace import rules
from colonnade.workspace.models import ConversationLevel, Level, Preference


@action
def set_appearance(person: Person, *, theme: str, contrast: str, dense: bool) -> None:
    """How pages look for somebody; what there is not is what the system says."""
    Preference.objects.update_or_create(
        person=person,
        defaults={
            "theme": theme if theme in rules.THEMES else "",
            "contrast": contrast if contrast in rules.CONTRASTS else "",
            "dense": dense,
        },
    )


@action
def set_telling(
    person: Person, *, level: str, quiet: tuple[time, time] | None, digest: str, digest_at: time
) -> None:
    """What somebody is told where they chose nothing nearer, in which hours nothing rings, and how often a letter comes.
    Raises ValueError, a sentence for them."""
    if level not in Level.values or digest not in rules.DIGESTS:
        raise ValueError(gettext("There is no such choice."))
    Preference.objects.update_or_create(
        person=person,
        defaults={
            "level": level,
            "quiet_from": quiet[0] if quiet else None,
            "quiet_to": quiet[1] if quiet else None,
            "digest": digest,
            "digest_at": digest_at,
        },
    )


@action
def set_conversation_level(person: Person, conversation: Conversation, level: str) -> None:
    """What somebody wants to be told of one conversation; "" leaves it to the space and to the default again."""
    rows = ConversationLevel.objects.filter(person=person, conversation=conversation)
    if level not in Level.values:
        rows.delete()
        return
    ConversationLevel.objects.update_or_create(
        person=person, conversation=conversation, defaults={"level": level}
    )
