"""Lists that queries may name, what rests on them, and the forms that they had."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from colonnade.access.types import Viewer
from colonnade.listening import rules
from colonnade.listening.language.parsing import lists_named, may_name_lists
from colonnade.listening.models import ListVersion, NamedList, Watch
from colonnade.listening.naming import Kept, kept_queries
from colonnade.listening.types import Naming, Resting, VersionLine


def lists_for(viewer: Viewer) -> QuerySet[NamedList]:
    """Every list, by name; none for anybody but staff."""
    rows = NamedList.objects.select_related("owner").order_by("name")
    return rows if rules.can_see_watches(viewer) else rows.none()


def list_for(viewer: Viewer, pk: int) -> NamedList | None:
    """The list with this id, None when there is none and for anybody but staff."""
    return lists_for(viewer).filter(pk=pk).first()


def list_texts_for(viewer: Viewer, *queries: str) -> dict[str, str]:
    """What every list stands for, by its name, where one of these queries names any: to read them by. For anybody but staff
    there is no list. No statement where none is named."""
    return list_texts(*queries) if rules.can_see_watches(viewer) else {}


def list_texts(*queries: str) -> dict[str, str]:
    """The same for the machine itself."""
    if not any(may_name_lists(query) for query in queries):
        return {}
    return dict(NamedList.objects.values_list("name", "query"))


def list_names_for(viewer: Viewer, *, limit: int = 200) -> list[str]:
    """The names of lists, in order: for a field in which a query is written."""
    return list(lists_for(viewer).values_list("name", flat=True)[:limit])


def lists_named_by(viewer: Viewer, watch: Watch) -> list[NamedList]:
    """The lists that the queries of a watch name, by name. No statement where they name none."""
    names = lists_named(watch.query) | lists_named(watch.case_query)
    return list(lists_for(viewer).filter(name__in=names)) if names else []


def list_versions_of(viewer: Viewer, found: NamedList, *, limit: int = 20) -> list[VersionLine]:
    """The forms that a list had, the present one first, each with what was changed in it. One statement."""
    if not rules.can_see_watches(viewer):
        return []
    rows = ListVersion.objects.filter(named=found).select_related("by").order_by("-number")[: limit + 1]
    return rules.version_lines(list(rows), limit)


def resting_on(name: str, person: int) -> Resting:
    """What names this list itself, as this person may know of it. Three statements."""
    return _by_name(person).get(name, Resting())


def all_resting(viewer: Viewer) -> dict[str, Resting]:
    """By the name of a list what names it; without those that nothing names. Three statements; for staff."""
    return _by_name(viewer.person) if rules.can_see_watches(viewer) else {}


def _by_name(person: int | None) -> dict[str, Resting]:
    watches: dict[str, list[Naming]] = {}
    lists: dict[str, list[Naming]] = {}
    searches: dict[str, list[Kept]] = {}
    for watch in naming_watches():
        for name in lists_named(watch.query) | lists_named(watch.case_query):
            watches.setdefault(name, []).append(Naming(watch.pk, watch.name))
    for one in NamedList.objects.filter(query__icontains="list:").order_by("name"):
        for name in lists_named(one.query):
            lists.setdefault(name, []).append(Naming(one.pk, one.name))
    for kept in kept_queries():
        for name in lists_named(kept.query):
            searches.setdefault(name, []).append(kept)
    return {
        name: Resting(
            tuple(watches.get(name, ())),
            tuple(lists.get(name, ())),
            tuple(one.query for one in searches.get(name, ()) if one.person == person),
            sum(one.person != person for one in searches.get(name, ())),
        )
        for name in watches.keys() | lists.keys() | searches.keys()
    }


def naming_watches() -> QuerySet[Watch]:
    """The watches that name lists, by name."""
    naming = Q(query__icontains="list:") | Q(case_query__icontains="list:")
    return Watch.objects.filter(naming).order_by("name", "pk")


def rests_on(query: str, named_in: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Every list that a query rests on, itself or by other lists, those that do not exist among them; `named_in` says which
    each list names."""
    found: set[str] = set()
    ahead = set(lists_named(query))
    while ahead:
        found |= ahead
        ahead = {name for one in ahead for name in named_in.get(one, frozenset())} - found
    return frozenset(found)
