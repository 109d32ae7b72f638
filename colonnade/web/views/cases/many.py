"""One thing done to many cases at once; one toast with the way back for all of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from colonnade.inbox import actions
from colonnade.inbox.actions import Before, Many
from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found, page
from colonnade.web.views.cases.doing import colleague

SALT = "colonnade.web.many-cases"
UNDO_S = 10
UNDO_HOLDS_S = 120


@require_POST
@staff_only
def many(request: HttpRequest, what: str) -> HttpResponse:
    """Hand over, solve or tag the chosen cases (`case`, many times), or undo what was done (`before`, sealed)."""
    person = looking(request).person
    if person is None or what not in ("hand-over", "solve", "tag", "undo"):
        return not_found(request)
    try:
        if what == "undo":
            return _told(request, _undone(request, person))
        done = _do(request, what, person)
    except (ValueError, PermissionDenied, signing.BadSignature) as error:
        return _told(request, str(error) or gettext("That cannot be undone any more."), status=422)
    undo = _sealed(person, done) if done.done else ""
    return _told(request, _said(what, done), undo=undo)


def _do(request: HttpRequest, what: str, person: Person) -> Many:
    chosen = [pk for text in request.POST.getlist("case") if (pk := ids.parse(text)) is not None]
    if not chosen:
        raise ValueError(gettext("Choose at least one case."))
    if what == "hand-over":
        return actions.assign_many(chosen, to=colleague(request), by=person)
    if what == "solve":
        return actions.solve_many(chosen, by=person)
    return actions.tag_many(chosen, request.POST.get("tags", "").split(","), by=person)


def _said(what: str, done: Many) -> str:
    count = len(done.done)
    said = {
        "hand-over": ngettext("%(n)d case handed over.", "%(n)d cases handed over.", count),
        "solve": ngettext("%(n)d case solved.", "%(n)d cases solved.", count),
        "tag": ngettext("%(n)d case tagged.", "%(n)d cases tagged.", count),
    }[what] % {"n": count}
    if not done.left:
        return said
    left = ngettext("%(n)d was left as it is.", "%(n)d were left as they are.", done.left) % {"n": done.left}
    return gettext("%(done)s %(left)s") % {"done": said, "left": left}


def _sealed(person: Person, done: Many) -> str:
    told = {"person": str(person.pk), "before": [asdict(before) for before in done.done]}
    return signing.dumps(told, salt=SALT, compress=True)


def _undone(request: HttpRequest, person: Person) -> str:
    told = signing.loads(request.POST.get("before", ""), salt=SALT, max_age=UNDO_HOLDS_S)
    if told["person"] != str(person.pk):
        raise signing.BadSignature
    befores = [Before(**{**before, "tags": tuple(before["tags"])}) for before in told["before"]]
    count = actions.put_back(befores, by=person)
    return ngettext("%(n)d case is as it was.", "%(n)d cases are as they were.", count) % {"n": count}


def _told(request: HttpRequest, say: str, *, status: int = 200, **more: Any) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(reverse("inbox"))
    response = page(request, "inbox/told.html", {"say": say, "undo_s": UNDO_S, **more}, status=status)
    response["HX-Trigger"] = "colonnade:changed"
    return response
