"""The logo of the organisation, for everybody: a picture and nothing but, which can do nothing where it is opened."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from colonnade.core import files
from colonnade.people import queries as people
from colonnade.web.house import version_of
from colonnade.web.pages import not_found
from colonnade.web.views.machine import YEAR_S

POLICY = "sandbox; default-src 'none'; img-src 'self'; frame-ancestors 'none'"


@require_safe
def logo(request: HttpRequest, version: str) -> HttpResponseBase:
    """The present logo. Its address holds the beginning of its digest, so it is kept for ever."""
    ours = people.our_organisation()
    if not ours.logo or version_of(ours) != version or not files.exists(ours.logo):
        return not_found(request)
    response = FileResponse(files.open(ours.logo), content_type=ours.logo_type)
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
