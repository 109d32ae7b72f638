"""Search hints after a scope's tier has changed: until they are right again, its scope is searched without them."""

from __future__ import annotations

from colonnade.conversations.actions import store
from colonnade.conversations.models import PostText
from colonnade.conversations.search import index
from colonnade.core import db
from colonnade.core.db import action
from colonnade.places import actions as places
from colonnade.places.models import Scope

BATCH = 500


def renew_hints(scope_id: int) -> int:
    """Write the hints of all posts in a scope anew, in short transactions. Returns how many changed."""
    renewed, after = 0, 0
    while True:
        number, after = _renew_batch(scope_id, after)
        if not number:
            return renewed
        renewed += number


@action
def _renew_batch(scope_id: int, after: int) -> tuple[int, int]:
    scope = Scope.objects.select_for_update().get(pk=scope_id)
    hint = index.hint(scope.pk, scope.tier)
    stale = list(
        PostText.objects.filter(post__scope=scope, post__deleted=False, pk__gt=after)
        .exclude(hint=hint)
        .order_by("pk")[:BATCH]
    )
    if not stale:
        places.hints_renewed(scope)
        return 0, after
    if db.is_postgres():
        for said in stale:
            store.index_for_postgres(said.pk, *index.postgres_row(said.pk, said.title, said.text, hint))
    else:
        store.unindex_for_sqlite((s.pk, s.title, s.text, s.hint) for s in stale)
        store.index_for_sqlite((s.pk, s.title, s.text, hint) for s in stale)
    PostText.objects.filter(pk__in=[said.pk for said in stale]).update(hint=hint)
    return len(stale), stale[-1].pk
