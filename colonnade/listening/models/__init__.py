"""Watches, mentions, moods, what streamed by."""

from __future__ import annotations

from colonnade.listening.models.backfills import Backfill
from colonnade.listening.models.kept import Kept
from colonnade.listening.models.lists import ListVersion, NamedList
from colonnade.listening.models.mentions import MENTION, Mention, Story, Telling
from colonnade.listening.models.moods import Correction, MoodModel
from colonnade.listening.models.sifted import Sifted
from colonnade.listening.models.watches import WATCH, Label, Version, Watch

__all__ = [
    "MENTION",
    "WATCH",
    "Backfill",
    "Correction",
    "Kept",
    "Label",
    "ListVersion",
    "Mention",
    "MoodModel",
    "NamedList",
    "Sifted",
    "Story",
    "Telling",
    "Version",
    "Watch",
]
