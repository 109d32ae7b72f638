"""The list of sections beside each page of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from colonnade.web.looking import Looking, looking
from colonnade.web.pages import page


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the settings; `who` is everybody, member or admin."""

    name: str
    icon: str
    title: Any
    who: str = "member"


SECTIONS = (
    Section("settings", "people", gettext_lazy("Profile")),
    Section("settings_sign_in", "lock", gettext_lazy("Sign-in")),
    Section("settings_sessions", "device", gettext_lazy("Sessions")),
    Section("settings_appearance", "eye", gettext_lazy("Appearance"), "everybody"),
    Section("settings_notices", "bell", gettext_lazy("Notices")),
    Section("settings_organisation", "house", gettext_lazy("Organisation"), "admin"),
    Section("settings_aims", "aim", gettext_lazy("Aims"), "admin"),
    Section("settings_members", "people", gettext_lazy("Members and roles"), "admin"),
    Section("settings_teams", "people", gettext_lazy("Teams"), "admin"),
    Section("settings_accounts", "globe", gettext_lazy("Our accounts"), "admin"),
    Section("settings_audit", "note", gettext_lazy("Audit log"), "admin"),
)


def sections_for(who: Looking) -> list[Section]:
    """The sections that somebody may open."""
    member = who.person is not None and not who.guest
    may = {"everybody": True, "member": member, "admin": who.admin}
    return [one for one in SECTIONS if may[one.who]]


def _shown(request: HttpRequest, sections: list[Section]) -> str:
    """The section whose page this is, also where a form beneath it was refused."""
    above = [one.name for one in sections if f"{request.path}/".startswith(f"{reverse(one.name)}/")]
    return max(above, key=lambda name: len(reverse(name)), default="")


def section(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the settings in its frame."""
    saved = {"saved": gettext("Saved.")} if request.GET.get("saved") == "1" else {}
    sections = sections_for(looking(request))
    frame = {"sections": sections, "shown": _shown(request, sections), **saved}
    return page(request, f"settings/{template}", frame | (context or {}), status=status)
