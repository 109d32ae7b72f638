"""The gallery: every component in each of its states, for those who make screens and for the tests that look at them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from colonnade.web.guards import staff_only
from colonnade.web.pages import page
from colonnade.web.specimens import shown_by_specimens

THEMES, DIRECTIONS = ("light", "dark"), ("ltr", "rtl")

# What each component is, in the order of the page. A component without a line here fails a test.
COMPONENTS = {
    "button": _("Buttons and keys"),
    "chip": _("Chips: a word about a thing"),
    "avatar": _("Faces"),
    "tabs": _("Tabs"),
    "field": _("Fields and forms"),
    "date": _("Date picker: the browser's own"),
    "say": _("What happened, in one line"),
    "menu": _("Menu"),
    "toast": _("Toast with a way back"),
    "dialog": _("Dialog"),
    "empty": _("Empty places teach the next step"),
    "progress": _("Progress of long work"),
    "table": _("Table"),
    "chart": _("Chart frame"),
    "card": _("Card"),
    "case_card": _("Case card"),
    "person_chip": _("Person chip"),
    "prose": _("What people wrote"),
    "post_card": _("Post card"),
    "thread": _("Thread"),
    "composer": _("Composer with its audience"),
    "column": _("Column"),
    "palette": _("Command palette"),
}


@dataclass(frozen=True, slots=True)
class Specimens:
    """One component's part of the page."""

    name: str
    title: str
    template: str


@require_safe
@staff_only
def gallery(request: HttpRequest) -> HttpResponse:
    """All components, or `?only=NAME`; `?theme=light|dark` and `?dir=ltr|rtl` for both readings of a page."""
    theme, direction = request.GET.get("theme", ""), request.GET.get("dir", "")
    only = request.GET.get("only", "")
    shown = [
        Specimens(name, str(title), f"gallery/{name}.html")
        for name, title in COMPONENTS.items()
        if only in ("", name)
    ]
    context = {
        "specimens": shown,
        "appearance": {"theme": theme if theme in THEMES else ""},
        "direction": direction if direction in DIRECTIONS else "ltr",
        **shown_by_specimens(),
    }
    return page(request, "gallery/page.html", context)
