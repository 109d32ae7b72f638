"""The first ten minutes: the banner, its clock, being somebody else, and making the house one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django import forms
from django.contrib.auth import login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from colonnade.people import queries as people_queries
from colonnade.people.models import Person
from colonnade.publishing import queries as publishing
from colonnade.web.looking import looking
from colonnade.web.origin import is_ours
from colonnade.web.pages import not_found, page
from colonnade.web.story import anew, planned, playing, quiet, stage, tasks
from colonnade.web.story.cast import ANA, MAYOR, TOMASZ

V = TypeVar("V", bound=Callable[..., HttpResponse])

SIGNS_IN = "colonnade.web.signing_in.Backend"
CITIZEN = "citizen"
_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA", "HTTP_X_FORWARDED_HOST")
_LOOPBACK = ("127.0.0.1", "::1", "localhost", "[::1]")
PLAYED = {
    "ana": (ANA.email, _("Ana, service desk")),
    "tomasz": (TOMASZ.email, _("Tomasz, press office")),
    "mayor": (MAYOR.email, _("Ines, the mayor")),
}


def is_at_home(request: HttpRequest) -> bool:
    """Whether the town is played, and whoever asks sits at this very machine: no proxy between, no name from outside."""
    if not stage.runs() or any(request.META.get(name) for name in _FORWARDED):
        return False
    host = request.get_host()
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    return str(request.META.get("REMOTE_ADDR", "")) in ("127.0.0.1", "::1") and name in _LOOPBACK


def welcomes(request: HttpRequest) -> bool:
    """Whether somebody who comes to the front page is taken in as Ana: nobody yet, and no citizen by choice."""
    if not is_at_home(request) or CITIZEN in request.COOKIES or CITIZEN in request.GET:
        return False
    return looking(request).person is None


def _at_home(view: V) -> V:
    """For whoever sits at this machine, from a page of ours; everybody else gets what is not there."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_at_home(request):
            return not_found(request)
        if request.method == "POST" and not is_ours(request):
            raise PermissionDenied(gettext("This form was sent from somewhere else."))
        return view(request, *args, **kwargs)

    return cast(V, guarded)


def banner_of(request: HttpRequest) -> dict[str, Any]:
    """What the banner shows. Where the database cannot be asked it shows the clock alone."""
    moment, who = stage.now(), looking(request)
    if request.path == reverse("wall"):  # the last of the tasks
        tasks.mark(tasks.LOOKED)
    at_home = is_at_home(request)
    try:
        found = tasks.tasks() if at_home else []
        asks_to_pause = (
            at_home and who.staff and moment.position >= planned.ASKS_AT_S and not publishing.braked()
        )
        filled = playing.quiet_days_there()
    except DatabaseError:
        found, asks_to_pause, filled = [], False, quiet.DAYS
    return {
        "moment": moment,
        "at_home": at_home,
        "staff": who.staff,
        "played": [
            {"slug": slug, "name": name, "now": who.person is not None and who.person.name == _called(slug)}
            for slug, (_email, name) in PLAYED.items()
        ],
        "citizen": who.person is None or who.guest,
        "tasks": found,
        "tasks_done": sum(task.done for task in found),
        "asks_to_pause": asks_to_pause,
        "quiet_days": filled,
        "quiet_all": quiet.DAYS,
        "here": request.path if request.path != reverse("demo_banner") else "/",
        "bridge_ahead": moment.position < stage.BRIDGE_S,
    }


def _called(slug: str) -> str:
    return {"ana": ANA, "tomasz": TOMASZ, "mayor": MAYOR}[slug].name


@require_safe
@_at_home
def enter(request: HttpRequest) -> HttpResponse:
    """Walk in as Ana."""
    _sign_in(request, ANA.email)
    return HttpResponseRedirect(reverse("inbox"))


@require_safe
def banner(request: HttpRequest) -> HttpResponse:
    """What of the banner changes by itself."""
    if not stage.runs():
        return not_found(request)
    shown = banner_of(request) | {"here": _inside(request.GET.get("here", ""))}
    answer = page(request, "components/demo_parts.html", shown)
    answer["X-Demo-Position"] = f"{shown['moment'].position:.1f}"
    answer["X-Demo-Speed"] = str(shown["moment"].speed)
    return answer


@csrf_exempt
@require_POST
@_at_home
def turn(request: HttpRequest, what: str) -> HttpResponse:
    """Turn the story's clock."""
    moves: dict[str, Callable[[], None]] = {
        "pause": stage.pause,
        "play": stage.go,
        "fast": lambda: stage.go(stage.QUICK),
        "bridge": stage.to_the_bridge,
        "again": lambda: anew.begin_again(),
        "hold": lambda: planned.hold(_ana()),
    }
    if what not in moves:
        return not_found(request)
    moves[what]()
    if what == "again":
        _sign_in(request, ANA.email)
    playing.set_going()
    return _back(request)


@csrf_exempt
@require_POST
@_at_home
def be(request: HttpRequest, who: str) -> HttpResponse:
    """Be somebody of the town: one of three colleagues, or a citizen without an account."""
    if who == "citizen":
        logout(request)
        response = HttpResponseRedirect(reverse("home"))
        response.set_cookie(CITIZEN, "1", samesite="Lax", httponly=True)
        return response
    if who not in PLAYED:
        return not_found(request)
    _sign_in(request, PLAYED[who][0])
    response = HttpResponseRedirect(reverse("inbox"))
    response.delete_cookie(CITIZEN)
    return response


def _sign_in(request: HttpRequest, email: str) -> None:
    person = people_queries.person_by_email(email)
    if person is None:
        raise PermissionDenied(gettext("Nobody of that name lives here."))
    login(request, person.sign_in, backend=SIGNS_IN)


def _ana() -> Person:
    person = people_queries.person_by_email(ANA.email)
    assert person is not None
    return person


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(_inside(request.POST.get("next", "")))


def _inside(address: str) -> str:
    """An address of this house, whatever was asked for."""
    return address if address.startswith("/") and url_has_allowed_host_and_scheme(address, None) else "/"


class Yours(forms.Form):
    """Who has this house from now on."""

    name = forms.CharField(max_length=200)
    email = forms.EmailField()
    password = forms.CharField(min_length=10, strip=False)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


@csrf_exempt
@_at_home
def yours(request: HttpRequest) -> HttpResponse:
    """Make this yours: the town goes, and the house is empty for its owner."""
    if request.method != "POST":
        return page(request, "demo/yours.html", {"values": {}})
    form = Yours(request.POST)
    if not form.is_valid():
        values = {"name": request.POST.get("name", ""), "email": request.POST.get("email", "")}
        return page(request, "demo/yours.html", {"values": values, "faults": _faults(form)}, status=422)
    logout(request)
    try:
        owner = anew.start_empty(**form.cleaned_data)
    except ValidationError as error:
        return page(request, "demo/yours.html", {"values": form.data, "faults": error.messages}, status=422)
    login(request, owner.sign_in, backend=SIGNS_IN)
    return HttpResponseRedirect(reverse("start"))


def _faults(form: Yours) -> list[str]:
    return [str(fault) for faults in form.errors.values() for fault in faults]


urlpatterns = [
    path("", enter, name="demo"),
    path("banner", banner, name="demo_banner"),
    path("turn/<slug:what>", turn, name="demo_turn"),
    path("be/<slug:who>", be, name="demo_be"),
    path("yours", yours, name="demo_yours"),
]
