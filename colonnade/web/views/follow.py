"""Follow what is said in public: by feed, and by mail for whoever confirms that it was they who asked."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from colonnade.access import queries as access
from colonnade.community import actions, queries, rules, work
from colonnade.core import limits
from colonnade.primitives import ids
from colonnade.web.origin import is_ours, is_stamped, stamp, who_asks
from colonnade.web.pages import not_found, page
from colonnade.web.views.front import public_spaces

AN_HOUR_S = 3600
TIMES_AN_HOUR = 10
LETTERS_AN_HOUR = 3


@require_safe
def follow(request: HttpRequest) -> HttpResponse:
    """The ways to hear of what is new: mail, and feeds of everything and of each open space."""
    return _ways(request, space=request.GET.get("space", ""))


def _ways(
    request: HttpRequest,
    *,
    email: str = "",
    space: str = "",
    error: str = "",
    sent: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "spaces": public_spaces(access.anonymous()),
        "by_mail": queries.letters_go_out(),
        "stamp": stamp("follow"),
        "email": email,
        "space": space,
        "error": error,
        "sent": sent,
    }
    return page(request, "follow/page.html", context, status=status)


@csrf_exempt
@require_POST
def by_mail(request: HttpRequest) -> HttpResponse:
    """Ask an address whether it wants to follow. The answer is the same whether or not we knew it."""
    written, space = request.POST.get("email", ""), request.POST.get("space", "")
    if not is_ours(request):
        raise PermissionDenied(gettext("This form was sent from somewhere else."))
    if not is_stamped(request, "follow"):
        error = gettext("The page was open for too long. Please send it again.")
        return _ways(request, email=written, space=space, error=error, status=409)
    try:
        email = rules.address_of(written)
    except rules.CannotFollow as why:
        return _ways(request, email=written, space=space, error=str(why), status=422)
    place = next((one for one in public_spaces(access.anonymous()) if one.pk == ids.parse(space)), None)
    if (space and place is None) or not queries.letters_go_out():
        return not_found(request)
    if not limits.allow("follow", who_asks(request), limit=TIMES_AN_HOUR, per_s=AN_HOUR_S):
        error = gettext("That was quick. Please wait a few minutes, then send it again.")
        return _ways(request, email=written, space=space, error=error, status=429)
    if limits.allow("follow.letter", email, limit=LETTERS_AN_HOUR, per_s=AN_HOUR_S):
        work.begin(email, place, get_language() or "")
    return _ways(request, sent=True)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the first letter. Only its button confirms: programs that look into mails open links too."""
    found = rules.opened(token, "confirm")
    row = queries.follow_by_id(found) if found is not None else None
    if row is None:
        return not_found(request)
    if request.method == "POST":
        actions.confirm(row.pk)
        return page(request, "follow/step.html", {"step": "confirmed", "place": row.place})
    return page(request, "follow/step.html", {"step": "confirm", "place": row.place})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link in every letter, and what mail programs press for their readers (RFC 8058): a POST stops at once."""
    found = rules.opened(token, "stop")
    if found is None:
        return not_found(request)
    if request.method == "POST":
        actions.stop(found)
        return page(request, "follow/step.html", {"step": "stopped"})
    return page(request, "follow/step.html", {"step": "stop"})
