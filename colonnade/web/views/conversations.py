"""Conversations and single posts: one address for staff and public, each sees what they may."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from colonnade.access.rules import terms_of
from colonnade.conversations import actions
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Conversation
from colonnade.conversations.rules import can_write
from colonnade.places import queries as places
from colonnade.web.looking import Looking, looking
from colonnade.web.pages import cursor_now, is_part, not_found, page
from colonnade.web.talking import said_in


@require_safe
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """A conversation whole, as far as its viewer may see it. With `part=thread` only what was said."""
    return _show(request, pk)


def _show(
    request: HttpRequest, pk: int, *, text: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    who, cursor = looking(request), cursor_now()
    talk = conversations.conversation_for(who.viewer, pk)
    if talk is None:
        return not_found(request)
    said = said_in(who.viewer, talk, conversations.thread(who.viewer, pk))
    context = {"conversation": talk, "said": said, "cursor": cursor}
    if is_part(request, "thread"):
        return page(request, "conversation/thread.html", context)
    if may_write(who, talk):
        context["sees"] = places.terms_in_words(terms_of(talk.scope.audience.key), talk.place)
    return page(request, "conversation/page.html", context | {"text": text, "error": error}, status=status)


def may_write(who: Looking, talk: Conversation) -> bool:
    """Staff and members write in spaces of ours; what stands elsewhere is answered from the inbox."""
    return who.person is not None and not who.guest and can_write(who.viewer, talk)


@require_POST
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something in a conversation; to whom was written above the box."""
    who, text = looking(request), request.POST.get("text", "")
    talk = conversations.conversation_for(who.viewer, pk)
    identity = who.identity
    if talk is None or identity is None or not may_write(who, talk):
        return not_found(request)
    try:
        actions.say(talk, text, by=identity)
    except ValueError as error:
        return _show(request, pk, text=text, error=str(error), status=422)
    return HttpResponseRedirect(reverse("conversation", args=[pk]))


@require_safe
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """One post by its own address, with the way to its conversation."""
    viewer = looking(request).viewer
    lines = conversations.lines(viewer, [pk])
    return page(request, "conversation/post.html", {"post": lines[0]}) if lines else not_found(request)
