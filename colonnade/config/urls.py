"""Which door answers which address: the API's own prefixes first, then the pages."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("colonnade.web.urls"))]

if find_spec("colonnade.api.urls"):
    urlpatterns.insert(0, path("", include("colonnade.api.urls")))

handler400 = "colonnade.web.views.machine.bad_request"
handler403 = "colonnade.web.views.machine.forbidden"
handler404 = "colonnade.web.views.machine.absent"
handler500 = "colonnade.web.views.machine.broken"
