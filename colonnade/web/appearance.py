"""How pages look for somebody: light or dark, contrast, how dense. A member's choice is kept with them, a visitor's in a
cookie of theirs that says nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse

from colonnade.people.models import Person
from colonnade.workspace.rules import CONTRASTS, THEMES

COOKIE = "look"
YEAR_S = 31_536_000


@dataclass(frozen=True, slots=True)
class Appearance:
    """What stands on the root of every page; empty is what the system says."""

    theme: str = ""
    contrast: str = ""
    density: str = ""


def appearance(request: HttpRequest, person: Person | None = None) -> Appearance:
    """The choice of the member, else of the browser. It costs no statement: who is signed in is read with it."""
    if person is not None and "preference" not in person._state.fields_cache:
        person = None  # a guest has none
    if person is None:
        return _from_cookie(request.COOKIES.get(COOKIE, ""))
    try:
        chosen = person.preference
    except ObjectDoesNotExist:
        return Appearance()
    return Appearance(chosen.theme, chosen.contrast, "dense" if chosen.dense else "")


def _from_cookie(said: str) -> Appearance:
    theme, contrast, density = [*said.split("."), "", "", ""][:3]
    return Appearance(
        theme if theme in THEMES else "",
        contrast if contrast in CONTRASTS else "",
        "dense" if density == "dense" else "",
    )


def remember(response: HttpResponse, *, theme: str, contrast: str, dense: bool) -> None:
    """Keep the choice of a browser whose owner is not signed in."""
    response.set_cookie(
        COOKIE,
        f"{theme}.{contrast}.{'dense' if dense else ''}",
        max_age=YEAR_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
