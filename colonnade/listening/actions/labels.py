"""What people say of posts: whether they are what a watch looks for."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied

from colonnade.conversations import queries as conversations
from colonnade.core.db import action
from colonnade.listening import rules
from colonnade.listening.models import Label, Watch
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import clock


@action
def label_post(watch: Watch, post: int, relevant: bool | None, *, by: Person) -> bool:
    """Say that a post is what the watch looks for, or is not, or (None) take that back; the last word counts. The watch need
    not have caught it. False, and nothing done, where `by` may not see such a post. Raises PermissionDenied."""
    return label_posts(watch, {post: relevant}, by=by) == 1


@action
def label_posts(watch: Watch, said: Mapping[int, bool | None] | Mapping[int, bool], *, by: Person) -> int:
    """The same of many posts; returns of how many it was taken down."""
    if not rules.can_listen(by):
        raise PermissionDenied("Only staff say what a watch looks for.")
    seen = conversations.visible_to(people.viewer_for(by)).filter(pk__in=said)
    known = sorted(seen.values_list("pk", flat=True))
    for post in known:
        relevant = said[post]
        if relevant is None:
            Label.objects.filter(watch=watch, post=post).delete()
        else:
            Label.objects.update_or_create(
                watch=watch, post_id=post, defaults={"relevant": relevant, "by": by, "at": clock.now()}
            )
    return len(known)
