"""Every read of listening that others use; the viewer comes first. Posts come through `visible_to` alone."""

from __future__ import annotations

from colonnade.listening.queries.counts import minutes, streamed_by
from colonnade.listening.queries.kept import kept_already, kept_of, kept_posts
from colonnade.listening.queries.labels import care_of, labels_of
from colonnade.listening.queries.lists import (
    all_resting,
    list_for,
    list_names_for,
    list_texts,
    list_texts_for,
    list_versions_of,
    lists_for,
    lists_named_by,
    naming_watches,
    resting_on,
    rests_on,
)
from colonnade.listening.queries.mentions import (
    arrived_mentions,
    is_mention,
    mentions_for,
    said_in_public,
    standing_of,
    stories_and_posts,
    stories_of,
    story_of,
    tags_of,
    why,
)
from colonnade.listening.queries.moods import (
    MOODS,
    Moods,
    corrections_by_language,
    lessons_in,
    mood_models,
    next_version,
    worth_learning,
)
from colonnade.listening.queries.previewing import preview
from colonnade.listening.queries.standing import STANDING, Standing, heard
from colonnade.listening.queries.watches import backfill_of, the_same_as, versions_of, watch_for, watches_for

__all__ = [
    "MOODS",
    "STANDING",
    "Moods",
    "Standing",
    "all_resting",
    "arrived_mentions",
    "backfill_of",
    "care_of",
    "corrections_by_language",
    "heard",
    "is_mention",
    "kept_already",
    "kept_of",
    "kept_posts",
    "labels_of",
    "lessons_in",
    "list_for",
    "list_names_for",
    "list_texts",
    "list_texts_for",
    "list_versions_of",
    "lists_for",
    "lists_named_by",
    "mentions_for",
    "minutes",
    "mood_models",
    "naming_watches",
    "next_version",
    "preview",
    "resting_on",
    "rests_on",
    "said_in_public",
    "standing_of",
    "stories_and_posts",
    "stories_of",
    "story_of",
    "streamed_by",
    "tags_of",
    "the_same_as",
    "versions_of",
    "watch_for",
    "watches_for",
    "why",
    "worth_learning",
]
