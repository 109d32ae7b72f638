"""How somebody is connected with others: shown on the pages of both, said, changed and taken away by the staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from colonnade.conversations import queries as conversations
from colonnade.people import actions
from colonnade.people import queries as people
from colonnade.people.models import Person, Tie
from colonnade.people.types import Connection
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import Looking, looking
from colonnade.web.pages import not_found, page

SURE = (("1.0", gettext_lazy("Sure")), ("0.7", gettext_lazy("Likely")), ("0.4", gettext_lazy("Not sure")))
FIELDS = ("kind", "reverse", "known_from", "since", "confidence")
MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A connection as the page of one of the two shows it: with whom, and how, as seen from there."""

    tie: Tie
    other: Person
    words: str
    sure: str
    typed: dict[str, str]


def known(who: Looking, found: Person, **more: object) -> dict[str, Any]:
    """The connections of somebody with whom the viewer may know of, and what its form offers."""
    ties = people.ties_of(found)
    others = {one.target_id if one.source_id == found.pk else one.source_id for one in ties}
    seen = set(conversations.persons_for(who.viewer).filter(pk__in=others).values_list("pk", flat=True))
    lines = [_line(one, found) for one in ties]
    return {"lines": [line for line in lines if line.other.pk in seen], "sure": SURE, "typed": {}, **more}


def _line(tie: Tie, found: Person) -> Line:
    forth = tie.source_id == found.pk
    words = (
        tie.kind if forth else tie.reverse or gettext("%(kind)s (the other way round)") % {"kind": tie.kind}
    )
    sure = next((value for value, _ in SURE if tie.confidence >= float(value)), SURE[-1][0])
    typed = {
        "kind": tie.kind,
        "reverse": tie.reverse,
        "known_from": tie.known_from,
        "since": tie.since.isoformat() if tie.since else "",
        "confidence": sure,
    }
    return Line(tie, tie.target if forth else tie.source, words, sure, typed)


@require_POST
@staff_only
def connect(request: HttpRequest, pk: int) -> HttpResponse:
    """Say with whom somebody is connected and how; `tie` names one that is said differently, `drop` one that goes. It leads
    from them to the other, or `toward` them."""
    who = looking(request)
    found = conversations.persons_for(who.viewer).filter(pk=pk).first()
    if found is None or who.person is None:
        return not_found(request)
    named = ids.parse(request.POST.get("tie") or request.POST.get("drop") or "")
    line = next((one for one in known(who, found)["lines"] if one.tie.pk == named), None)
    if line is None and named is not None:
        return not_found(request)
    try:
        more = _done(request, who, found, line)
    except ValueError as refused:
        typed = {name: request.POST.get(name, "")[:300] for name in (*FIELDS, "who")}
        more = {"error": str(refused), "refused": line.tie.pk if line else 0, "typed": typed}
        if line is None:
            more["candidates"] = _candidates(who, found, typed["who"])
    if not getattr(request, "htmx", False) and "error" not in more and "gone" not in more:
        return HttpResponseRedirect(reverse("person", args=[pk]))
    context = {"person": found, **known(who, found, **more)}
    return page(request, "people/ties.html", context, status=422 if "error" in more else 200)


def _done(request: HttpRequest, who: Looking, found: Person, line: Line | None) -> dict[str, Any]:
    assert who.person is not None
    if line is None:
        pair = (found, _other(request, who, found))
        source, target = reversed(pair) if request.POST.get("toward") else pair
        actions.tie(source, target, _said(request), by=who.person)
        return {}
    if request.POST.get("drop"):
        actions.untie(line.tie, by=who.person)
        return {"gone": line}
    actions.change_tie(line.tie, _said(request), by=who.person)
    return {}


def _said(request: HttpRequest) -> Connection:
    said = {name: request.POST.get(name, "")[:300] for name in FIELDS}
    try:
        since = date.fromisoformat(said["since"]) if said["since"] else None
    except ValueError:
        raise ValueError(gettext("That is no day. Write it as year-month-day.")) from None
    sure = said["confidence"] if said["confidence"] in dict(SURE) else "1.0"
    return Connection(said["kind"], said["reverse"], said["known_from"], since, float(sure))


def _other(request: HttpRequest, who: Looking, found: Person) -> Person:
    """Whom the form names: by number, or by a name that fits one person alone. Raises ValueError with a sentence."""
    number = ids.parse(request.POST.get("other", ""))
    if number is not None:
        chosen = conversations.persons_for(who.viewer).filter(pk=number).first()
    else:
        rows = _candidates(who, found, request.POST.get("who", ""))
        same = [one for one in rows if str(one).casefold() == request.POST.get("who", "").strip().casefold()]
        if len(rows) > 1 and len(same) != 1:
            raise ValueError(gettext("Several people fit that name: choose one."))
        chosen = next(iter(same or rows), None)
    if chosen is None:
        raise ValueError(gettext("Nobody whom you may know of has that name."))
    return chosen


def _candidates(who: Looking, found: Person, said: str) -> list[Person]:
    words = " ".join(said.split())[:100]
    if not words:
        return []
    rows = conversations.persons_like(who.viewer, words).exclude(pk=found.pk)
    return list(rows.order_by("name", "pk")[:MOST_FOUND])
