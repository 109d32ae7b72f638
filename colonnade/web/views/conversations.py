"""Conversations and single posts: one address for staff and public, each sees what they may."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from colonnade.access.models import Tier
from colonnade.access.rules import terms_of
from colonnade.conversations import actions
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Conversation
from colonnade.conversations.rules import can_write
from colonnade.conversations.types import PostLine
from colonnade.inbox import actions as inbox
from colonnade.places import queries as places
from colonnade.web import telling
from colonnade.web.keeping import with_keepers
from colonnade.web.looking import Looking, looking
from colonnade.web.origin import public_url
from colonnade.web.pages import cursor_now, gone, is_part, not_found, page
from colonnade.web.sharing import Share, host_of
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
        return _absent_or_gone(request, who, conversation=pk)
    posts = conversations.thread(who.viewer, pk)
    context = {"conversation": talk, "said": said_in(who.viewer, talk, posts), "cursor": cursor}
    if is_part(request, "thread"):
        return page(request, "conversation/thread.html", context)
    if who.person is None or who.guest:
        return page(request, "conversation/public.html", context | _in_public(talk, posts))
    if may_write(who, talk):
        context["sees"] = places.terms_in_words(terms_of(talk.scope.audience.key), talk.place)
    return page(request, "conversation/page.html", context | {"text": text, "error": error}, status=status)


def _in_public(talk: Conversation, posts: list[PostLine]) -> dict[str, Any]:
    """What the public page says beside the words; what not everybody may read is neither shared nor described."""
    title = telling.title_of(talk, posts)
    if talk.scope.tier != Tier.EVERYONE:
        return {"title": title}
    return {
        "title": title,
        "description": telling.description_of(posts),
        "structured": telling.structured(talk, posts),
        "share": Share(public_url(reverse("conversation", args=[talk.pk])), title),
    }


@require_safe
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """The ways to pass a public conversation on; `server` is the reader's own, to which they are shown the way."""
    who = looking(request)
    talk = conversations.conversation_for(who.viewer, pk)
    if talk is None or talk.scope.tier != Tier.EVERYONE:
        return not_found(request)
    about = _in_public(talk, conversations.thread(who.viewer, pk))
    server = request.GET.get("server", "")
    onward = about["share"].at(server)
    return page(
        request,
        "conversation/share.html",
        about | {"conversation": talk, "server": server, "onward": onward, "host": host_of(server)},
    )


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
        inbox.hold_back(identity.person, talk.pk, text, terms_of(talk.scope.audience.key))
        actions.say(talk, text, by=identity, key=request.POST.get("once", ""))
    except ValueError as error:
        return _show(request, pk, text=text, error=str(error), status=422)
    return HttpResponseRedirect(reverse("conversation", args=[pk]))


@require_safe
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """One post by its own address, with the way to its conversation."""
    who = looking(request)
    lines = conversations.lines(who.viewer, [pk])
    if not lines:
        return _absent_or_gone(request, who, pk=pk)
    return page(request, "conversation/post.html", {"post": with_keepers(who.viewer, lines)[0]})


def _absent_or_gone(request: HttpRequest, who: Looking, **which: int) -> HttpResponse:
    """Gone, for those who could see what was deleted; else not found, whether it is hidden or was never there."""
    buried = conversations.visible_to(who.viewer, with_tombstones=True).filter(**which).exists()
    return gone(request) if buried else not_found(request)
