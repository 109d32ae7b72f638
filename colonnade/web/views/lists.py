"""Lists that queries name: all of them, one with its preview and its forms, and names brought in from elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.listening import actions
from colonnade.listening import queries as listening
from colonnade.listening.bringing import Brought, from_lines, joined
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.models import NamedList
from colonnade.listening.rules import BadName, list_name
from colonnade.listening.types import Resting
from colonnade.people.models import Person
from colonnade.primitives import ids, tables
from colonnade.web.building import Built
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.mistakes import mistake
from colonnade.web.pages import not_found, page
from colonnade.web.views.watches import AT_ONCE, hits

LARGEST, MOST_LINES, MOST_COLUMNS = 512 * 1024, 2_000, 40
MOST_LISTS, MOST_LEFT = 200, 5
FIELDS = ("name", "query", "description")


@require_safe
@staff_only
def lists(request: HttpRequest) -> HttpResponse:
    """Every list, with what it stands for and what names it."""
    viewer = looking(request).viewer
    rows = list(listening.lists_for(viewer)[:MOST_LISTS])
    resting = listening.all_resting(viewer)
    return page(
        request, "lists/page.html", {"lists": [(row, resting.get(row.name, Resting())) for row in rows]}
    )


@require_safe
@staff_only
def new(request: HttpRequest) -> HttpResponse:
    """A new list; what the address says of it is shown as it would catch, so that the page works without JavaScript too."""
    said = {name: request.GET.get(name, "") for name in FIELDS}
    return _form(request, None, said, **_caught(request, said))


@require_safe
@staff_only
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A list: what it stands for, what that catches, what names it, the forms it had."""
    found = listening.list_for(looking(request).viewer, pk)
    if found is None:
        return not_found(request)
    return _form(request, found, {name: getattr(found, name) for name in FIELDS})


@require_safe
@staff_only
def names(request: HttpRequest) -> HttpResponse:
    """The names of lists, to be offered where a query is written."""
    return page(request, "lists/named.html", {"named": listening.list_names_for(looking(request).viewer)})


@require_safe
@staff_only
def preview(request: HttpRequest) -> HttpResponse:
    """What a list as the form says it would catch by itself. With `deep` only how much, of as many posts as can be looked at."""
    said, deep = {name: request.GET.get(name, "") for name in FIELDS}, "deep" in request.GET
    template = "listen/counted.html" if deep else "lists/preview.html"
    return page(request, template, _caught(request, said, deep=deep))


def _caught(request: HttpRequest, said: dict[str, str], *, deep: bool = False) -> dict[str, Any]:
    query = said["query"].strip()
    if not query:
        return {}
    viewer = looking(request).viewer
    try:
        found = listening.preview(viewer, query, shown=AT_ONCE, deep=deep, called=_called(said))
    except QueryError as error:
        return {"mistake": mistake(error)}
    return {"caught": found, "shown": hits(viewer, found, Built())}


def _called(said: dict[str, str]) -> str:
    """Under which name it would stand; "" while it has none."""
    try:
        return list_name(said["name"])
    except BadName:
        return ""


def _form(
    request: HttpRequest, found: NamedList | None, said: dict[str, Any], *, status: int = 200, **more: Any
) -> HttpResponse:
    viewer = looking(request).viewer
    context: dict[str, Any] = {"list": found, "said": said}
    if found is not None:
        context["versions"] = [{"line": line} for line in listening.list_versions_of(viewer, found)]
        context["resting"] = listening.all_resting(viewer).get(found.name, Resting())
    return page(request, "lists/form.html", context | more, status=status)


