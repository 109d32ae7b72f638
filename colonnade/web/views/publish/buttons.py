"""Buttons on one draft, and the brake over everything that is planned."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.publishing import actions, queries, rules
from colonnade.publishing.models import Draft
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found
from colonnade.web.toasts import toast
from colonnade.web.views.publish.composing import SAYS_NO, shown
from colonnade.web.views.publish.lists import to_approval, to_drafts, to_plan


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One button on one draft."""
    who = looking(request)
    row, person = queries.to_act_on(who.viewer, pk), who.person
    if row is None or person is None or what not in ACTS:
        return not_found(request)
    try:
        onward = ACTS[what](row, person, {name: str(value) for name, value in request.POST.items()})
    except (*SAYS_NO, rules.StaleDraft) as error:
        return _refused(request, pk, str(error))
    said = str(SAID.get(what, gettext("Done.")))
    if what not in WAYS_BACK:
        return toast(request, said, back=onward)
    way_back = reverse("draft_act", args=[pk, WAYS_BACK[what]])
    return toast(request, said, back=onward, undo={"what": what}, action=way_back)


def _refused(request: HttpRequest, pk: int, error: str) -> HttpResponse:
    """Why not: beside what is done in place, else on the draft's own page."""
    if getattr(request, "htmx", False):
        return toast(request, error, back="", status=409)
    who = looking(request)
    line = queries.draft_for(who.viewer, pk)
    return not_found(request) if line is None else shown(request, who, line, error=error, status=409)


def _pause(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.pause(row, by=person, reason=form.get("reason", ""))
    return to_plan(row.pk)


def _resume(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.resume(row, by=person)
    return to_plan(row.pk)


def _now(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    version = form.get("version", "")
    actions.publish_now(row, by=person, version=int(version) if version.isdecimal() else 0)
    return reverse("draft", args=[row.pk])


def _withdraw(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.withdraw(row, by=person)
    return to_drafts(row.pk)


def _take_back(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.take_back(row, by=person)
    return reverse("draft", args=[row.pk])


def _take_down(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.take_down(row, ids.parse(form.get("target", "")) or 0, by=person)
    return reverse("draft", args=[row.pk])


def _remove(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.remove(row, by=person)
    return f"{reverse('publish')}?view=drafts"


def _approve(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.approve(row, by=person, seen=form.get("seen", ""))
    return _from(row, form)


def _take_back_approval(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.take_back_approval(row, by=person)
    return _from(row, form)


def _ask_changes(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.ask_changes(row, form.get("words", ""), by=person)
    return _from(row, form)


def _read_again(row: Draft, person: Person, form: Mapping[str, str]) -> str:
    actions.read_again(row, by=person, seen=form.get("seen", ""))
    return reverse("draft", args=[row.pk])


def _from(row: Draft, form: Mapping[str, str]) -> str:
    """Back to the page on which it was done."""
    return reverse("draft", args=[row.pk]) if form.get("from") == "draft" else to_approval(row.pk)


ACTS = {
    "pause": _pause,
    "resume": _resume,
    "now": _now,
    "withdraw": _withdraw,
    "take-back": _take_back,
    "take-down": _take_down,
    "remove": _remove,
    "approve": _approve,
    "take-back-approval": _take_back_approval,
    "ask-changes": _ask_changes,
    "read-again": _read_again,
}
WAYS_BACK = {"now": "take-back", "approve": "take-back-approval"}
SAID = {
    "take-back-approval": gettext_lazy("Your approval is taken back: it waits again."),
    "approve": gettext_lazy("Approved, as it stands."),
    "ask-changes": gettext_lazy("It waits for the changes that you asked for."),
    "now": gettext_lazy("It is on its way."),
    "take-back": gettext_lazy("It is as it was."),
}


@require_POST
@staff_only
def brake(request: HttpRequest, what: str) -> HttpResponse:
    """Pause everything that is planned, with a reason; let it go again."""
    person = looking(request).person
    if person is None or what not in ("pause", "resume"):
        return not_found(request)
    held = 0
    if what == "resume":
        held = actions.resume_all(by=person)
    elif request.POST.get("reason", "").strip():
        actions.pause_all(request.POST["reason"], by=person)
    else:
        return HttpResponseRedirect(f"{reverse('publish')}?why=1#brake")
    return HttpResponseRedirect(f"{reverse('publish')}{f'?held={held}' if held else ''}")
