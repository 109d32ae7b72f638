"""Every write of listening."""

from __future__ import annotations

from colonnade.listening.actions.mentions import match_posts
from colonnade.listening.actions.moods import correct_mood
from colonnade.listening.actions.watches import (
    add_watch,
    change_watch,
    pause_watch,
    remove_watch,
    resume_watch,
)

__all__ = [
    "add_watch",
    "change_watch",
    "correct_mood",
    "match_posts",
    "pause_watch",
    "remove_watch",
    "resume_watch",
]
