"""What is read elsewhere besides feeds: pages that are watched for change, newsletters by an address of ours."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import quote, urldefrag, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from colonnade.networks.base import Refused
from colonnade.places import actions
from colonnade.places.rules import STAFF_ONLY
from colonnade.web.guards import admins_only
from colonnade.web.looking import looking
from colonnade.web.pages import page

PAGES = "pages"
LONGEST_PART = 200


@require_POST
@admins_only
def watch_page(request: HttpRequest) -> HttpResponse:
    """Watch a page for changes from now on, or only the part of it under a heading. Which pages are watched is told to
    staff alone. Where the page is watched already, out of this person's sight, the answer is the same."""
    address, _ = urldefrag(request.POST.get("address", "").strip()[:1500])
    if not address.startswith(("http://", "https://")):
        return page(
            request, "places/refused.html", {"say": gettext("Write the address of a page.")}, status=422
        )
    part = " ".join(request.POST.get("part", "").split()).lstrip("#")[:LONGEST_PART]
    name = request.POST.get("name", "").strip()
    if part:
        address = f"{address}#{quote(part)}"[:2000]
        name = f"{name}: {part}" if name else ""
    actions.add_source(PAGES, address, name=name, audience=STAFF_ONLY, by=looking(request).person)
    return HttpResponseRedirect(reverse("places"))


@require_POST
@admins_only
def add_letterbox(request: HttpRequest) -> HttpResponse:
    """Make an address of ours to subscribe newsletters with, and show it."""
    name, domain = request.POST.get("name", "").strip(), request.POST.get("domain", "").strip()
    try:
        made = actions.add_letterbox(name, domain or mail_domain(), by=looking(request).person)
    except Refused:
        say = gettext("Write the domain of your mail, such as example.org.")
        return page(request, "places/refused.html", {"say": say}, status=422)
    return HttpResponseRedirect(reverse("place", args=[made.pk]))


def mail_domain() -> str:
    """Where our mail most likely comes in: the domain of our letters, else that of this server."""
    if settings.COLONNADE_MAIL_URL:
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    host = urlsplit(settings.COLONNADE_PUBLIC_URL).hostname or ""
    return host if "." in host and not host.replace(".", "").isdigit() else ""
