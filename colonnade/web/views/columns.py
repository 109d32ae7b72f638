"""Columns side by side, each of them live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from colonnade.listening import actions as listening_actions
from colonnade.listening import queries as listening
from colonnade.listening.language.mistakes import QueryError
from colonnade.people.models import Person
from colonnade.places import queries as places
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.listed import Listed, kept_in
from colonnade.web.listed import asked as listed
from colonnade.web.looking import Looking, looking
from colonnade.web.mistakes import mistake
from colonnade.web.pages import cursor_now, not_found, page
from colonnade.web.streams import AT_ONCE, Shows, asked, news, posts
from colonnade.workspace import actions as workspace
from colonnade.workspace import queries as workspace_queries
from colonnade.workspace.models import ColumnKind
from colonnade.workspace.rules import CannotArrange
from colonnade.workspace.types import ColumnLine

MOST_TO_CHOOSE = 200
WATCHES_AT_FIRST = 2
KEPT_AS = {"identity": ColumnKind.PERSON}


@dataclass(frozen=True, slots=True)
class Group:
    """Lists of another page that may stand as a column: what the button of each sends, and its word."""

    name: Promise
    icon: str
    parts: tuple[tuple[str, Promise], ...]


LISTS = (
    Group(
        _("Cases"),
        "inbox",
        (("cases=mine", _("Mine")), ("cases=nobody", _("Nobody's")), ("cases=all", _("All"))),
    ),
    Group(_("Outgoing"), "out", (("outgoing=open", _("On the way")), ("outgoing=check", _("To check")))),
    Group(
        _("Publish"),
        "publish",
        (
            ("drafts=plan", _("What waits")),
            ("drafts=approval", _("Waits for approval")),
            ("drafts=drafts", _("Drafts")),
        ),
    ),
    Group(_("Notices"), "bell", (("notices=1", _("What concerns me")),)),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One column on the page: posts as `shows` says, or the list of another page, `lists`."""

    shows: Shows
    title: str
    icon: str
    address: str = ""
    id: int | None = None
    gone: bool = False
    width: int = 1
    lists: Listed | None = None

    @property
    def show(self) -> str:
        """What a form sends to have the same column again."""
        return self.lists.query if self.lists else self.shows.query


@require_safe
@staff_only
def columns(request: HttpRequest) -> HttpResponse:
    """The viewer's columns, or, before they chose any, everything beside the first watches."""
    who = looking(request)
    shown = _chosen(who) or _at_first(who)
    return page(request, "columns/page.html", {"columns": shown, "cursor": cursor_now()})


def _chosen(who: Looking) -> list[Shown]:
    return [_shown(line) for line in workspace_queries.columns_for(who.viewer)]


def _shown(line: ColumnLine) -> Shown:
    lists = kept_in(line)
    if lists is not None:
        return Shown(Shows("all"), line.title, lists.icon, lists.page, line.id, line.gone, line.width, lists)
    shows = {
        ColumnKind.PLACE: Shows("place", line.place or 0),
        ColumnKind.PERSON: Shows("identity", line.identity or 0),
        ColumnKind.WATCH: Shows("watch", line.watch or 0),
    }.get(ColumnKind(line.kind), Shows("all"))
    return Shown(
        shows, line.title, ICONS[shows.kind], _address(shows), id=line.id, gone=line.gone, width=line.width
    )


def _address(shows: Shows) -> str:
    """Where the same stands on a page of its own."""
    return reverse(shows.kind, args=[shows.id]) if shows.id else ""


ICONS = {"all": "columns", "place": "spaces", "identity": "people", "watch": "listen"}


def _at_first(who: Looking) -> list[Shown]:
    watches = listening.watches_for(who.viewer)[:WATCHES_AT_FIRST]
    return [
        Shown(Shows("all"), "", ICONS["all"]),
        *(
            Shown(Shows("watch", watch.pk), watch.name, ICONS["watch"], reverse("watch", args=[watch.pk]))
            for watch in watches
        ),
    ]


