"""What writers at the same moment could not know of one another, mended as soon as all of them have committed.

Three pairs may miss each other where several write at a time: an answer and what it answers, a post and the deletion that
its network announces, a post and the joining of its conversation to another. Both of a pair announce a fact, and a fact
is heard only after its own transaction has been committed. So when the fact of whichever was later is heard, both are
there, and the mending that hears it sees both: no window is left, whatever came first. All of it is safe to run twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from colonnade.conversations.actions import joining
from colonnade.conversations.actions.change import bury
from colonnade.conversations.actions.lookups import rows_among
from colonnade.conversations.models import Post
from colonnade.core.db import action
from colonnade.places.models import Place

_BURIED = (
    "SELECT p.id FROM conversations_post p JOIN conversations_buried b "
    "ON b.uri_hash = p.uri_hash AND b.place_id = p.place_id WHERE NOT p.deleted AND "
)
_WAITING = (
    "SELECT p.id, p.place_id, r.post_id FROM conversations_pendingreply r "
    "JOIN conversations_post p ON p.uri_hash = r.uri_hash WHERE "
)
_LEFT_BEHIND = (
    "SELECT DISTINCT c.id, c.duplicate_of_id, c.place_id FROM conversations_conversation c "
    "JOIN conversations_post p ON p.conversation_id = c.id WHERE c.duplicate_of_id IS NOT NULL AND "
)


@action
def mend(posts: Sequence[int]) -> None:
    """Posts were written: what they, and others of the same moment, could not know."""
    left_behind = rows_among(f"{_LEFT_BEHIND} p.id", posts)
    waiting = {*rows_among(f"{_WAITING} p.id", posts), *rows_among(f"{_WAITING} r.post_id", posts)}
    talks = [talk for row in left_behind for talk in row[:2]]
    joining.lock(talks, of=[post for parent, _, answer in waiting for post in (parent, answer)])
    _fetch(left_behind)
    _answer(waiting)
    _bury_all(row[0] for row in rows_among(f"{_BURIED} p.id", posts))


@action
def mend_buried(burials: Sequence[int]) -> None:
    """A place said that posts are gone while they were being written."""
    _bury_all(row[0] for row in rows_among(f"{_BURIED} b.id", burials))


@action
def mend_joined(conversations: Sequence[int]) -> None:
    """Conversations were joined while something was written into one of them, or while one was joined to a third."""
    left_behind = rows_among(f"{_LEFT_BEHIND} c.id", conversations)
    joining.lock(talk for row in left_behind for talk in row[:2])
    _fetch(left_behind)


def _fetch(left_behind: Iterable[tuple[int, int, int]]) -> None:
    """What was written into a conversation that is a duplicate goes where its talk goes on."""
    for talk, into, place in sorted(left_behind):
        joining.merge(Place.objects.get(pk=place), talk, into)


def _answer(waiting: Iterable[tuple[int, int, int]]) -> None:
    """An answer that still waits for a post which is here has found it."""
    for parent, place, answer in sorted(waiting):
        talk = Post.objects.values_list("conversation_id", flat=True).get(pk=parent)
        joining.join_answers(Place.objects.get(pk=place), parent, talk, (answer,))


def _bury_all(posts: Iterable[int]) -> None:
    rows = Post.objects.select_for_update().filter(pk__in=list(posts), deleted=False)
    for post in rows.order_by("pk"):
        bury(post)
