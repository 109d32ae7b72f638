"""Conversations as the public face lists them: how each begins, and how it went on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import PostLine
from colonnade.primitives import ids

LOOKED_AT = 60
TITLE_LETTERS = 90


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation by the post it begins with; `says` is what that post says beyond its title."""

    post: PostLine
    title: str
    says: str
    answers: int
    newest: datetime


def latest(viewer: Viewer, places: Collection[int], most: int) -> list[Talk]:
    """The conversations in these places in which something was said last, as this viewer may read them."""
    if not places:
        return []
    newest = conversations.newest(viewer, places=places, limit=LOOKED_AT)
    said_in = dict(
        conversations.visible_to(viewer).filter(pk__in=newest).values_list("pk", "conversation_id")
    )
    talks = list(dict.fromkeys(said_in[post] for post in newest if post in said_in))[:most]
    openings = conversations.openings(viewer, talks)
    lines = {
        line.conversation: line for line in conversations.lines(viewer, [o.first for o in openings.values()])
    }
    return [
        _talk(lines[talk], openings[talk].posts - 1, openings[talk].newest) for talk in talks if talk in lines
    ]


def _talk(post: PostLine, answers: int, newest: int) -> Talk:
    words = " ".join(post.text.split())
    title = post.title or beginning(words) or post.place_name
    rest = words.removeprefix(title.removesuffix("…")).strip() if not post.title else words
    return Talk(post, title, rest, answers, ids.moment_of(newest))


def beginning(words: str) -> str:
    """The first sentence, or as many whole words as stand in a title."""
    for end in (". ", "? ", "! "):
        head, found, _ = words.partition(end)
        if found and len(head) < TITLE_LETTERS:
            words = head + end.strip() if len(head) < len(words) else words
            break
    if len(words) <= TITLE_LETTERS:
        return words
    return words[:TITLE_LETTERS].rpartition(" ")[0] + "…"
