"""The first steps, on one page: each in place, in any order, again at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.people.models import Person
from colonnade.primitives import clock, ids
from colonnade.web.guards import admins_only
from colonnade.web.looking import looking
from colonnade.web.pages import is_part, not_found, page
from colonnade.web.views.settings import organisation
from colonnade.web.views.settings.members import roles_for
from colonnade.web.views.start import looking_round
from colonnade.web.views.start.doing import DO, REFUSED
from colonnade.web.views.start.standing import Line, Standing, lines, standing

REVIEW_AFTER = timedelta(days=90)
TOLD = "start_told"


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is shown: what it is, whether it is open, its form's fields, what was wrong with them."""

    line: Line
    number: int
    open: bool
    next: str
    form: dict[str, Any]
    error: str

    @property
    def template(self) -> str:
        return f"start/{self.line.slug}.html"


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a form: which step is open now, what was done, or what was wrong and what had been typed."""

    open: str = ""
    done: str = ""
    error: str = ""
    again: bool = False


@require_safe
@admins_only
def start(request: HttpRequest) -> HttpResponse:
    """The first steps; `step` opens one of them. Part: `steps`."""
    done = request.session.pop(TOLD, "")
    return _page(request, Told(open=request.GET.get("step", ""), done=done))


@require_POST
@admins_only
def step(request: HttpRequest, what: str) -> HttpResponse:
    """Do one of the steps. The next that is left opens; what was refused stays as it was typed."""
    by = looking(request).person
    assert by is not None
    if what == "site":
        return _look(request)
    if what not in DO:
        return not_found(request)
    try:
        return _went_well(request, DO[what](request, by), what)
    except REFUSED as refused:
        return _page(request, Told(open=what, error=str(refused), again=True), status=422)


def _look(request: HttpRequest) -> HttpResponse:
    said = looking_round.one_line(request.POST.get("address", ""))
    if not said:
        error = gettext("Write a website, or the name you go by.")
        return _page(request, Told(open="site", error=error, again=True), status=422)
    if looking_round.is_address(said):
        asked = {"step": "site", "look": looking_round.look_at(said)}
    else:
        asked = {"step": "site", "name": said}
    return _go(request, f"{reverse('start')}?{urlencode(asked)}#site")


@require_POST
@admins_only
def take_found(request: HttpRequest) -> HttpResponse:
    """Read and listen for what had a tick."""
    by = looking(request).person
    assert by is not None
    try:
        return _went_well(request, looking_round.take(request, by), "site")
    except REFUSED as refused:
        return _page(request, Told(open="site", error=str(refused), again=True), status=422)


@require_safe
@admins_only
def found(request: HttpRequest, word: str) -> HttpResponse:
    """How far the look at a website is, as a part."""
    answer = looking_round.answer_to(word)
    if answer is None:
        return not_found(request)
    return page(request, "start/found.html", {"answer": answer, "word": word})


def _went_well(request: HttpRequest, said: str, what: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _page(request, Told(open=_after(request, what), done=said))
    request.session[TOLD] = said
    return HttpResponseRedirect(f"{reverse('start')}?{urlencode({'step': _after(request, what)})}")


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """To another state of the page; htmx is told to fetch it whole."""
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)


def _after(request: HttpRequest, what: str) -> str:
    """The step that opens once this one is done: the next that is left; this one where none is."""
    all_ = lines(standing(looking(request)))
    at = next(number for number, one in enumerate(all_) if one.slug == what)
    left = [one.slug for one in all_[at + 1 :] + all_[:at] if not one.done]
    return left[0] if left else what


def _page(request: HttpRequest, told: Told, *, status: int = 200) -> HttpResponse:
    now = standing(looking(request))
    all_ = lines(now)
    left = [one.slug for one in all_ if not one.done]
    open_ = told.open if told.open in {one.slug for one in all_} else (left[0] if left else "")
    steps = [
        Step(
            line=one,
            number=number,
            open=one.slug == open_,
            next=all_[number].slug if number < len(all_) else "",
            form=_form(request, one.slug, now, again=told.again and one.slug == told.open),
            error=told.error if one.slug == told.open else "",
        )
        for number, one in enumerate(all_, start=1)
    ]
    part = is_part(request, "steps") or request.htmx  # type: ignore[attr-defined]
    context = {
        "steps": steps,
        "done": len(all_) - len(left),
        "all": len(all_),
        "told": told.done,
        "moved": part,
    }
    return page(request, "start/steps.html" if part else "start/page.html", context, status=status)


def _form(request: HttpRequest, slug: str, now: Standing, *, again: bool) -> dict[str, Any]:
    """The fields of a step: as they stand, or as they were typed."""
    me = looking(request).person
    assert me is not None
    if slug == "organisation":
        ours = organisation.said(request) if again else organisation.form_of_ours(now.ours)
        return {**ours, "typed": {}}
    more: dict[str, dict[str, Any]] = {
        "aim": _aim(request, now, me),
        "members": {"staff": now.staff, "roles": roles_for(me)},
        "site": {**_site(request), "sources": now.sources[:5]},
        "account": {"accounts": now.accounts},
        "watch": {"watches": now.watches[:5]},
        "case": {"asks": now.asks, "once": _once()},
    }
    return {
        **more[slug],
        "typed": {name: request.POST.get(name, "") for name in request.POST} if again else {},
    }


def _aim(request: HttpRequest, now: Standing, me: Person) -> dict[str, Any]:
    """The fields of a new Aim, or those of one that is to be said anew (`aim`)."""
    number = ids.parse((request.POST or request.GET).get("aim", ""))
    known = next((one for one in now.aims if one.pk == number), None)
    review = (clock.now() + REVIEW_AFTER).date()
    fields = {
        "aims": now.aims,
        "staff": now.staff,
        "aim": known,
        "owner": str(me.pk),
        "review_on": review.isoformat(),
    }
    if known is None:
        return fields
    said = known.review_on.isoformat() if known.review_on else ""
    return {**fields, "owner": str(known.owner_id), "review_on": said}


def _site(request: HttpRequest) -> dict[str, Any]:
    word, name = request.GET.get("look", ""), looking_round.one_line(request.GET.get("name", ""))
    answer = looking_round.answer_to(word) if word else None
    return {
        "word": word,
        "answer": answer,
        "gone": bool(word) and answer is None,
        "name": name,
        "proposals": looking_round.without_asking(name) if name else [],
    }


def _once() -> str:
    return f"first-{ids.new()}"
