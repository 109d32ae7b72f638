"""The ask box on another site: one line of HTML there, a frame of ours when somebody wants to ask.

No cookie reaches a frame on somebody else's page, so the way back stands in the address of the frame.
"""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from colonnade.community.queries import letters_go_out
from colonnade.conversations import queries as conversations
from colonnade.inbox import actions as inbox
from colonnade.inbox import queries as inbox_queries
from colonnade.inbox.rules import CannotAsk, TooOften
from colonnade.places import queries as places
from colonnade.places.models import SiteWidget
from colonnade.web.assets import assets
from colonnade.web.origin import is_ours, is_stamped, stamp, who_asks
from colonnade.web.pages import not_found, page
from colonnade.web.security import policy

LOADER_S = 3600
STALE = "The page was open for too long. Your words are still here: please send them again."


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """The script that puts the button on the other site; it asks for nothing more before somebody clicks."""
    found = assets()["embed.js"]
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.packed if packed else found.body, content_type=found.content_type)
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = f"public, max-age={LOADER_S}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@csrf_exempt
@require_http_methods(["GET", "POST"])
def box(request: HttpRequest, key: str) -> HttpResponse:
    """The box to ask in, framed by the allowed sites alone; a question sent leads to its talk, in the same frame."""
    widget = places.widget(key)
    if widget is None:
        return not_found(request)
    if request.method == "GET":
        return _framed(widget, page(request, "embed/box.html", _box(widget)))
    text, name, email = (request.POST.get(field, "") for field in ("text", "name", "email"))
    _require_ours(request)
    kept = {"text": text, "name": name, "email": email}
    if not is_stamped(request, key):
        return _framed(
            widget, page(request, "embed/box.html", _box(widget, gettext(STALE), **kept), status=409)
        )
    try:
        asked = inbox.ask(
            widget.place,
            name=name,
            text=text,
            ip_or_key=who_asks(request),
            email=email if letters_go_out() else "",
            key=_once(request, text),
        )
    except (CannotAsk, TooOften) as error:
        status = 429 if isinstance(error, TooOften) else 422
        return _framed(
            widget, page(request, "embed/box.html", _box(widget, str(error), **kept), status=status)
        )
    return HttpResponseRedirect(reverse("embed_talk", args=[key, asked.resume_token]))


def _require_ours(request: HttpRequest) -> None:
    if not is_ours(request):
        raise PermissionDenied(gettext("This form was sent from somewhere else."))


def _box(widget: SiteWidget, error: str = "", **kept: str) -> dict[str, object]:
    return {
        "action": reverse("embed", args=[widget.key]),
        "stamp": stamp(widget.key),
        "once": token_urlsafe(18),
        "writes": letters_go_out(),
        "error": error,
        **kept,
    }


def _once(request: HttpRequest, text: str) -> str:
    """What these words are known by, should a broken connection bring them twice: the key of the page with the words
    themselves, so that other words from a page that somebody went back to are not taken for those. "" without a key."""
    once = request.POST.get("once", "")
    return sha256(f"{once}\0{text}".encode()).hexdigest() if once else ""


def _framed(widget: SiteWidget, response: HttpResponse) -> HttpResponse:
    """Only the sites named for this box, and we, may show it in a frame."""
    response["Content-Security-Policy"] = policy(" ".join(["'self'", *widget.origins]))
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    response["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt
@require_http_methods(["GET", "POST"])
def talk(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """The talk in the frame: read it (with `part=thread` only what was said), write more."""
    widget, visitor = places.widget(key), inbox_queries.visitor_by_token(token)
    if widget is None or visitor is None:
        return not_found(request)
    error, text, status = "", "", 200
    if request.method == "POST":
        _require_ours(request)
        text = request.POST.get("text", "")
        try:
            if not is_stamped(request, key):
                raise CannotAsk(gettext(STALE))
            inbox.ask_more(visitor.conversation, visitor.person, text, key=_once(request, text))
            return HttpResponseRedirect(request.path)
        except (CannotAsk, TooOften) as wrong:
            error, status = str(wrong), 429 if isinstance(wrong, TooOften) else 422
    context = {
        "posts": conversations.thread(visitor.viewer, visitor.conversation.pk),
        "me": visitor.person.pk,
        "here": request.path,
        "stamp": stamp(key),
        "once": token_urlsafe(18),
        "error": error,
        "text": text,
        "link": f"{settings.COLONNADE_PUBLIC_URL}{reverse('back', args=[token])}",
    }
    part = request.GET.get("part") == "thread"
    template = "front/talk_thread.html" if part else "embed/talk.html"
    return _framed(widget, page(request, template, context, status=status))
