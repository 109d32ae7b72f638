"""Answers without a page of their own, dressed as pages with a way on: a wrong method, too much at once, too often."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from colonnade.web.pages import plain_page

FOR_PROGRAMS = ("/api/", "/rest/", "/oauth/", "/hooks/", "/live/", "/assets/", "/embed", "/.well-known/")


class Gateways:
    """Middleware: where a view refused without words and a person in a browser asked, it says what happened."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in (405, 413, 429) or not _is_bare(response) or not _reads_pages(request):
            return response
        heading, say = words_for(response.status_code)
        dressed = plain_page(request, heading, say, response.status_code, safely=True)
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                dressed[name] = response[name]
        return dressed


def words_for(status: int) -> tuple[str, str]:
    """Heading and sentence for a status."""
    if status == 413:
        return (
            gettext("That is too much at once"),
            gettext("Nothing of it was kept. Send less, or a smaller file."),
        )
    if status == 429:
        return gettext("That was quick"), gettext("Please wait a few minutes, then send it again.")
    return gettext("That does not work here"), gettext("This address cannot be used in this way.")


def _is_bare(response: HttpResponse) -> bool:
    return not response.streaming and not response.content


def _reads_pages(request: HttpRequest) -> bool:
    asked = request.headers.get("Accept", "")
    return "text/html" in asked and not request.path.startswith(FOR_PROGRAMS)