@require_safe
def posts_of(request: HttpRequest) -> HttpResponse:
    """The posts of one column: the newest, those `before` an id, or with `after` a cursor exactly what has come since.

    For everybody: a column shows only what its viewer may see.
    """
    shows = asked(request)
    if shows is None:
        return not_found(request)
    viewer = looking(request).viewer
    if "after" in request.GET:
        come = news(viewer, shows, request.GET["after"])
        if come is None:
            return HttpResponse(status=410)
        return page(
            request, "columns/news.html", {"new": come.new, "changed": come.changed, "cursor": come.cursor}
        )
    cursor = cursor_now()
    lines = posts(viewer, shows, before=ids.parse(request.GET.get("before", "")))
    more = lines[-1].id if len(lines) == AT_ONCE else None
    return page(
        request, "columns/posts.html", {"posts": lines, "cursor": cursor, "shows": shows, "more": more}
    )


@require_safe
@staff_only
def choose(request: HttpRequest) -> HttpResponse:
    """What a new column may show."""
    return _choices(request)


def _choices(request: HttpRequest, *, status: int = 200, **more: str) -> HttpResponse:
    viewer = looking(request).viewer
    context = {
        "places": places.places_for(viewer)[:MOST_TO_CHOOSE],
        "watches": listening.watches_for(viewer)[:MOST_TO_CHOOSE],
        "lists": LISTS,
    }
    return page(request, "columns/choose.html", context | more, status=status)


@require_POST
@staff_only
def add(request: HttpRequest) -> HttpResponse:
    """A new column: `show` is "all", "place=17", "identity=4", "watch=9", a list of another page ("cases=mine",
    "found=1&q=bridge"), or "search" with `words`, which become a watch; with `to` and `width` one that was taken away
    comes back as it was."""
    who = looking(request)
    show = QueryDict(request.POST.get("show", ""))
    person = who.person
    assert person is not None
    _keep_first(who, person)
    try:
        if "search" in show:
            return _add_watch(request, person)
        added = workspace.add_column(person, **_wanted(show), width=_number(request, "width") or 1)
        to = _number(request, "to")
        if to is not None:
            workspace.move_column(person, added.pk, to=to)
    except CannotArrange as error:
        return page(request, "columns/refused.html", {"say": str(error)}, status=422)
    return HttpResponseRedirect(reverse("columns"))


def _wanted(show: QueryDict) -> dict[str, Any]:
    """What a column is to show, as the workspace keeps it."""
    lists = listed(show)
    if lists is not None:
        return lists.kept
    for name in ("place", "identity", "watch"):
        if name in show:
            return {"kind": KEPT_AS.get(name, name), name: ids.parse(str(show[name]))}
    return {"kind": ColumnKind.ALL if "all" in show else ""}


def _add_watch(request: HttpRequest, person: Person) -> HttpResponse:
    words = request.POST.get("words", "")
    try:
        watch = listening_actions.add_watch(words, words, by=person)
    except QueryError as error:
        return _choices(request, status=422, error=mistake(error).sentence, words=words)
    workspace.add_column(person, ColumnKind.WATCH, watch=watch.pk)
    return HttpResponseRedirect(reverse("columns"))


def _keep_first(who: Looking, person: Person) -> None:
    """Whoever arranges for the first time keeps what they saw before."""
    if workspace_queries.columns_for(who.viewer):
        return
    for one in _at_first(who):
        workspace.add_column(person, one.shows.kind, watch=one.shows.id or None)


def _number(request: HttpRequest, name: str) -> int | None:
    """A small number of a form; None where there is none."""
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else None


@require_POST
@staff_only
def change(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Take a column away, make it as wide as `width`, put it `to` a place, or one to the left or right.

    A script hears nothing back but of what was taken away, with a way to undo it.
    """
    who, person = looking(request), looking(request).person
    assert person is not None
    line = workspace_queries.column_for(who.viewer, pk)
    if line is None or what not in ("remove", "left", "right", "move", "width"):
        return not_found(request)
    order = [one.id for one in workspace_queries.columns_for(who.viewer)]
    at = order.index(pk)
    match what:
        case "remove":
            workspace.remove_column(person, pk)
        case "width":
            workspace.set_width(person, pk, _number(request, "width") or 1)
        case "move":
            to = _number(request, "to")
            workspace.move_column(person, pk, to=at if to is None else to)
        case _:
            workspace.move_column(person, pk, to=at + (1 if what == "right" else -1))
    if request.headers.get("HX-Request") != "true":
        return HttpResponseRedirect(reverse("columns"))
    if what == "remove":
        return page(request, "columns/removed.html", {"one": _shown(line), "at": at})
    return HttpResponse(status=204)
