"""How the organisation calls itself and looks: for admins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from colonnade.core.pictures import MOST_PIXELS_A_SIDE, NotAPicture, Picture, clean
from colonnade.people import actions, queries
from colonnade.people.actions.organisation import LARGEST_LOGO
from colonnade.people.models import Organisation, Person
from colonnade.people.rules import fit_accent
from colonnade.web import accent
from colonnade.web.guards import admins_only
from colonnade.web.house import forget, logo_of
from colonnade.web.looking import looking
from colonnade.web.pages import is_part, page
from colonnade.web.views.settings.frame import section


@dataclass(frozen=True, slots=True)
class Sample:
    """A page in small, in one theme: its colours, for a drawing."""

    theme: str
    paper: str
    surface: str
    ink: str
    shades: accent.Shades


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def organisation(request: HttpRequest) -> HttpResponse:
    """Name, logo and colour. Part: `shades`, what becomes of a colour."""
    if is_part(request, "shades"):
        return page(request, "settings/shades.html", {"samples": samples(request.GET.get("accent", ""))})
    if request.method != "POST":
        return section(request, "organisation.html", form_of(queries.our_organisation()))
    wrong = take(request)
    if not wrong:
        return HttpResponseRedirect(f"{reverse('settings_organisation')}?saved=1")
    return section(request, "organisation.html", said(request) | {"error": wrong}, status=422)


def take(request: HttpRequest) -> str:
    """Keep what the form says, all of it or nothing; "" or what is wrong with it, in a sentence."""
    by = looking(request).person
    assert by is not None
    try:
        picture = _picture(request)
        actions.set_organisation(
            name=request.POST.get("name", ""), accent=_accent(request.POST.get("accent", "")), by=by
        )
    except ValueError as refused:
        return str(refused)
    _keep_logo(request, picture, by)
    forget()
    return ""


def _keep_logo(request: HttpRequest, picture: Picture | None, by: Person) -> None:
    if picture is not None:
        actions.set_logo(picture, by=by)
    elif request.POST.get("no_logo"):
        actions.drop_logo(by=by)


def _accent(chosen: str) -> str:
    """The colour of the house itself, chosen, is none of one's own."""
    fitted = fit_accent(chosen)
    return "" if fitted == house_accent() else fitted


def house_accent() -> str:
    """The accent of the house itself, in light."""
    return accent.tokens()[0]["accent"]


def _picture(request: HttpRequest) -> Picture | None:
    sent = request.FILES.get("logo")
    if sent is None:
        return None
    if (sent.size or 0) > LARGEST_LOGO:
        raise ValueError(gettext("The picture is larger than 1 MB. A logo needs no more."))
    try:
        return clean(sent.read(), moving=False)
    except NotAPicture as refused:
        raise ValueError(_why_no_logo(refused)) from None


def _why_no_logo(refused: NotAPicture) -> str:
    words = {
        "drawing": gettext("SVG files can hold programs, so they are not taken. Send a PNG of it."),
        "moving": gettext("A logo that moves is not taken. Send one picture of it."),
        "unknown": gettext("That is no picture that we know. Send a PNG, JPEG, WebP, GIF or AVIF file."),
        "broken": gettext("The picture is broken or cut off. Save it anew and send that."),
        "too wide": gettext("The picture has more than %d pixels a side. Make it smaller.")
        % MOST_PIXELS_A_SIDE,
    }
    return words[refused.reason]


def form_of(ours: Organisation) -> dict[str, Any]:
    """What the form shows of what stands there."""
    chosen = ours.accent or house_accent()
    return {
        "name": ours.name,
        "accent": chosen,
        "house_accent": house_accent(),
        "logo": logo_of(ours),
        "samples": samples(chosen),
    }


def form_of_ours(ours: Organisation | None) -> dict[str, Any]:
    """The same of a row that was read already, or of none."""
    return form_of(ours or queries.not_said_yet())


def said(request: HttpRequest) -> dict[str, Any]:
    """What the form shows again of what was typed."""
    chosen = request.POST.get("accent", "")[:7]
    return {
        **form_of(queries.our_organisation()),
        "name": request.POST.get("name", "")[:300],
        "accent": chosen,
        "samples": samples(chosen),
    }


def samples(chosen: str) -> list[Sample]:
    """What becomes of a colour in light and in dark; of none where it is no colour."""
    try:
        made = accent.shades(fit_accent(chosen) or house_accent())
    except ValueError:
        return []
    words = (gettext("In light"), gettext("In dark"))
    return [
        Sample(word, theme["paper"], theme["surface"], theme["ink-2"], shades)
        for word, theme, shades in zip(words, accent.tokens(), made, strict=True)
    ]
