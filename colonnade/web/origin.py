"""Is it our own page that sends this? For people without a session, and so without a CSRF cookie.

A browser says where a form comes from (Sec-Fetch-Site, or Origin in older ones). Beside it every such form carries a
stamp: signed, with the time at which the page was made, so that nobody can post without having asked for the page.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

SALT = "colonnade.web.form"
LONGEST_S = 12 * 3600
TRAP = "website"


def is_ours(request: HttpRequest) -> bool:
    """Whether a browser sends this from a page of this server."""
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return bool(origin) and urlsplit(origin).netloc == request.get_host()


def stamp(purpose: str) -> str:
    """What a form for anybody carries; good for twelve hours."""
    return signing.dumps(purpose, salt=SALT)


def is_stamped(request: HttpRequest, purpose: str) -> bool:
    """Whether the form that was sent carries a stamp of ours for this purpose, and its trap is empty."""
    if request.POST.get(TRAP):
        return False
    try:
        said: object = signing.loads(request.POST.get("stamp", ""), salt=SALT, max_age=LONGEST_S)
    except signing.BadSignature:
        return False
    return said == purpose


def public_url(path: str) -> str:
    """The full address of a path here."""
    return f"{settings.COLONNADE_PUBLIC_URL}{path}"


def who_asks(request: HttpRequest) -> str:
    """What tells one asker from another for the limits: the address, never kept in the clear."""
    return str(request.META.get("REMOTE_ADDR", ""))
