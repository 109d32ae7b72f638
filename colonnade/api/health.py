"""Is the server there, is it ready? For load balancers and people who look after it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from colonnade.core import health

# How fast facts come tells how much is said in private; `colonnade doctor` shows it to operators.
_OURS_ALONE = ("event_lag", "unstamped_events")


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """`/healthz`: this process answers. Where the live process stands in front, it answers itself."""
    return _uncached(JsonResponse({"alive": True}))


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """`/readyz`: 200 when all is well, 503 with the reasons in words when somebody should look."""
    found = health.ready()
    if "durability" not in found:  # what the database's driver says names hosts and users
        found["reasons"] = ["The database does not answer."]
    for name in _OURS_ALONE:
        found.pop(name, None)
    return _uncached(JsonResponse(found, status=200 if found["ready"] else 503))


def _uncached(response: JsonResponse) -> JsonResponse:
    response["Cache-Control"] = "no-store"
    return response
