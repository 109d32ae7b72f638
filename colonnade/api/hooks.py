"""What other servers push to us: kept first, answered then, understood afterwards."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from colonnade.api.bodies import check_request
from colonnade.api.problems import Wrong, absent, answer
from colonnade.conversations import work
from colonnade.networks.feeds import websub
from colonnade.places import queries
from colonnade.places.types import Push
from colonnade.primitives import ids

LARGEST = 8 * 1024 * 1024


@csrf_exempt
@require_http_methods(["GET", "POST"])
def websub_callback(request: HttpRequest, place: str, token: str) -> HttpResponse:
    """Where a hub asks whether we mean it (GET), and pushes a feed (POST). A push that is not signed as agreed is
    answered like a good one and thrown away, so that nobody learns from the answer."""
    try:
        push = _push(place, token)
        if request.method == "GET":
            return _confirm(request, push)
        body = _body(request)
    except Wrong as wrong:
        return answer(wrong)
    if push.wanted and websub.verify_signature(body, request.headers.get("X-Hub-Signature", ""), push.secret):
        work.push(queries.place_by_id(push.place), body)
    return HttpResponse(status=202)


def _push(place: str, token: str) -> Push:
    pk = _known(place, token, "websub")
    push = queries.push_to(pk)
    if push is None:
        raise absent()
    return push


def _known(place: str, token: str, purpose: str) -> int:
    """The id in the address, if its word is ours. The same answer for a wrong word and for no such place."""
    pk = ids.parse(place)
    if pk is None or not constant_time_compare(token, queries.hook_token(pk, purpose)):
        raise absent()
    return pk


def _confirm(request: HttpRequest, push: Push) -> HttpResponse:
    found = websub.intent(request.GET.dict(), topic=push.topic, wanted=push.wanted)
    if found.accepted:
        response = HttpResponse(found.challenge, content_type="text/plain; charset=utf-8")
        response["X-Content-Type-Options"] = "nosniff"
        return response
    if found.denied:
        return HttpResponse(status=200)
    raise absent()


def _body(request: HttpRequest) -> bytes:
    check_request(request, LARGEST)
    try:
        return request.body
    except RequestDataTooBig:
        raise Wrong(413, "too-large", "The body is too large.") from None


@csrf_exempt
@require_POST
def inbound(request: HttpRequest, place: str, token: str) -> HttpResponse:
    """Whatever else is pushed to one of our accounts or letterboxes, in its network's own form: kept, then answered 202."""
    try:
        pk = _known(place, token, "in")
        found = queries.takes_pushes(pk)
        if found is None:
            raise absent()
        body = _body(request)
        if not body:
            raise Wrong(400, "malformed", "There is nothing in it.")
    except Wrong as wrong:
        return answer(wrong)
    work.push(found, body)
    return HttpResponse(status=202)
