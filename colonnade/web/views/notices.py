"""What somebody is told, newest first; how many they have not read; that they have."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from colonnade.conversations import queries as conversations
from colonnade.primitives import ids
from colonnade.web.guards import members_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, is_part, not_found, page
from colonnade.workspace import actions, queries
from colonnade.workspace.models import NoticeKind
from colonnade.workspace.rules import CannotArrange
from colonnade.workspace.types import NoticeLine

AT_ONCE = 50
ICONS = {
    NoticeKind.CASE_ASSIGNED: "case",
    NoticeKind.NOT_SENT: "warn",
    NoticeKind.NOT_SURE: "warn",
    NoticeKind.MENTIONED: "people",
    NoticeKind.ANSWERED: "reply",
    NoticeKind.NEW_IN_SPACE: "talk",
    NoticeKind.TO_APPROVE: "eye",
    NoticeKind.APPROVED: "check",
    NoticeKind.CHANGES_ASKED: "pencil",
    NoticeKind.NOT_APPROVED: "warn",
    NoticeKind.ALERT: "listen",
}


@require_safe
@members_only
def notices(request: HttpRequest) -> HttpResponse:
    """The list. Parts: `count` (the number beside the bell), `list`."""
    viewer = looking(request).viewer
    if is_part(request, "count"):
        return page(request, "notices/count.html", {"unread": queries.unread_notices(viewer)})
    cursor = cursor_now()
    found = queries.notices_for(viewer, before=ids.parse(request.GET.get("before", "")), limit=AT_ONCE + 1)
    lines = found[:AT_ONCE]
    context = {
        "cursor": cursor,
        "lines": [{"notice": one, "icon": ICONS[NoticeKind(one.kind)]} for one in lines],
        "unread": any(not one.read for one in lines),
        "more": lines[-1].id if len(found) > AT_ONCE else None,
    }
    template = "notices/list.html" if is_part(request, "list") else "notices/page.html"
    return page(request, template, context)


def where_it_leads(line: NoticeLine) -> str:
    """The address of what a notice is about."""
    if line.case is not None:
        return reverse("case", args=[line.case])
    if line.delivery is not None:
        return reverse("delivery", args=[line.delivery])
    if line.draft is not None:
        return reverse("draft", args=[line.draft])
    if line.alert is not None:
        return reverse("alert", args=[line.alert])
    return reverse("post", args=[line.post])


@require_safe
@members_only
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a notice leads; from then on it is read."""
    who = looking(request)
    assert who.person is not None
    line = next(iter(queries.notices_for(who.viewer, before=pk + 1, limit=1)), None)
    if line is None or line.id != pk:
        return not_found(request)
    actions.mark_read(who.person, [pk])
    return HttpResponseRedirect(where_it_leads(line))


@require_POST
@members_only
def read(request: HttpRequest) -> HttpResponse:
    """One notice is read, or all are."""
    who = looking(request)
    assert who.person is not None
    number = ids.parse(request.POST.get("notice", ""))
    actions.mark_read(who.person, None if number is None else [number])
    return HttpResponseRedirect(reverse("notices"))


@require_POST
@members_only
def level(request: HttpRequest, pk: int) -> HttpResponse:
    """How much somebody wants to be told of one conversation."""
    who = looking(request)
    talk = conversations.conversation_for(who.viewer, pk)
    if talk is None or who.person is None:
        return not_found(request)
    actions.set_conversation_level(who.person, talk, request.POST.get("level", ""))
    return HttpResponseRedirect(reverse("notices"))


@require_POST
@members_only
def push(request: HttpRequest, what: str) -> HttpResponse:
    """This browser may be pushed to (`on`), or no longer (`off`)."""
    key = request.session.session_key or ""
    if what == "off":
        actions.unsubscribe(key)
        return HttpResponse(status=204)
    said = {field: request.POST.get(field, "") for field in ("endpoint", "p256dh", "auth")}
    try:
        actions.subscribe(key, **said)
    except CannotArrange as refused:
        return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)
