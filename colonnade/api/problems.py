"""What goes wrong, as programs read it: problem details (RFC 9457), each with a sentence that may be shown to a person."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from colonnade.conversations.rules import WideningRefused
from colonnade.deliveries.rules import TooLate, Unfit
from colonnade.inbox.rules import CannotAnswer, StaleCase, StaleReply
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.rules import InUse
from colonnade.networks.registry import UnknownConnector
from colonnade.primitives.json import BadJson
from colonnade.primitives.states import NotAllowed

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
ERRORS = frozenset({400, 401, 403, 404, 409, 413, 422, 429, 500, 503})
"""What any operation may answer instead of what was asked for."""


class Fault(Schema):
    """One field that was not as it should be; of a query also `at`, from which letter of it to which, and an example."""

    where: str
    what: str
    at: tuple[int, int] | None = None
    example: str | None = None


class Problem(Schema):
    """What went wrong. `detail` is a sentence; `type` tells programs which problem it is."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []
    text: str | None = None
    newer: list[str] = []
    on_its_way: list[str] = []


class Wrong(Exception):
    """A request that is answered with a problem. `kind` is the last word of its type."""

    def __init__(
        self, status: int, kind: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = headers or {}
        self.more = more


def absent() -> Wrong:
    """The one answer for what is hidden and for what is not there."""
    return Wrong(404, "absent", "There is nothing here that you may see.")


def invalid(where: str, what: str) -> Wrong:
    """One field that cannot be used."""
    return Wrong(422, "invalid", f"{where}: {what}", errors=[{"where": where, "what": what}])


def answer(wrong: Wrong) -> HttpResponse:
    """The response for a problem."""
    body = {
        "type": f"urn:colonnade:problem:{wrong.kind}",
        "title": HTTPStatus(wrong.status).phrase,
        "status": wrong.status,
        "detail": wrong.detail,
        **wrong.more,
    }
    response = HttpResponse(json.dumps(body), status=wrong.status, content_type=MEDIA_TYPE)
    for name, value in wrong.headers.items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    return response


UNKNOWN_TOKEN = Wrong(
    401,
    "token",
    "Send a token of yours: “Authorization: Bearer cln_…”. This one is missing, unknown, or no longer good.",
    headers={"WWW-Authenticate": 'Bearer realm="Colonnade"'},
)

# What rooms raise, the status and the last word of the type under which programs learn of it.
_RAISED: tuple[tuple[type[Exception], int, str], ...] = (
    (StaleCase, 409, "stale-case"),
    (NotAllowed, 409, "not-now"),
    (TooLate, 409, "too-late"),
    (InUse, 409, "in-use"),
    (WideningRefused, 403, "wider"),
    (PermissionDenied, 403, "not-allowed"),
    (Unfit, 422, "unfit"),
    (CannotAnswer, 422, "cannot-answer"),
    (UnknownConnector, 422, "invalid"),
)


def told(error: Exception) -> Wrong:
    """The problem that an exception is."""
    match error:
        case Wrong():
            return error
        case StaleReply():
            return Wrong(
                409,
                "stale-reply",
                str(error),
                text=error.text,
                newer=[str(post) for post in error.newer],
                on_its_way=[str(delivery) for delivery in error.on_its_way],
            )
        case QueryError():
            return _misread(error)
        case ValidationError():
            return _invalid(error)
        case AuthenticationError():
            return UNKNOWN_TOKEN
        case HttpError():
            return _refused(error)
        case Http404():
            return absent()
        case SuspiciousOperation():
            return Wrong(400, "malformed", "This request is not one that a program would send.")
        case OperationalError():
            log.warning("The database was not there for a request", exc_info=error)
            return Wrong(
                503, "busy", "The database is busy. Try again in a moment.", headers={"Retry-After": "1"}
            )
    for kind, status, word in _RAISED:
        if isinstance(error, kind):
            return Wrong(status, word, _sentence(error))
    log.error("A request of a program broke", exc_info=error)
    return Wrong(500, "broken", "Something broke here. It was written down; nothing was changed.")


def _sentence(error: Exception) -> str:
    return str(error.args[0]) if error.args else "That is not allowed."


def _refused(error: HttpError) -> Wrong:
    if isinstance(error.__cause__, BadJson):
        return Wrong(400, "malformed", str(error.__cause__))
    return Wrong(error.status_code, "malformed", error.message)


def _misread(error: QueryError) -> Wrong:
    """A query that cannot be read: where in it, what was expected, and an example."""
    fault = {"where": "query", "what": error.sentence, "at": error.at, "example": error.example}
    return Wrong(422, "invalid", str(error), errors=[fault])


def _invalid(error: ValidationError) -> Wrong:
    """Which fields were wrong, and how; an address that is none leads nowhere."""
    places = [tuple(str(part) for part in one.get("loc", ())) for one in error.errors]
    if any(place[:1] == ("path",) for place in places):
        return absent()
    faults = [
        {"where": ".".join(place[2:] or place[-1:]), "what": str(one.get("msg", ""))}
        for place, one in zip(places, error.errors, strict=True)
    ][:20]
    detail = "; ".join(f"{fault['where']}: {fault['what']}" for fault in faults[:3])
    return Wrong(422, "invalid", detail or "The request is not as it should be.", errors=faults)


def register(api: NinjaAPI) -> None:
    """Let an API answer with problems, whatever happens."""

    def handler(request: HttpRequest, error: Any) -> HttpResponse:
        return answer(told(error))

    handlers: tuple[type[Exception], ...] = (
        Exception,
        Http404,
        HttpError,
        ValidationError,
        AuthenticationError,
    )
    for kind in handlers:
        registered: Callable[[HttpRequest, Any], HttpResponse] = handler
        api.add_exception_handler(kind, registered)
