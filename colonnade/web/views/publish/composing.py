"""The composer of a draft: whatever is refused, all that was typed stands there again."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from colonnade.deliveries.rules import Unfit as DeliveryUnfit
from colonnade.people.models import Person
from colonnade.primitives import clock, ids
from colonnade.primitives.states import NotAllowed
from colonnade.publishing import actions, queries, rules
from colonnade.publishing.models import Draft
from colonnade.publishing.types import DraftLine
from colonnade.web.drafting import Typed, options_of, plan_of
from colonnade.web.guards import staff_only
from colonnade.web.looking import Looking, looking
from colonnade.web.pages import cursor_now, not_found, page
from colonnade.web.views.publish.lists import to_approval, to_drafts, to_plan, zone_of

FRESH = "publishing.fresh"
SAYS_NO = (
    rules.Unfit,
    rules.TooLate,
    rules.OwnWords,
    rules.ReadAgain,
    NotAllowed,
    PermissionDenied,
    DeliveryUnfit,
)


def _composer(
    request: HttpRequest, who: Looking, typed: Typed, *, line: DraftLine | None = None, **more: Any
) -> HttpResponse:
    """The composer around what was typed; with `part` only what follows from it."""
    assert who.person is not None
    status, template = more.pop("status", 200), more.pop("template", "publish/compose.html")
    places = queries.publishable(who.viewer, who.person)
    options = options_of(places, typed)
    context = {
        "line": line,
        "typed": typed,
        "options": options,
        "chosen": [one for one in options if one.chosen],
        "sees": queries.audience_in_words([one.place for one in options if one.chosen]),
        "plan": plan_of(typed),
        "mine": zone_of(who.person).key,
        "fresh": "" if line else _fresh(request),
        **more,
    }
    with timezone.override(zone_of(who.person)):
        return page(request, template, context, status=status)


def _fresh(request: HttpRequest) -> str:
    """The sealed id of the draft that an empty composer becomes."""
    given = request.POST.get("fresh", "")
    return given if _reserved(given) else signing.dumps(str(ids.new()), salt=FRESH)


def _reserved(sealed: str) -> int | None:
    try:
        return ids.parse(signing.loads(sealed, salt=FRESH))
    except signing.BadSignature:
        return None


def _says_the_same(line: DraftLine, typed: Typed) -> bool:
    return (line.title, line.text) == (typed.title.strip(), typed.text.strip())


def _typed(request: HttpRequest, who: Looking) -> Typed:
    form = {name: str(value) for name, value in request.POST.items()}
    return Typed.of(form, [str(one) for one in request.POST.getlist("place")], zone_of(who.person).key)


@require_POST
@staff_only
def look(request: HttpRequest) -> HttpResponse:
    """What would stand where, who would see it, whether it fits: nothing is stored."""
    who = looking(request)
    return _composer(request, who, _typed(request, who), template="publish/look.html")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def publish_new(request: HttpRequest) -> HttpResponse:
    """An empty composer; sent, it becomes a draft. Sent twice, since an answer was lost, it becomes one."""
    who = looking(request)
    if request.method == "POST":
        number = _reserved(request.POST.get("fresh", ""))
        stored = queries.draft_for(who.viewer, number) if number is not None else None
        if stored is not None and _says_the_same(stored, _typed(request, who)):
            return HttpResponseRedirect(reverse("draft", args=[stored.id]))
        return _save(request, who, stored)
    return _composer(request, who, Typed(zone=zone_of(who.person).key))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """One draft: its composer, or, once it has gone, what became of it."""
    who = looking(request)
    line = queries.draft_for(who.viewer, pk)
    if line is None:
        return not_found(request)
    if request.method == "POST":
        return _save(request, who, line)
    return shown(request, who, line)


def shown(
    request: HttpRequest, who: Looking, line: DraftLine, *, error: str = "", status: int = 200
) -> HttpResponse:
    """A draft as it is stored, or what became of it; `error` says what could not be done to it."""
    if line.state not in queries.GONE:
        return _composer(
            request, who, Typed.stored(line, zone_of(who.person).key), line=line, error=error, status=status
        )
    left = int((line.undo_until - clock.now()).total_seconds()) if line.undo_until else 0
    template = "publish/gone_part.html" if request.GET.get("part") == "gone" else "publish/gone.html"
    with timezone.override(zone_of(who.person)):
        context = {"line": line, "left": max(left, 0), "error": error, "cursor": cursor_now()}
        return page(request, template, context, status=status)


def _save(request: HttpRequest, who: Looking, line: DraftLine | None) -> HttpResponse:
    """Keep what was typed, then plan or publish it. Whatever is refused, all that was typed stands there again."""
    typed, person = _typed(request, who), who.person
    assert person is not None
    do = request.POST.get("do", "keep")
    if do == "look":
        return _composer(request, who, typed, line=line)
    try:
        row = _kept(request, who, typed, line, do)
    except rules.StaleDraft as error:
        newest = queries.draft_for(who.viewer, line.id) if line else None
        if newest is None or newest.state in queries.GONE:
            return _composer(request, who, typed, line=line, error=str(error), status=409)
        typed.version = newest.version
        return _composer(request, who, typed, line=newest, theirs=newest, error=str(error), status=409)
    except SAYS_NO as error:
        return _composer(request, who, typed, line=line, error=str(error), held=_is_held(error), status=422)
    try:
        return _go_on(row, person, typed, do)
    except (*SAYS_NO, rules.StaleDraft) as error:
        typed.version, kept = row.version, queries.draft_for(who.viewer, row.pk)
        more = {"kept": True, "held": _is_held(error), "status": 422}
        return _composer(request, who, typed, line=kept, error=str(error), **more)


def _is_held(error: Exception) -> bool:
    """Whether it may be said all the same, by a second act."""
    return isinstance(error, rules.HeldBack)


def _kept(request: HttpRequest, who: Looking, typed: Typed, line: DraftLine | None, do: str) -> Draft:
    """Store what was typed. What is planned is changed together with its plan, or not at all."""
    person = who.person
    assert person is not None
    if line is None:
        fresh = _reserved(request.POST.get("fresh", ""))
        return actions.write(typed.text, by=person, title=typed.title, targets=typed.wanted, fresh=fresh)
    row = queries.to_act_on(who.viewer, line.id)
    if row is None:
        raise rules.StaleDraft(gettext("It has just been thrown away. What you typed still stands here."))
    stays = line.state == "waiting" and (do == "plan" or (do == "ask" and bool(typed.local)))
    return actions.change(
        row,
        typed.text,
        by=person,
        version=typed.version,
        title=typed.title,
        targets=typed.wanted,
        plan=(typed.local, typed.zone) if stays else None,
        unplan=do == "keep" or (do == "ask" and not typed.local),
        said_anyway=typed.said_anyway,
    )


def _go_on(row: Draft, person: Person, typed: Typed, do: str) -> HttpResponse:
    how: dict[str, Any] = {"by": person, "version": row.version, "said_anyway": typed.said_anyway}
    if do == "now":
        actions.publish_now(row, **how)
        return HttpResponseRedirect(reverse("draft", args=[row.pk]))
    if do not in ("plan", "ask"):
        return HttpResponseRedirect(to_drafts(row.pk))
    if do == "ask" and not typed.local:
        actions.ask_review(row, **how)
    elif row.state != "waiting":
        actions.schedule(row, typed.local, typed.zone, **how)
    return HttpResponseRedirect(to_approval(row.pk) if do == "ask" else to_plan(row.pk))
