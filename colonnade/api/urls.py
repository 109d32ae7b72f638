"""The addresses of programs: the REST API, what other servers push, and whether the server is well."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from colonnade.api import health, hooks, problems
from colonnade.api.rest import api


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """Any other address under /rest/."""
    return problems.answer(problems.absent())


urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("hooks/websub/<str:place>/<str:token>", hooks.websub_callback, name="hook_websub"),
    path("hooks/in/<str:place>/<str:token>", hooks.inbound, name="hook_in"),
    path("rest/", api.urls),
    re_path(r"^rest/", nowhere),
]
