"""Follow what is said in public: by feed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from colonnade.access import queries as access
from colonnade.web.pages import page
from colonnade.web.views.front import public_spaces


@require_safe
def follow(request: HttpRequest) -> HttpResponse:
    """The ways to hear of what is new: feeds of everything and of each open space."""
    return page(request, "follow/page.html", {"spaces": public_spaces(access.anonymous())})