@require_POST
@staff_only
def add(request: HttpRequest) -> HttpResponse:
    """A new list."""
    said = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        made = actions.add_list(
            said["name"], said["query"], by=_person(request), description=said["description"]
        )
    except ValueError as error:
        return _again(request, None, said, error)
    return HttpResponseRedirect(reverse("list", args=[made.pk]))


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Change a list, go back to a form that it had, remove it."""
    found = listening.list_for(looking(request).viewer, pk)
    if found is None or what not in DOING:
        return not_found(request)
    try:
        DOING[what](request, found, _person(request))
    except ValueError as error:
        kept = {name: request.POST.get(name, getattr(found, name)) for name in FIELDS}
        return _again(request, found, kept, error)
    return HttpResponseRedirect(reverse("lists") if what == "remove" else reverse("list", args=[pk]))


def _change(request: HttpRequest, found: NamedList, person: Person) -> None:
    said = {name: request.POST.get(name, "") for name in FIELDS}
    actions.change_list(found, by=person, **said)


def _back(request: HttpRequest, found: NamedList, person: Person) -> None:
    actions.take_list_back(found, ids.parse(request.POST.get("version", "")) or 0, by=person)


def _remove(request: HttpRequest, found: NamedList, person: Person) -> None:
    actions.remove_list(found, by=person)


DOING = {"change": _change, "back": _back, "remove": _remove}


def _again(
    request: HttpRequest, found: NamedList | None, said: dict[str, str], error: ValueError, **more: Any
) -> HttpResponse:
    """The form once more, with what was written and what is wrong with it."""
    wrong = {"mistake": mistake(error)} if isinstance(error, QueryError) else {"error": str(error)}
    return _form(request, found, said, status=422, **more, **wrong)


def _person(request: HttpRequest) -> Person:
    person = looking(request).person
    assert person is not None  # of staff, or a guard has answered
    return person


# --- names brought in ---------------------------------------------------------------------------------------------


@require_POST
@staff_only
def bring(request: HttpRequest) -> HttpResponse:
    """The form with names that were pasted or handed in as a file (one a line, or a column of a table) put into its query; with
    `do=look` only as it is, with what it would catch. Nothing is kept yet."""
    found = listening.list_for(looking(request).viewer, ids.parse(request.POST.get("list", "")) or 0)
    said = {name: request.POST.get(name, "") for name in FIELDS}
    if request.POST.get("do") == "look":
        return _form(request, found, said, **_caught(request, said))
    context: dict[str, Any] = {"bringing": True}
    try:
        text = _text(request)
        context |= _columns(request, text)
        brought = from_lines(_lines(text, context))
        context["before"] = _before(request)
        said["query"] = joined(context["before"], brought.query)
    except ValueError as error:
        return _again(request, found, said, error, **context)
    return _form(request, found, said, **context, **_told(brought), **_caught(request, said))


def _before(request: HttpRequest) -> str:
    """The query without the names that were put in a moment ago, while nobody has changed it since."""
    query, after = (_one_line(request.POST.get(name, "")) for name in ("query", "after"))
    return request.POST.get("before", "") if after and query == after else query


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _told(brought: Brought) -> dict[str, Any]:
    return {
        "brought": brought,
        "left": brought.left[:MOST_LEFT],
        "further": max(0, len(brought.left) - MOST_LEFT),
    }


def _text(request: HttpRequest) -> str:
    """What was handed in. Raises ValueError with a sentence."""
    sent = request.FILES.get("file")
    if sent is not None and (sent.size or 0) > LARGEST:
        raise ValueError(gettext("That is larger than 512 kB. Split it, please."))
    text = tables.decode(sent.read()) if sent is not None else request.POST.get("names", "")
    if len(text) > LARGEST:
        raise ValueError(gettext("That is larger than 512 kB. Split it, please."))
    if not text.strip():
        raise ValueError(gettext("Paste names, one a line, or choose a file."))
    return text


def _columns(request: HttpRequest, text: str) -> dict[str, Any]:
    """The columns of what was handed in where it is a table, and which one is meant: the first until another is chosen."""
    table = tables.read(text, most=MOST_LINES + 1)
    if table.width > MOST_COLUMNS:
        raise ValueError(gettext("That table has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    chosen = request.POST.get("column", "")
    whole = table.width < 2 or chosen == "whole"
    column = None if whole else min(ids.parse(chosen) or 0, table.width - 1)
    headed = bool(request.POST.get("headed")) if chosen else table.width > 1
    first = table.rows[0].cells if table.rows else ()
    return {
        "names": text,
        "table": table,
        "columns": [(at, name) for at, name in enumerate(first)] if table.width > 1 else [],
        "column": column,
        "headed": headed,
    }


def _lines(text: str, context: dict[str, Any]) -> list[str]:
    rows = context["table"].rows[1 if context["headed"] else 0 :]
    if len(rows) > MOST_LINES:
        raise ValueError(gettext("A list holds at most %(most)d names.") % {"most": MOST_LINES})
    if context["column"] is None:
        return text.splitlines()[1 if context["headed"] else 0 :]
    return ["".join(row.cells[context["column"] : context["column"] + 1]) for row in rows]
