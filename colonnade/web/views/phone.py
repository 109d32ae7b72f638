"""What a phone asks for to keep the house on its home screen: the manifest, the service worker, the page without a network."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.views.decorators.http import require_safe

from colonnade.web.assets import assets
from colonnade.web.house import Logo, house
from colonnade.web.pages import NOBODY, whose_without_asking

ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)
PAPER = "#faf9f6"


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """How the house looks among a phone's programs (W3C, Web Application Manifest)."""
    ours = house()
    name = ours.name or "Colonnade"
    told = {
        "id": "/",
        "name": name,
        "short_name": name[:24],
        "lang": get_language() or "en",
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": _icons(ours.logo),
        "share_target": {
            "action": reverse("keep"),
            "method": "GET",
            "enctype": "application/x-www-form-urlencoded",
            "params": {"title": "t", "text": "s", "url": "u"},
        },
    }
    response = JsonResponse(told, content_type="application/manifest+json")
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _icons(logo: Logo | None) -> list[dict[str, str]]:
    """The logo alone where it can be an icon: beside others a phone may well choose another."""
    if logo is not None and logo.is_icon:
        sizes = f"{logo.width}x{logo.height}"
        return [{"src": logo.url, "sizes": sizes, "type": logo.media_type, "purpose": "any"}]
    there = assets()
    return [
        {"src": there[file].url, "sizes": sizes, "type": "image/png", "purpose": purpose}
        for file, sizes, purpose in ICONS
        if file in there
    ]


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker under an address that lets it look after every page. A browser asks anew each time."""
    found = assets()["sw.js"]
    response = HttpResponse(found.body, content_type=found.content_type)
    response["Cache-Control"] = "no-cache"
    response["ETag"] = f'"{found.version}"'
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown of a page that was never seen, while there is no network; the same for everybody."""
    return render(request, "phone/offline.html", {"looking": NOBODY, **whose_without_asking()})
