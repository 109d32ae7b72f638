"""A thread as its viewer reads it: which words are ours, which are staff notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from colonnade.access import rules
from colonnade.access.types import Viewer
from colonnade.conversations.models import Conversation
from colonnade.conversations.rules import is_note
from colonnade.conversations.types import PostLine
from colonnade.people.models import STAFF_ROLES, Identity
from colonnade.places import queries as places


@dataclass(frozen=True, slots=True)
class Said:
    """One post of a thread."""

    post: PostLine
    ours: bool
    note: bool


def said_in(viewer: Viewer, conversation: Conversation, posts: Sequence[PostLine]) -> list[Said]:
    """The thread with what its viewer should tell apart. Only staff are shown which notes are notes: no other sees one."""
    ours = _ours(posts)
    notes = _notes(viewer, conversation, posts) if viewer.is_staff else set()
    return [Said(post, post.author.id in ours, post.scope in notes) for post in posts]


def _ours(posts: Sequence[PostLine]) -> set[int]:
    """The authors who speak for the organisation: its accounts, and its people."""
    authors = {post.author.id for post in posts}
    staff = Q(person__role__in=STAFF_ROLES, person__state="active")
    rows = Identity.objects.filter(staff | Q(accounts__isnull=False), pk__in=authors)
    return set(rows.values_list("pk", flat=True)) if authors else set()


def _notes(viewer: Viewer, conversation: Conversation, posts: Sequence[PostLine]) -> set[int]:
    """Scopes of staff notes beside what others read too."""
    other = {post.scope for post in posts} - {conversation.scope_id}
    if not other or is_note(rules.terms_of(conversation.scope.audience.key)):
        return set()
    rows = places.scopes_seen(viewer).filter(pk__in=other).values_list("pk", "audience__key")
    return {scope for scope, key in rows if is_note(rules.terms_of(key))}
