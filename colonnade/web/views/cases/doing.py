"""What one does to a case: answer, note, take back, take, hand over, wait, solve, open again."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from colonnade.conversations import queries as conversations
from colonnade.conversations.rules import WideningRefused
from colonnade.deliveries.rules import TooLate, Unfit
from colonnade.inbox import actions, queries
from colonnade.inbox.models import Case
from colonnade.inbox.rules import CannotAnswer, HeldBack, StaleCase, StaleReply, at_the_desk
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import clock, ids
from colonnade.primitives.states import NotAllowed
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found, page
from colonnade.web.story import tasks
from colonnade.web.views.cases.one import composer, head


@dataclass(frozen=True, slots=True)
class Done:
    """What a person did, to be told in a toast; `undo_s` seconds are left to take it back."""

    say: str
    undo_s: int = 0
    text: str = ""


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Do one thing to a case. Answers come back as the composer with a toast; everything else as the case's head."""
    who = looking(request)
    found, person = queries.case_for(who.viewer, pk), who.person
    if found is None or person is None:
        return not_found(request)
    try:
        if what == "reply":
            return _reply(request, found, person)
        if what == "note":
            actions.note(found, request.POST.get("text", ""), by=person, key=request.POST.get("once", ""))
            actions.look(found, person, writing=False)
            return _after_words(request, found, Done(gettext("Noted, for staff only.")))
        if what == "take-back":
            actions.take_back(found, by=person)
            return _after_words(
                request, found, Done(gettext("Taken back.")), text=request.POST.get("text", "")
            )
        if what not in MOVES:
            return not_found(request)
        MOVES[what](found, person, request)
    except (StaleCase, NotAllowed, ValueError, TooLate) as error:
        status = 409 if isinstance(error, StaleCase | NotAllowed) else 422
        return _told(request, found, what, str(error), status)
    return _moved(request, pk)


def _told(request: HttpRequest, found: Case, what: str, error: str, status: int) -> HttpResponse:
    """Nothing was done, and why; what was written stays in the box."""
    if what in ("reply", "note", "take-back"):
        text = request.POST.get("text", "")
        return _words(request, found, status=422, error=error, text=text, as_note=what == "note")
    template, context = head(request, found)
    return page(request, template, {"case": found, "error": error, **context}, status=status)


def _moved(request: HttpRequest, pk: int) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(reverse("case", args=[pk]))
    found = queries.case_for(looking(request).viewer, pk)
    if found is None:
        return not_found(request)
    template, context = head(request, found)
    return page(request, template, {"case": found, **context})


def _reply(request: HttpRequest, found: Case, person: Person) -> HttpResponse:
    text, seen = request.POST.get("text", ""), ids.parse(request.POST.get("seen", ""))
    try:
        done = actions.reply(
            found,
            text,
            by=person,
            seen_post=seen or 0,
            force=request.POST.get("anyway") == "1",
            said_anyway=request.POST.get("said_anyway") == "1",
            key=request.POST.get("once", ""),
        )
    except StaleReply as held:
        viewer = at_the_desk(looking(request).viewer)
        newer = conversations.lines(viewer, held.newer)
        return _words(request, found, status=409, error=str(held), text=text, held=True, newer=newer)
    except HeldBack as error:
        tasks.mark(tasks.STOPPED)
        return _words(request, found, status=422, error=str(error), text=text, held_back=True)
    except (CannotAnswer, WideningRefused, Unfit, PermissionDenied) as error:
        return _words(request, found, status=422, error=str(error), text=text)
    actions.look(found, person, writing=False)
    left = max(0, int((done.undo_until - clock.now()).total_seconds()))
    say = gettext("Sent.") if done.post is not None else gettext("It goes out in a moment.")
    return _after_words(request, found, Done(say, undo_s=left, text=text))


def _after_words(request: HttpRequest, found: Case, done: Done, *, text: str = "") -> HttpResponse:
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(reverse("case", args=[found.pk]))
    return _words(request, found, done=done, text=text)


def _words(request: HttpRequest, found: Case, *, status: int = 200, **more: object) -> HttpResponse:
    template, context = composer(request, found, **more)
    context["seen"] = ids.parse(request.POST.get("seen", "")) or context["seen"]
    return page(request, template, {"case": found, **context}, status=status)


def _version(request: HttpRequest) -> int | None:
    return ids.parse(request.POST.get("version", ""))


def _assign(found: Case, person: Person, request: HttpRequest) -> None:
    actions.assign(found, to=colleague(request), by=person, seen_version=_version(request))


def colleague(request: HttpRequest) -> Person | None:
    """To whom a case is to go; None where the form says nobody. Raises ValueError where there is no such colleague."""
    to = request.POST.get("to")
    if to == "":
        return None
    number = ids.parse(to or "")
    found = people.staff().filter(pk=number).first() if number is not None else None
    if found is None:
        raise ValueError(gettext("There is no such colleague."))
    return found


def _take(found: Case, person: Person, request: HttpRequest) -> None:
    actions.take(found, by=person, seen_version=_version(request))


def _wait(found: Case, person: Person, request: HttpRequest) -> None:
    actions.wait(found, by=person, seen_version=_version(request))


def _solve(found: Case, person: Person, request: HttpRequest) -> None:
    actions.solve(found, by=person, outcome=request.POST.get("outcome", ""), seen_version=_version(request))


def _reopen(found: Case, person: Person, request: HttpRequest) -> None:
    actions.reopen(found, by=person, seen_version=_version(request))


def _look(found: Case, person: Person, request: HttpRequest) -> None:
    actions.look(found, person, writing=True if request.POST.get("writing") == "1" else None)


MOVES = {"look": _look, "take": _take, "assign": _assign, "wait": _wait, "solve": _solve, "reopen": _reopen}


@require_POST
@staff_only
def open_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a case of a conversation; where there is one, go there."""
    who = looking(request)
    talk = conversations.conversation_for(who.viewer, pk)
    if talk is None or who.person is None:
        return not_found(request)
    number = ids.parse(request.POST.get("post", ""))
    post = conversations.post_for(who.viewer, number) if number is not None else None
    belongs = post is not None and post.conversation_id == talk.pk
    made = actions.open_case(talk, post=post if belongs else None, by=who.person, why="chosen")
    return HttpResponseRedirect(reverse("case", args=[made.pk]))
