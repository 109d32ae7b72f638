"""Who people are, as far as staff may know: a list to search, a person's page, and what the desk keeps in mind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.conversations import queries as conversations
from colonnade.inbox import queries as inbox
from colonnade.people import actions, rules
from colonnade.people import queries as people
from colonnade.people.models import HERE, STAFF_ROLES, Claim, Identity, Person
from colonnade.primitives import clock, ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import Looking, looking
from colonnade.web.pages import is_part, not_found, page
from colonnade.web.views import connections

AT_ONCE = 40
MOST_FACES = 3
POSTS = 12
NEW_FOR = timedelta(days=30)
SHOWS = ("all", "staff", "knows-us", "new", "unknown")


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody in the list: a person with their names elsewhere, or a name of which nobody knows whose it is."""

    person: Person | None
    faces: list[Identity]
    heard_at: datetime | None

    @property
    def name(self) -> str:
        return str(self.person) if self.person else str(self.faces[0])


@require_safe
@staff_only
def people_page(request: HttpRequest) -> HttpResponse:
    """Everybody whom the viewer may know of, by name; searched by name, address or network. With `part=list` the list."""
    who = looking(request)
    words = " ".join(request.GET.get("q", "").split())[:100]
    show = request.GET.get("show", "all")
    show = show if show in SHOWS else "all"
    number = min(max(ids.parse(request.GET.get("page", "")) or 1, 1), 1000)
    rows = _unknown(who, words, number) if show == "unknown" else _known(who, words, show, number)
    context = {
        "rows": rows[:AT_ONCE],
        "q": words,
        "show": show,
        "number": number,
        "before": number - 1,
        "after": number + 1 if len(rows) > AT_ONCE else None,
    }
    return page(request, "people/rows.html" if is_part(request, "list") else "people/list.html", context)


def _known(who: Looking, words: str, show: str, number: int) -> list[Row]:
    viewer = who.viewer
    found = conversations.persons_like(viewer, words) if words else conversations.persons_for(viewer)
    found = _of(found, show).order_by("name", "pk").prefetch_related("identities")
    start = (number - 1) * AT_ONCE
    persons = list(found[start : start + AT_ONCE + 1])
    faces = {one.pk: _shown_first(one.identities.all()) for one in persons}
    heard = conversations.last_heard(viewer, [face.pk for own in faces.values() for face in own])
    return [Row(one, faces[one.pk], _newest(heard, faces[one.pk])) for one in persons]


def _of(found: QuerySet[Person], show: str) -> QuerySet[Person]:
    if show == "staff":
        return found.filter(role__in=STAFF_ROLES)
    if show == "knows-us":
        return (
            found.exclude(role__in=STAFF_ROLES)
            .filter(Q(sign_in__isnull=False) | Q(identities__network=HERE))
            .distinct()
        )
    if show == "new":
        return found.filter(pk__gte=ids.at(int((clock.now() - NEW_FOR).timestamp() * 1000)))
    return found


def _unknown(who: Looking, words: str, number: int) -> list[Row]:
    found = (
        conversations.identities_like(who.viewer, words)
        if words
        else conversations.identities_for(who.viewer)
    )
    start = (number - 1) * AT_ONCE
    faces = list(found.filter(person__isnull=True).order_by("-pk")[start : start + AT_ONCE + 1])
    heard = conversations.last_heard(who.viewer, [face.pk for face in faces])
    return [Row(None, [face], _newest(heard, [face])) for face in faces]


def _shown_first(faces: Any) -> list[Identity]:
    """A few names of a person, those on networks before the one on our own pages."""
    return sorted(faces, key=lambda face: (face.network == HERE, face.pk))[:MOST_FACES]


def _newest(heard: dict[int, int], faces: list[Identity]) -> datetime | None:
    newest = max((heard.get(face.pk, 0) for face in faces), default=0)
    return ids.moment_of(newest) if newest else None


# --- one person -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Face:
    """One name of a person, with the claim by which it is theirs, if somebody made one."""

    identity: Identity
    claim: Claim | None


@require_safe
@staff_only
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """A person with all their names and what they said. Parts: `about`, `talks`, `notes`, `ties`."""
    who = looking(request)
    found = conversations.persons_for(who.viewer).filter(pk=pk).first()
    if found is None:
        return not_found(request)
    for name, make in PARTS.items():
        if is_part(request, name):
            return page(request, f"people/{name}.html", {"person": found, **make(who, found)})
    return page(request, "people/person.html", _whole(request, who, found))


def _whole(request: HttpRequest, who: Looking, found: Person) -> dict[str, Any]:
    identities = list(found.identities.order_by("network", "pk"))
    claims = people.claims_in_force(one.pk for one in identities)
    said = conversations.visible_to(who.viewer).filter(author__in=identities).order_by("-pk")
    lines = conversations.lines(who.viewer, said.values_list("pk", flat=True)[:POSTS])
    joined = ids.parse(request.GET.get("joined", ""))
    return {
        "person": found,
        "faces": [Face(one, claims.get(one.pk)) for one in identities],
        "posts": lines,
        "joined": next((claim for claim in claims.values() if claim.pk == joined), None),
    }


def _about(who: Looking, found: Person) -> dict[str, Any]:
    return {
        "organisations": found.organisations.order_by("name"),
        "teams": people.teams_of(found),
        "skills": found.skills.order_by("name"),
    }


def _talks(who: Looking, found: Person) -> dict[str, Any]:
    faces = list(found.identities.values_list("pk", flat=True))
    talks = conversations.talked_in(who.viewer, faces)
    cases = inbox.cases_in(one.id for one in talks)
    return {"talks": [(one, cases.get(one.id)) for one in talks]}


def _notes(who: Looking, found: Person, **more: object) -> dict[str, Any]:
    by = who.person
    notes = people.notes_about(found)
    return {"notes": [(one, by is not None and rules.can_drop_note(by, one)) for one in notes], **more}


PARTS = {"about": _about, "talks": _talks, "notes": _notes, "ties": connections.known}


@require_POST
@staff_only
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a note about a person, or drop one (`drop` names it)."""
    who = looking(request)
    found = conversations.persons_for(who.viewer).filter(pk=pk).first()
    if found is None or who.person is None:
        return not_found(request)
    error, text = "", request.POST.get("text", "")
    drop = ids.parse(request.POST.get("drop", ""))
    if drop is not None:
        kept = next((one for one in people.notes_about(found) if one.pk == drop), None)
        if kept is None:
            return not_found(request)
        try:
            actions.drop_note(kept, by=who.person)
        except PermissionDenied:
            error = gettext("Only whoever wrote a note, or an admin, takes it away.")
    else:
        try:
            actions.keep_note(found, text, by=who.person)
            text = ""
        except ValueError as refused:
            error = str(refused)
    if not getattr(request, "htmx", False) and not error:
        return HttpResponseRedirect(reverse("person", args=[pk]))
    context = {"person": found, **_notes(who, found, error=error, text=text)}
    return page(request, "people/notes.html", context, status=422 if error else 200)
