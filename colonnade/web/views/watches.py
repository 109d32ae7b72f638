"""Watches as somebody builds them: the form, what it would have caught, and what one does to a watch."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.search.marking import excerpt, phrases_of
from colonnade.listening import actions, work
from colonnade.listening import queries as listening
from colonnade.listening.chipping import NoChips
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.models import Watch
from colonnade.listening.suggesting import Suggestions, composed
from colonnade.listening.types import Preview
from colonnade.people.models import Person
from colonnade.places import queries as places
from colonnade.places.models import Aim
from colonnade.primitives import ids
from colonnade.web.building import Built, built, in_chips
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.marking import marked
from colonnade.web.mistakes import mistake
from colonnade.web.pages import not_found, page

AT_ONCE, OFTEN, MOST_SAID, DAYS_BACK = 6, 200, 100, 30


@require_safe
@staff_only
def new(request: HttpRequest) -> HttpResponse:
    """A new watch: from a name (`topic`), or (`expert`, or with `q`, its words) as a query. What the address says of it is
    shown as it would be caught, so that the page works without JavaScript too."""
    kept: dict[str, Any] = {name: request.GET.get(name, "") for name in ("name", "opens_case", "case_query")}
    asked, stays = _in_chips(request, built(request.GET), wanted="chips" in request.GET)
    if asked.expert and not kept["name"]:
        kept["name"] = asked.topic
    return _form(request, kept | {"picked": request.GET.get("aim", ""), "stays": stays}, asked)


@require_safe
@staff_only
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form that changes a watch: its query in chips where they can say it, else as text with the reason. What the address says
    takes the place of what is kept."""
    viewer = looking(request).viewer
    found = listening.watch_for(viewer, pk)
    if found is None:
        return not_found(request)
    kept = {"name": found.name, "opens_case": found.opens_case, "case_query": found.case_query}
    context: dict[str, Any] = {"watch": found, **kept, "picked": found.aim_id}
    if request.GET.keys() & {"topic", "query", "expert"}:
        asked, stays = _in_chips(request, built(request.GET), wanted="chips" in request.GET)
        sent = {"name": "name", "case_query": "case_query", "picked": "aim"}
        context |= {name: request.GET[field] for name, field in sent.items() if field in request.GET}
        context["opens_case"] = "opens_case" in request.GET
        return _form(request, context | {"stays": stays}, asked)
    said = dict(list(listening.labels_of(viewer, found).items())[:MOST_SAID])
    asked, stays = _in_chips(request, Built(query=found.query, expert=True, said=said), wanted=True)
    return page(
        request, "listen/form.html", context | {"built": asked, "stays": stays, "aims": places.aims()}
    )


def _form(request: HttpRequest, context: dict[str, Any], asked: Built) -> HttpResponse:
    """The form with what it would have caught. Beside posts the Aims come by themselves: so the page asks no more than a dozen
    statements."""
    shown = _shown(request, asked)
    aims = {} if "caught" in shown else {"aims": places.aims()}
    return page(request, "listen/form.html", context | shown | aims)


def _in_chips(request: HttpRequest, asked: Built, *, wanted: bool) -> tuple[Built, str]:
    """A query in chips where that is wanted, and why it stays text where they cannot say it."""
    if not asked.expert or not wanted:
        return asked, ""
    try:
        return in_chips(asked, listening.list_texts_for(looking(request).viewer, asked.query)), ""
    except NoChips as error:
        return asked, gettext(error.template) % error.values
    except QueryError:
        return asked, ""


@require_safe
@staff_only
def aims(request: HttpRequest) -> HttpResponse:
    """What a watch may serve, to choose from; with `picked` as it is chosen."""
    return page(request, "spaces/aim.html", {"aims": places.aims(), "picked": request.GET.get("picked", "")})


@require_safe
@staff_only
def preview(request: HttpRequest) -> HttpResponse:
    """What the watch of the form would have caught, with a sample to judge and words that would make it better. With `deep`
    only how much, of as many posts as can be looked at; with `far` all of it of those, for what is said too seldom to find
    six among the newest; with `same` whether another watch looks for the very same."""
    if "same" in request.GET:
        return page(request, "listen/same.html", _same(request, built(request.GET)))
    far = "far" in request.GET
    context = _shown(request, built(request.GET), deep=far or "deep" in request.GET)
    caught = context.get("caught")
    if caught is not None:
        context["far"] = far
        context["further"] = not far and not caught.whole and caught.matched < AT_ONCE
        context["stays_far"] = far and caught.matched < OFTEN
    return page(request, "listen/counted.html" if "deep" in request.GET else "listen/preview.html", context)


