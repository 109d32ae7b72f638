"""What browsers and robots ask for by themselves: assets, robots.txt, the push channel; and the pages of errors."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from colonnade.web import assets
from colonnade.web.looking import looking
from colonnade.web.origin import is_ours
from colonnade.web.pages import give_channels, not_found, plain_page
from colonnade.web.views.gateways import words_for

YEAR_S = 31_536_000


@require_safe
def asset(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """A style sheet, behaviour or picture. Its address holds the hash of its content, so it is kept for ever."""
    found = assets.found(name)
    if found is None or found.version != version:
        raise Http404
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.packed if packed else found.body, content_type=found.content_type)
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What robots are asked to leave alone; what they may not see they are never shown anyway."""
    lines = ["User-agent: *"]
    lines += [
        f"Disallow: /{path}" for path in ("account/", "back/", "embed/", "inbox", "search", "talk/", "live")
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@csrf_exempt
@require_POST
def live_token(request: HttpRequest) -> HttpResponse:
    """A new channel cookie for whoever looks; 403 for somebody who gets none."""
    if not is_ours(request):
        return HttpResponse(status=403)
    who = looking(request)
    if who.person is None or not who.viewer.audiences:
        return HttpResponse(status=403)
    response = HttpResponse(status=204)
    give_channels(response, who)
    return response


def absent(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The one answer for what is hidden and for what is not there."""
    return not_found(request)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Something that may not be done."""
    return plain_page(request, gettext("You may not do that"), str(exception or ""), status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Something that could not be understood, or was too much."""
    if isinstance(exception, RequestDataTooBig):
        heading, say = words_for(413)
        return plain_page(request, heading, say, status=413)
    return plain_page(request, gettext("That could not be read"), "", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """Our own fault. It asks the database nothing: that may be what is broken."""
    say = gettext("It is our fault, and it has been noted. What was saved before is safe.")
    return plain_page(request, gettext("Something broke here"), say, status=500, safely=True)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page is too old, or that comes from somewhere else."""
    say = gettext(
        "The page was open for too long, or its cookies are switched off. Go back, load it again and send it."
    )
    return plain_page(request, gettext("This page is no longer fresh"), say, status=403)
