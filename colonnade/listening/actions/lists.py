"""Lists that queries may name: added, changed, removed; never so that something that rests on one breaks."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.listening import queries, rules
from colonnade.listening.events import ListAdded, ListChanged, ListRemoved
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import lists_named, parse
from colonnade.listening.models import ListVersion, NamedList, Watch
from colonnade.listening.naming import kept_queries
from colonnade.listening.rules import InUse
from colonnade.people.models import Person
from colonnade.primitives import clock, text

LONGEST_DESCRIPTION = 300


@action
def add_list(name: str, query: str, *, by: Person, description: str = "") -> NamedList:
    """A list that queries may name from now on. Raises PermissionDenied; BadName; QueryError, which says where the mistake is."""
    _require(by)
    lists, name, query = locked_texts(), rules.list_name(name), rules.tidy_query(query)
    if name in lists:
        raise rules.BadName(gettext("There is a list “%(name)s” already.") % {"name": name})
    parse(query, lists | {name: query})
    made = NamedList.objects.create(
        name=name, query=query, description=_described(description), owner=by, created_at=clock.now()
    )
    _keep_version(made, by)
    announce(ListAdded(list=made.pk), subject=f"list:{made.pk}")
    _record("listening.list_added", made, by)
    return made


@action
def change_list(
    found: NamedList,
    *,
    by: Person,
    query: str | None = None,
    name: str | None = None,
    description: str | None = None,
) -> NamedList:
    """Have a list stand for something else, or under another name while nothing names it. The query that it had stays among its
    versions.

    Raises PermissionDenied; BadName; InUse; QueryError, which says where the mistake is: in the list, or in what rests on
    it and could no longer be read.
    """
    _require(by)
    lists = locked_texts()
    found = NamedList.objects.get(pk=found.pk)
    if name is not None and rules.list_name(name) != found.name:
        _rename(found, rules.list_name(name), lists, by)
    if query is not None and rules.tidy_query(query) != found.query:
        before = dict(lists)
        found.query = rules.tidy_query(query)
        _require_readable(found, lists)
        _require_searches_readable(found.name, before, lists, by)
        found.version += 1
        _keep_version(found, by)
    if description is not None:
        found.description = _described(description)
    found.save()
    announce(ListChanged(list=found.pk, version=found.version), subject=f"list:{found.pk}")
    _record("listening.list_changed", found, by)
    return found


@action
def take_list_back(found: NamedList, number: int, *, by: Person) -> NamedList:
    """Have a list stand for what a version of it stood for: a new version with the old query. Where it has no such version
    nothing happens. Raises as `change_list`."""
    _require(by)
    kept = ListVersion.objects.filter(named=found, number=number).values_list("query", flat=True).first()
    return found if kept is None else change_list(found, by=by, query=kept)


@action
def remove_list(found: NamedList, *, by: Person) -> None:
    """Take a list away that nothing names. Once it is gone nothing happens. Raises PermissionDenied, InUse."""
    _require(by)
    locked_texts()
    gone = NamedList.objects.filter(pk=found.pk).first()
    if gone is None:
        return
    _require_unused(gone.name, by)
    announce(ListRemoved(list=gone.pk, name=gone.name), subject=f"list:{gone.pk}")
    _record("listening.list_removed", gone, by)
    gone.delete()


def locked_texts() -> dict[str, str]:
    """What every list stands for; they stay so until the transaction ends. So a list is not taken away from whoever names it in
    this very moment, and two changes that only together make a round are made one after the other."""
    rows = NamedList.objects.select_for_update(no_key=True).order_by("pk")
    return dict(rows.values_list("name", "query"))


def _rename(found: NamedList, name: str, lists: dict[str, str], by: Person) -> None:
    if name in lists:
        raise rules.BadName(gettext("There is a list “%(name)s” already.") % {"name": name})
    _require_unused(found.name, by)
    lists[name] = lists.pop(found.name)
    found.name = name


def _require_unused(name: str, by: Person) -> None:
    """Raises InUse, which says by what."""
    users = queries.resting_on(name, by.pk)
    if users:
        raise InUse(
            gettext("“%(name)s” is used by %(users)s. Change these first.")
            % {"name": name, "users": ", ".join(rules.names_of(users))}
        )


def _require_readable(found: NamedList, lists: dict[str, str]) -> None:
    """Raises QueryError where the list, or a watch that rests on it, could not be read."""
    lists[found.name] = found.query
    parse(found.query, lists)
    for watch in _resting(found.name, lists):
        for query in (watch.query, watch.case_query):
            try:
                parse(query, lists) if query else None
            except QueryError as error:
                raise QueryError(
                    "The watch “%(name)s” could no longer be read: %(why)s",
                    error.at,
                    error.example,
                    {"name": watch.name, "why": error},
                    query,
                ) from None


def _require_searches_readable(name: str, before: dict[str, str], lists: dict[str, str], by: Person) -> None:
    """Raises QueryError where a saved search of `by` that rests on the list could not be read any more, InUse where it is that of
    somebody else: its words are theirs."""
    named_in = {one: lists_named(query) for one, query in lists.items()}
    for kept in kept_queries():
        if name not in queries.rests_on(kept.query, named_in) or _fault_of(kept.query, before):
            continue
        fault = _fault_of(kept.query, lists)
        if fault is not None and kept.person != by.pk:
            raise InUse(gettext("A saved search of a colleague could no longer be read."))
        if fault is not None:
            raise QueryError(
                "Your saved search “%(words)s” could no longer be read: %(why)s",
                fault.at,
                fault.example,
                {"words": kept.query, "why": fault},
                kept.query,
            )


def _fault_of(query: str, lists: dict[str, str]) -> QueryError | None:
    try:
        parse(query, lists)
    except QueryError as error:
        return error
    return None


def _resting(name: str, lists: dict[str, str]) -> list[Watch]:
    """The watches that rest on a list, themselves or by other lists."""
    named_in = {one: lists_named(query) for one, query in lists.items()}
    return [
        watch
        for watch in queries.naming_watches()
        if name in queries.rests_on(watch.query, named_in) | queries.rests_on(watch.case_query, named_in)
    ]


def _require(by: Person) -> None:
    if not rules.can_listen(by):
        raise PermissionDenied("Only staff add and change lists.")


def _described(description: str) -> str:
    return " ".join(text.normalise(description).split())[:LONGEST_DESCRIPTION]


def _keep_version(found: NamedList, by: Person) -> None:
    ListVersion.objects.create(named=found, number=found.version, query=found.query, by=by, at=clock.now())


def _record(what: str, found: NamedList, by: Person) -> None:
    audit.record(
        what,
        by=by.principal_id,
        subject=f"list:{found.pk}",
        details={"name": found.name, "query": found.query},
    )
