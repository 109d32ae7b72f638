"""What is stored, caught by a watch as well: part by part, each part whole or not at all, whoever goes on with it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from colonnade.conversations import queries as conversations
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.listening import rules
from colonnade.listening.actions.mentions import catch_stored
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.models import Backfill, Watch
from colonnade.people.models import Person
from colonnade.primitives import clock, ids

AT_ONCE = 500
DAY_MS = 86_400_000


@action
def begin_backfill(watch: Watch, *, days: int | None, by: Person) -> Backfill:
    """Have a watch catch what is stored of the last `days` too, or (None) all of it, from the newest on; `catch_more` does it.
    Asked again while it runs, it begins again. Raises PermissionDenied."""
    if not rules.can_listen(by):
        raise PermissionDenied("Only staff add and change watches.")
    now = clock.now_ms()
    audit.record(
        "listening.backfill", by=by.principal_id, subject=f"watch:{watch.pk}", details={"days": days}
    )
    begun, _ = Backfill.objects.update_or_create(
        watch=watch,
        defaults={
            "reached": ids.first_of(now + 1),
            "down_to": ids.first_of(now - days * DAY_MS) if days else 0,
            "looked": 0,
            "caught": 0,
            "done": False,
            "asked_at": clock.now(),
        },
    )
    return begun


@action
def catch_more(watch_id: int) -> bool:
    """The next part of what is stored: caught and taken down as done in one transaction, so that whoever goes on after a
    break loses and doubles nothing. False: there is no more. The query is taken as it is at that moment; one that cannot be
    read catches nothing."""
    backfill = (
        Backfill.objects.select_for_update().select_related(None).filter(pk=watch_id, done=False).first()
    )
    if backfill is None:
        return False
    posts = conversations.stored(before=backfill.reached, down_to=backfill.down_to, limit=AT_ONCE)
    try:
        backfill.caught += catch_stored(backfill.watch, posts)
    except QueryError:
        posts = []
    backfill.looked += len(posts)
    backfill.reached = posts[-1] if posts else backfill.reached
    backfill.done = len(posts) < AT_ONCE
    backfill.save()
    return not backfill.done
