"""The public face: ask without an account, read what is open, come back to what one asked."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from colonnade.access import queries as access
from colonnade.access.models import Tier
from colonnade.access.types import Viewer
from colonnade.community.queries import letters_go_out
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Conversation
from colonnade.inbox import actions as inbox
from colonnade.inbox import queries as inbox_queries
from colonnade.inbox.rules import CannotAsk, TooOften
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places import queries as places
from colonnade.places.models import Place, PlaceKind
from colonnade.primitives import ids
from colonnade.web import trust
from colonnade.web.looking import Looking, looking, remember_guest
from colonnade.web.origin import is_ours, is_stamped, public_url, stamp, who_asks
from colonnade.web.pages import cursor_now, is_part, not_found, page
from colonnade.web.talks import latest
from colonnade.web.views import demo

LATEST = 6
MOST_SPACES = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the organisation shows the world. Nothing is written and no cookie is set for whoever only reads.

    Where the make-believe town is played, whoever sits at this machine is taken in as somebody of it."""
    if demo.welcomes(request):
        return HttpResponseRedirect(reverse("demo"))
    return _home(request, about=request.GET.get("about", ""))


def _home(
    request: HttpRequest,
    *,
    text: str = "",
    name: str = "",
    email: str = "",
    about: str = "",
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    who = looking(request)
    anybody = who.viewer if who.person is None else access.anonymous()
    spaces = public_spaces(anybody)
    return page(
        request,
        "front/home.html",
        {
            "talks": latest(anybody, [place.pk for place in spaces], LATEST),
            "trust": trust.found(),
            "spaces": spaces[:MOST_SPACES],
            "more_spaces": len(spaces) > MOST_SPACES,
            "takes_questions": bool(spaces),
            "stamp": stamp("ask"),
            "text": text,
            "name": name,
            "email": email,
            "writes": letters_go_out(),
            "about": about_what(about),
            "error": error,
        },
        status=status,
    )


def about_what(about: str) -> Conversation | None:
    """The conversation that a question is about, where everybody may read it."""
    pk = ids.parse(about)
    talk = conversations.conversation_for(access.anonymous(), pk) if pk is not None else None
    return talk if talk is not None and talk.scope.tier == Tier.EVERYONE else None


def public_spaces(viewer: Viewer) -> list[Place]:
    """Spaces of ours that this viewer may read; the first of them takes questions."""
    rows = places.places_for(viewer).filter(kind=PlaceKind.SPACE).select_related("space", "audience")
    return sorted(rows[:50], key=lambda place: (place.space.kind != "help", place.name))


@csrf_exempt
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Take a question of anybody. What was written stays in the box when it cannot be taken."""
    text, name = request.POST.get("text", ""), request.POST.get("name", "")
    about, email = request.POST.get("about", ""), request.POST.get("email", "")
    if not is_ours(request):
        raise PermissionDenied(gettext("This form was sent from somewhere else."))
    if not is_stamped(request, "ask"):
        error = gettext("The page was open for too long. Your words are still here: please send them again.")
        return _home(request, text=text, name=name, email=email, about=about, error=error, status=409)
    who = looking(request)
    spaces = public_spaces(access.anonymous())
    if not spaces:
        return not_found(request)
    talk = about_what(about)
    words = _with_address(text, talk) if talk is not None and text.strip() else text
    try:
        asked = inbox.ask(
            spaces[0],
            name=name,
            text=words,
            ip_or_key=who_asks(request),
            email=email if letters_go_out() else "",
            person=who.person,
            key=request.POST.get("once", ""),
        )
    except (CannotAsk, TooOften) as error:
        status = 429 if isinstance(error, TooOften) else 422
        return _home(request, text=text, name=name, email=email, about=about, error=str(error), status=status)
    response = HttpResponseRedirect(reverse("talk", args=[asked.conversation.pk]))
    if who.person is None or who.guest:
        remember_guest(request, response, asked.way)
    return response


def _with_address(text: str, talk: Conversation) -> str:
    """The question with the address of what it is about, so that whoever answers can look."""
    return f"{text.rstrip()}\n\n{public_url(reverse('conversation', args=[talk.pk]))}"


@require_safe
def talk(request: HttpRequest, pk: int) -> HttpResponse:
    """What an asker and the desk say to one another. With `part=thread` only that."""
    who = looking(request)
    return show_talk(request, who, pk)


def show_talk(
    request: HttpRequest, who: Looking, pk: int, *, text: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    """The page of a talk, or not found; `text` stays in the box beside an `error`."""
    cursor = cursor_now()
    conversation = conversations.conversation_for(who.viewer, pk) if who.person else None
    if conversation is None or who.person is None:
        return not_found(request)
    context = {
        "conversation": conversation,
        "posts": conversations.thread(who.viewer, pk),
        "me": who.person.pk,
        "cursor": cursor,
    }
    if is_part(request, "thread"):
        return page(request, "front/talk_thread.html", context)
    context |= {
        "stamp": stamp("say"),
        "text": text,
        "error": error,
        "link": _link(request, conversation, who.person),
        "writes": letters_go_out(),
        "email": inbox_queries.written_to(conversation),
    }
    return page(request, "front/talk.html", context, status=status)


def _link(request: HttpRequest, conversation: Conversation, person: Person) -> str:
    """The address by which the asker comes back, without an account."""
    way = conversation.ways_back.filter(person=person).first()
    return (
        request.build_absolute_uri(reverse("back", args=[inbox_queries.way_back_token(way)])) if way else ""
    )


@csrf_exempt
@require_POST
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """The asker says more."""
    if not is_ours(request):
        raise PermissionDenied(gettext("This form was sent from somewhere else."))
    who, text = looking(request), request.POST.get("text", "")
    conversation = conversations.conversation_for(who.viewer, pk) if who.person else None
    if conversation is None or who.person is None:
        return not_found(request)
    if not is_stamped(request, "say"):
        error = gettext("The page was open for too long. Your words are still here: please send them again.")
        return show_talk(request, who, pk, text=text, error=error, status=409)
    try:
        inbox.ask_more(conversation, who.person, text, key=request.POST.get("once", ""))
    except PermissionDenied:
        return not_found(request)
    except (CannotAsk, TooOften) as error:
        status = 429 if isinstance(error, TooOften) else 422
        return show_talk(request, who, pk, text=text, error=str(error), status=status)
    return HttpResponseRedirect(reverse("talk", args=[pk]))


@csrf_exempt
@require_POST
def write_to_me(request: HttpRequest, pk: int) -> HttpResponse:
    """The asker wants to be written to when there is an answer; without an address no longer."""
    if not is_ours(request):
        raise PermissionDenied(gettext("This form was sent from somewhere else."))
    who = looking(request)
    conversation = conversations.conversation_for(who.viewer, pk) if who.person else None
    if conversation is None or who.person is None or not letters_go_out():
        return not_found(request)
    if not is_stamped(request, "say"):
        error = gettext("The page was open for too long: please send the address again.")
        return show_talk(request, who, pk, error=error, status=409)
    try:
        inbox.write_to_me(conversation, who.person, request.POST.get("email", ""))
    except PermissionDenied:
        return not_found(request)
    except (CannotAsk, TooOften) as error:
        status = 429 if isinstance(error, TooOften) else 422
        return show_talk(request, who, pk, error=str(error), status=status)
    return HttpResponseRedirect(reverse("talk", args=[pk]))


@require_safe
def back(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody comes back by the link that they kept. It stands for no account: whoever has one signs in."""
    visitor = inbox_queries.visitor_by_token(token)
    if visitor is None:
        return not_found(request)
    talk = reverse("talk", args=[visitor.conversation.pk])
    if people.has_sign_in(visitor.person):
        mine = looking(request).person == visitor.person
        return HttpResponseRedirect(
            talk if mine else f"{reverse('account_login')}?{urlencode({'next': talk})}"
        )
    response = HttpResponseRedirect(talk)
    remember_guest(request, response, visitor.way)
    return response
