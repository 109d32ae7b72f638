"""Every write of listening."""

from __future__ import annotations

from colonnade.listening.actions.backfills import begin_backfill, catch_more
from colonnade.listening.actions.handling import (
    give_mentions,
    put_back_mentions,
    sort_mention,
    tag_mentions,
    turn_mentions,
)
from colonnade.listening.actions.keeping import keep_by_hand, kept_place
from colonnade.listening.actions.labels import label_post, label_posts
from colonnade.listening.actions.lists import add_list, change_list, remove_list, take_list_back
from colonnade.listening.actions.mentions import catch_stored, match_posts
from colonnade.listening.actions.moods import correct_mood, keep_lesson, switch_mood
from colonnade.listening.actions.rereading import reread
from colonnade.listening.actions.stories import tell_stories
from colonnade.listening.actions.watches import (
    add_watch,
    change_watch,
    go_back,
    pause_watch,
    remove_watch,
    resume_watch,
)

__all__ = [
    "add_list",
    "add_watch",
    "begin_backfill",
    "catch_more",
    "catch_stored",
    "change_list",
    "change_watch",
    "correct_mood",
    "give_mentions",
    "go_back",
    "keep_by_hand",
    "keep_lesson",
    "kept_place",
    "label_post",
    "label_posts",
    "match_posts",
    "pause_watch",
    "put_back_mentions",
    "remove_list",
    "remove_watch",
    "reread",
    "resume_watch",
    "sort_mention",
    "switch_mood",
    "tag_mentions",
    "take_list_back",
    "tell_stories",
    "turn_mentions",
]
