"""What somebody sets for themselves: name, zone, language; how pages look."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from colonnade.people import actions as people
from colonnade.people import queries
from colonnade.web.appearance import appearance, remember
from colonnade.web.guards import members_only, staff_only
from colonnade.web.looking import looking
from colonnade.web.views.settings.frame import section
from colonnade.workspace import actions as workspace

_FOLDERS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def zones() -> list[str]:
    """The zones that somebody may live in, without the old names of the list."""
    return ["UTC", *sorted(zone for zone in available_timezones() if zone.partition("/")[0] in _FOLDERS)]


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language and time zone; for staff what they can help with."""
    person = looking(request).person
    assert person is not None
    if request.method != "POST":
        return _profile(request)
    said = {field: request.POST.get(field, "") for field in ("name", "time_zone", "language")}
    try:
        people.set_profile(person, **said)
    except ValueError as refused:
        return _profile(request, error=str(refused), status=422)
    return HttpResponseRedirect(f"{reverse('settings')}?saved=1")


def _profile(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    person = looking(request).person
    assert person is not None
    context = {
        "person": person,
        "email": person.sign_in.email,
        "zones": zones(),
        "languages": settings.LANGUAGES,
        "skills": queries.skills_of(person) if looking(request).staff else [],
        "error": error,
    }
    return section(request, "profile.html", context, status=status)


@require_POST
@staff_only
def skills(request: HttpRequest) -> HttpResponse:
    """Say that one can help with something (`add`), or no longer (`drop`)."""
    person = looking(request).person
    assert person is not None
    try:
        if "drop" in request.POST:
            people.drop_skill(person, request.POST["drop"])
        else:
            people.add_skill(person, request.POST.get("add", ""))
    except ValueError as refused:
        return _profile(request, error=str(refused), status=422)
    return HttpResponseRedirect(f"{reverse('settings')}?saved=1#skills")


@require_http_methods(["GET", "HEAD", "POST"])
def how_it_looks(request: HttpRequest) -> HttpResponse:
    """Light or dark, contrast, density; a visitor's choice stays in their browser."""
    who = looking(request)
    member = None if who.guest else who.person
    if request.method == "POST":
        theme, contrast = request.POST.get("theme", ""), request.POST.get("contrast", "")
        dense = request.POST.get("density") == "dense"
        response = HttpResponseRedirect(f"{reverse('settings_appearance')}?saved=1")
        remember(response, theme=theme, contrast=contrast, dense=dense)
        if member is not None:
            workspace.set_appearance(member, theme=theme, contrast=contrast, dense=dense)
        return response
    return section(request, "appearance.html", {"chosen": appearance(request, member)})