def _shown(request: HttpRequest, asked: Built, *, deep: bool = False) -> dict[str, Any]:
    """The form's own fields, and what its query would have caught; without a query there is nothing to show."""
    context: dict[str, Any] = {"built": asked}
    viewer = looking(request).viewer
    try:
        query = asked.composed(listening.list_texts_for(viewer, asked.query))
        if not query:
            return context
        apart = [] if asked.expert else asked.ways
        found = listening.preview(
            viewer, query, said=asked.said, apart=apart, shown=AT_ONCE * (1 + asked.more), deep=deep
        )
    except QueryError as error:
        return context | {"mistake": mistake(error)}
    return context | {
        "caught": found,
        "composed": query,
        "ways": [
            (way, way in asked.chosen, count) for way, count in zip(asked.ways, found.apart, strict=False)
        ],
        "shown": hits(viewer, found, asked),
        "elsewhere": {pk: right for pk, right in asked.said.items() if pk not in found.posts},
        "suggested": _suggested(asked, found.suggestions),
        "notes": [one.told(gettext) for one in found.notes],
    }


def _same(request: HttpRequest, asked: Built) -> dict[str, Any]:
    """A watch, other than the one that the form changes, which looks for the very same already."""
    viewer = looking(request).viewer
    try:
        query = asked.composed(listening.list_texts_for(viewer, asked.query))
    except QueryError:
        return {}
    besides = ids.parse(request.GET.get("watch", ""))
    return {"same": listening.the_same_as(viewer, query, besides=besides) if query else None}


def hits(viewer: Viewer, found: Preview, asked: Built) -> list[dict[str, Any]]:
    """The posts of a sample with what was found in them marked, and what was said of each."""
    return [
        {
            "post": post,
            "words": marked(excerpt(f"{post.title} {post.text}", phrases_of(found.why[post.id]), 160)),
            "said": asked.said.get(post.id),
        }
        for post in conversations.lines(viewer, found.posts)
    ]


def _suggested(asked: Built, told: Suggestions) -> dict[str, Any]:
    """The words that were chosen, and after them those that are suggested."""
    chosen = {*asked.add, *asked.leave_out}
    return {
        "add": [one for one in told.add if one.word not in chosen],
        "leave_out": [one for one in told.leave_out if one.word not in chosen],
        "right": told.right,
        "wrong": told.wrong,
    }


@require_POST
@staff_only
def add(request: HttpRequest) -> HttpResponse:
    """A new watch; without a name it is called what it looks for."""
    person, asked = _person(request), built(request.POST)
    name = request.POST.get("name", "") or asked.topic
    try:
        query = _composed(request, asked)
        made = actions.add_watch(
            name or query,
            query,
            by=person,
            opens_case=bool(request.POST.get("opens_case")),
            case_query=request.POST.get("case_query", ""),
            aim=_aim(request),
        )
    except QueryError as error:
        return _again(request, error, None)
    actions.label_posts(made, asked.said, by=person)
    if request.POST.get("stored"):
        work.backfill(made, days=DAYS_BACK, by=person)
    return HttpResponseRedirect(reverse("watch", args=[made.pk]))


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Change, pause, resume or remove a watch; go back to a version; put suggested words into its query;
    catch what is stored."""
    found, person = listening.watch_for(looking(request).viewer, pk), _person(request)
    if found is None or what not in DOING:
        return not_found(request)
    try:
        DOING[what](request, found, person)
    except QueryError as error:
        return _again(request, error, found)
    return HttpResponseRedirect(reverse("listen") if what == "remove" else reverse("watch", args=[pk]))


def _change(request: HttpRequest, found: Watch, person: Person) -> None:
    asked = built(request.POST)
    actions.change_watch(
        found,
        by=person,
        query=_composed(request, asked),
        name=request.POST.get("name", ""),
        opens_case=bool(request.POST.get("opens_case")),
        case_query=request.POST.get("case_query", ""),
        aim=_aim(request) if "aim" in request.POST else ...,
    )
    actions.label_posts(found, asked.said, by=person)


def _composed(request: HttpRequest, asked: Built) -> str:
    return asked.composed(listening.list_texts_for(looking(request).viewer, asked.query))


def _aim(request: HttpRequest) -> Aim | None:
    """The Aim that the form names; none for one that is gone meanwhile."""
    number = ids.parse(request.POST.get("aim", ""))
    return None if number is None else next((one for one in places.aims() if one.pk == number), None)


def _back(request: HttpRequest, found: Watch, person: Person) -> None:
    number = ids.parse(request.POST.get("version", ""))
    actions.go_back(found, number or 0, by=person)


def _words(request: HttpRequest, found: Watch, person: Person) -> None:
    lists = listening.list_texts_for(looking(request).viewer, found.query)
    query = composed(found.query, request.POST.getlist("add"), request.POST.getlist("leave_out"), lists)
    actions.change_watch(found, by=person, query=query)


def _stored(request: HttpRequest, found: Watch, person: Person) -> None:
    days = request.POST.get("days", "")
    work.backfill(found, days=None if days == "all" else (ids.parse(days) or DAYS_BACK), by=person)


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
    "stored": _stored,
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
        "built": built(request.POST),
        "name": request.POST.get("name", ""),
        "opens_case": bool(request.POST.get("opens_case")),
        "case_query": request.POST.get("case_query", ""),
        "aims": places.aims(),
        "picked": request.POST.get("aim", ""),
    }
    return page(request, "listen/form.html", context, status=422)
