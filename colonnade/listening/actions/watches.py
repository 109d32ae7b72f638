"""Watches: added, changed, paused, removed."""

from __future__ import annotations

from types import EllipsisType

from django.core.exceptions import PermissionDenied

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.listening import rules
from colonnade.listening.actions.lists import locked_texts
from colonnade.listening.events import WatchAdded, WatchChanged, WatchRemoved
from colonnade.listening.language.parsing import may_name_lists, parse
from colonnade.listening.models import WATCH, Version, Watch
from colonnade.people.models import Person
from colonnade.places.models import Aim
from colonnade.primitives import clock, text


@action
def add_watch(
    name: str,
    query: str,
    *,
    by: Person | None,
    opens_case: bool = False,
    case_query: str = "",
    aim: Aim | None = None,
) -> Watch:
    """Listen for a search from now on; `by` None is the machine itself (first run). With `opens_case` what it catches needs
    an answer, or only what fits `case_query` as well. `aim`: what it serves.

    Raises PermissionDenied; QueryError, which says where the mistake is.
    """
    _require(by)
    query, case_query = _valid(query), _valid_or_none(case_query)
    watch = Watch.objects.create(
        name=_name(name) or query[:100],
        query=query,
        opens_case=opens_case,
        case_query=case_query,
        aim=aim,
        owner=by,
        created_at=clock.now(),
    )
    _keep_version(watch, by)
    announce(WatchAdded(watch=watch.pk), subject=f"watch:{watch.pk}")
    _record("listening.watch_added", watch, by)
    return watch


@action
def change_watch(
    watch: Watch,
    *,
    by: Person,
    query: str | None = None,
    name: str | None = None,
    opens_case: bool | None = None,
    case_query: str | None = None,
    aim: Aim | EllipsisType | None = ...,
) -> Watch:
    """Ask for something else, under another name, or for another Aim (None: for none). What was caught before stays, with the version that caught it;
    the query that it had stays among its versions.

    Raises PermissionDenied; QueryError, which says where the mistake is.
    """
    _require(by)
    watch = Watch.objects.select_for_update().get(pk=watch.pk)
    if query is not None and rules.tidy_query(query) != watch.query:
        watch.query = _valid(query)
        watch.version += 1
        _keep_version(watch, by)
    if name is not None and _name(name):
        watch.name = _name(name)
    if opens_case is not None:
        watch.opens_case = opens_case
    if case_query is not None:
        watch.case_query = _valid_or_none(case_query)
    if not isinstance(aim, EllipsisType):
        watch.aim = aim
    return _changed(watch, "listening.watch_changed", by)


@action
def go_back(watch: Watch, number: int, *, by: Person) -> Watch:
    """Ask again for what a version of this watch asked for: a new version with the old query. Where it asks for just that,
    or has no such version, nothing happens. Raises PermissionDenied; QueryError where that can no longer be read."""
    _require(by)
    kept = Version.objects.filter(watch=watch, number=number).values_list("query", flat=True).first()
    return watch if kept is None else change_watch(watch, by=by, query=kept)


@action
def pause_watch(watch: Watch, *, by: Person) -> Watch:
    """Catch nothing until `resume_watch`; a second time changes nothing. Raises PermissionDenied."""
    return _turn(watch, "paused", by)


@action
def resume_watch(watch: Watch, *, by: Person) -> Watch:
    """Catch again what arrives from now on; a second time changes nothing. Raises PermissionDenied."""
    return _turn(watch, "active", by)


@action
def remove_watch(watch: Watch, *, by: Person) -> None:
    """Listen for it no more and forget what it caught; the posts stay, and so do cases. Once it is gone nothing happens.

    Raises PermissionDenied.
    """
    _require(by)
    gone = Watch.objects.select_for_update().filter(pk=watch.pk).first()
    if gone is None:
        return
    announce(WatchRemoved(watch=gone.pk, name=gone.name), subject=f"watch:{gone.pk}")
    _record("listening.watch_removed", gone, by)
    gone.delete()


def _turn(watch: Watch, state: str, by: Person) -> Watch:
    _require(by)
    watch = Watch.objects.select_for_update().get(pk=watch.pk)
    if watch.state == state:
        return watch
    WATCH.check(watch.state, state)
    watch.state = state
    return _changed(watch, f"listening.watch_{state}", by)


def _changed(watch: Watch, what: str, by: Person) -> Watch:
    watch.save()
    announce(
        WatchChanged(watch=watch.pk, version=watch.version, state=watch.state), subject=f"watch:{watch.pk}"
    )
    _record(what, watch, by)
    return watch


def _require(by: Person | None) -> None:
    if by is not None and not rules.can_listen(by):
        raise PermissionDenied("Only staff add and change watches.")


def _valid(query: str) -> str:
    """The query as it is kept; the lists that it names stay until it is. Raises QueryError."""
    query = rules.tidy_query(query)
    parse(query, locked_texts() if may_name_lists(query) else None)
    return query


def _valid_or_none(query: str) -> str:
    """The same, of a query that may be left away."""
    return _valid(query) if query.strip() else ""


def _keep_version(watch: Watch, by: Person | None) -> None:
    Version.objects.create(watch=watch, number=watch.version, query=watch.query, by=by, at=clock.now())


def _name(name: str) -> str:
    return " ".join(text.normalise(name).split())[:100]


def _record(what: str, watch: Watch, by: Person | None) -> None:
    audit.record(
        what, by=by.principal_id if by else None, subject=f"watch:{watch.pk}", details={"query": watch.query}
    )
