"""Watches as somebody builds them: the form, what it would have caught, and what one does to a watch."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from colonnade.conversations import queries as conversations
from colonnade.conversations.search.marking import excerpt, phrases_of
from colonnade.listening import actions
from colonnade.listening import queries as listening
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.models import Watch
from colonnade.listening.suggesting import composed
from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.marking import marked
from colonnade.web.mistakes import mistake
from colonnade.web.pages import not_found, page


@require_safe
@staff_only
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new watch; `q` fills in its words."""
    return page(request, "listen/form.html", {"query": request.GET.get("q", "")})


@require_safe
@staff_only
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form that changes a watch."""
    found = listening.watch_for(looking(request).viewer, pk)
    if found is None:
        return not_found(request)
    context = {
        "watch": found,
        "query": found.query,
        "name": found.name,
        "opens_case": found.opens_case,
        "case_query": found.case_query,
    }
    return page(request, "listen/form.html", context)


@require_safe
@staff_only
def preview(request: HttpRequest) -> HttpResponse:
    """What a watch for `query` would have caught among the newest posts, with the newest three."""
    viewer, query = looking(request).viewer, request.GET.get("query", "").strip()
    try:
        found = listening.preview(viewer, query)
    except QueryError as error:
        return page(request, "listen/preview.html", {"mistake": mistake(error) if query else None})
    shown = [
        {
            "post": post,
            "words": marked(excerpt(f"{post.title} {post.text}", phrases_of(found.why[post.id]), 160)),
        }
        for post in conversations.lines(viewer, found.posts)
    ]
    return page(request, "listen/preview.html", {"caught": found, "shown": shown})


@require_POST
@staff_only
def add(request: HttpRequest) -> HttpResponse:
    """A new watch; without a name it is called what it looks for."""
    person, query = _person(request), request.POST.get("query", "")
    name, opens_case = request.POST.get("name", ""), bool(request.POST.get("opens_case"))
    try:
        made = actions.add_watch(
            name or query,
            query,
            by=person,
            opens_case=opens_case,
            case_query=request.POST.get("case_query", ""),
        )
    except QueryError as error:
        return _again(request, error, None)
    return HttpResponseRedirect(reverse("watch", args=[made.pk]))


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Change, pause, resume or remove a watch; go back to a version; put suggested words into its query."""
    found, person = listening.watch_for(looking(request).viewer, pk), _person(request)
    if found is None or what not in DOING:
        return not_found(request)
    try:
        DOING[what](request, found, person)
    except QueryError as error:
        return _again(request, error, found)
    return HttpResponseRedirect(reverse("listen") if what == "remove" else reverse("watch", args=[pk]))


def _change(request: HttpRequest, found: Watch, person: Person) -> None:
    actions.change_watch(
        found,
        by=person,
        query=request.POST.get("query", ""),
        name=request.POST.get("name", ""),
        opens_case=bool(request.POST.get("opens_case")),
        case_query=request.POST.get("case_query", ""),
    )


def _back(request: HttpRequest, found: Watch, person: Person) -> None:
    number = ids.parse(request.POST.get("version", ""))
    actions.go_back(found, number or 0, by=person)


def _words(request: HttpRequest, found: Watch, person: Person) -> None:
    query = composed(found.query, request.POST.getlist("add"), request.POST.getlist("leave_out"))
    actions.change_watch(found, by=person, query=query)


def _pause(request: HttpRequest, found: Watch, person: Person) -> None:
    actions.pause_watch(found, by=person)


def _resume(request: HttpRequest, found: Watch, person: Person) -> None:
    actions.resume_watch(found, by=person)


def _remove(request: HttpRequest, found: Watch, person: Person) -> None:
    actions.remove_watch(found, by=person)


DOING = {
    "change": _change,
    "back": _back,
    "words": _words,
    "pause": _pause,
    "resume": _resume,
    "remove": _remove,
}


def _person(request: HttpRequest) -> Person:
    person = looking(request).person
    assert person is not None  # of staff, or a guard has answered
    return person


def _again(request: HttpRequest, error: QueryError, found: Watch | None) -> HttpResponse:
    """The form once more, with what was written and what is wrong with it."""
    context = {
        "watch": found,
        "mistake": mistake(error),
        "query": request.POST.get("query", ""),
        "name": request.POST.get("name", ""),
        "opens_case": bool(request.POST.get("opens_case")),
        "case_query": request.POST.get("case_query", ""),
    }
    return page(request, "listen/form.html", context, status=422)
