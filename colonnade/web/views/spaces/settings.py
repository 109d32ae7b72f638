"""What a space says of itself, and who reads it; for its stewards."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from colonnade.access.rules import Unexpressible
from colonnade.places import actions, rules
from colonnade.places import queries as places
from colonnade.places.models import Aim, Place
from colonnade.web.looking import looking
from colonnade.web.pages import not_found, page
from colonnade.web.views.spaces.finding import chosen_aim, done_in, found_space, member_person, to


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """What a space says of itself, how one joins, who reads it; for its stewards."""
    who = looking(request)
    found, mine = found_space(who, slug)
    person = member_person(who)
    if found is None or person is None or not rules.can_steward(person, mine):
        return not_found(request)
    aims = places.aims() if rules.can_choose_aim(person, mine) else []
    context = {
        "place": found,
        "sees": places.terms_in_words(places.terms_of_place(found), found),
        "chosen": rules.chosen(places.terms_of_place(found), found),
        "may_open": rules.can_change_audience(person, mine),
        "aims": aims,
        "done": done_in(request),
    }
    if request.method != "POST":
        return page(request, "spaces/settings.html", context)
    try:
        aim = chosen_aim(request.POST.get("aim", ""), aims)
        actions.describe(
            found,
            name=request.POST.get("name", ""),
            purpose=request.POST.get("purpose", ""),
            expected_result=request.POST.get("result", ""),
            join_policy=request.POST.get("join", ""),
            by=person,
        )
        if "aim" in request.POST and rules.can_choose_aim(person, mine) and _other(aim, found):
            actions.serve(found, aim, by=person)
    except ValueError as error:
        return page(request, "spaces/settings.html", context | {"error": str(error)}, status=422)
    return to("space_settings", slug, done="described")


def _other(aim: Aim | None, place: Place) -> bool:
    return bool((aim.pk if aim else None) != place.space.aim_id)


@require_http_methods(["GET", "HEAD", "POST"])
def audience(request: HttpRequest, slug: str) -> HttpResponse:
    """Change who reads a space: first its consequence in words, then, by a second step, the change."""
    who = looking(request)
    found, mine = found_space(who, slug)
    person = member_person(who)
    if found is None or person is None or not rules.can_change_audience(person, mine):
        return not_found(request)
    asked = request.POST if request.method == "POST" else request.GET
    try:
        wanted = rules.read_by(asked.get("for", ""), found)
    except ValueError:
        return to("space_settings", slug)
    told = places.consequence(found, wanted, by=person)
    context = {
        "place": found,
        "choice": asked.get("for", ""),
        "same": wanted == places.terms_of_place(found),
        "now": places.terms_in_words(places.terms_of_place(found), found),
        "then": places.terms_in_words(wanted, found),
        "told": told,
    }
    if request.method != "POST" or context["same"]:
        return page(request, "spaces/audience.html", context)
    error = ""
    if request.POST.get("was") != str(found.audience_id):
        error = gettext("Somebody else changed it meanwhile. This is what would happen now.")
    elif told.widens and request.POST.get("sure") != "1":
        error = gettext("More people would read it. Say that you mean it.")
    if error:
        return page(request, "spaces/audience.html", context | {"error": error}, status=409)
    try:
        actions.set_audience(found, wanted, by=person)
    except Unexpressible as impossible:
        return page(request, "spaces/audience.html", context | {"error": str(impossible)}, status=422)
    if told.oneself:
        return to("spaces", done="audience")
    return to("space_settings", slug, done="audience")
