"""What people said of posts, how well each form of a query agrees with that, and which words would make it better."""

from __future__ import annotations

from collections.abc import Mapping

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.listening import rules
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard
from colonnade.listening.models import Watch
from colonnade.listening.queries.lists import list_texts_for
from colonnade.listening.queries.standing import heard
from colonnade.listening.queries.watches import versions_of
from colonnade.listening.suggesting import Suggestions, suggest, words_asked
from colonnade.listening.types import Care

LABELS_LOOKED_AT = 500


def labels_of(viewer: Viewer, watch: Watch, *, limit: int = LABELS_LOOKED_AT) -> dict[int, bool]:
    """What was said of the newest labelled posts of a watch which the viewer may see. One statement."""
    if not rules.can_see_watches(viewer):
        return {}
    rows = conversations.visible_to(viewer).filter(labels__watch=watch).order_by("-labels__post_id")
    return dict(rows.values_list("pk", "labels__relevant")[:limit])


def care_of(viewer: Viewer, watch: Watch) -> Care:
    """The versions of a watch, each measured by what people said of posts, and words that would make it better. Five
    statements, six where one of them names a list."""
    said = labels_of(viewer, watch)
    posts = {pk: post for pk, (_, post) in heard(said).items()}
    versions = versions_of(viewer, watch)
    lists = list_texts_for(viewer, watch.query, *(one.query for one in versions))
    return Care(
        versions=tuple(versions),
        measured={one.number: rules.measured(one.query, posts, said, lists) for one in versions},
        suggestions=suggestions(watch.query, posts, said, lists),
    )


def suggestions(
    query: str, posts: Mapping[int, Heard], said: Mapping[int, bool], lists: Mapping[str, str]
) -> Suggestions:
    """Words to add to a query or to leave out, from what was said of these posts."""
    told: dict[bool, list[str]] = {True: [], False: []}
    for pk, post in posts.items():
        if pk in said:
            told[said[pk]].append(f"{post.title} {post.text}")
    try:
        known = words_asked(parse(query, lists))
    except QueryError:
        known = set()
    return suggest(told[True], told[False], known=known)
