"""How a file is handed out that is kept and not opened here; and what is said where it could not be made."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from colonnade.core import paper
from colonnade.web.pages import plain_page
from colonnade.web.taking.files import TYPES


def pdf_of(request: HttpRequest, name: str, made: Callable[[], bytes]) -> HttpResponse:
    """A document as a file, or the page that says why there is none."""
    try:
        return as_file(made(), "pdf", name)
    except paper.NotPrinted as why:
        return not_printed(request, why)


def as_file(body: bytes, form: str, name: str) -> HttpResponse:
    """A file to be kept, not to be opened here."""
    return HttpResponse(
        body,
        content_type=TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )


def not_printed(request: HttpRequest, why: paper.NotPrinted) -> HttpResponse:
    """The page that says that a PDF or a PNG cannot be made, and what helps."""
    if why.busy:
        say = gettext("Many documents are being made at the moment. Try it again in a minute.")
    elif paper.can_print():
        say = gettext("This document could not be made. The page itself can be printed by your browser.")
    else:
        say = gettext(
            "This server lacks the package “typst”, which makes PDF and PNG. Whoever runs it can install it; until then SVG, "
            "CSV and the printing of your browser are there."
        )
    return plain_page(request, gettext("Not made"), say, 503)
