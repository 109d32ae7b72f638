"""A name on a network, and "same person?": whose it is, shown before it is said, and taken back as easily."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from colonnade.conversations import queries as conversations
from colonnade.people import actions, rules
from colonnade.people import queries as people
from colonnade.people.models import Claim, Identity, Person
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import Looking, looking
from colonnade.web.pages import cursor_now, not_found, page
from colonnade.web.streams import AT_ONCE, Shows, posts

MOST_FOUND = 12
COMPARED = 3


@require_safe
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    """A name on a network, and what was said under it; it exists for those who may read any of it."""
    who, cursor = looking(request), cursor_now()
    shows = Shows("identity", pk)
    lines = posts(who.viewer, shows)
    found = Identity.objects.filter(pk=pk).select_related("person").first() if lines else None
    if found is None:
        return not_found(request)
    context = {
        "identity": found,
        "posts": lines,
        "shows": shows,
        "cursor": cursor,
        "more": lines[-1].id if len(lines) == AT_ONCE else None,
        "claimable": who.staff and _claimable(found),
        "claim": people.claims_in_force([pk]).get(pk) if who.staff else None,
    }
    return page(request, "people/identity.html", context)


def _claimable(found: Identity) -> bool:
    signs_in = found.person is not None and people.has_sign_in(found.person)
    return rules.may_be_claimed(found, signs_in=signs_in)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def same(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for the person (`q`), see what it would mean (`person`), say so (POST). Nothing is joined by itself."""
    who = looking(request)
    found = conversations.identities_for(who.viewer).filter(pk=pk).select_related("person").first()
    if found is None or not _claimable(found):
        return not_found(request)
    asked = request.POST if request.method == "POST" else request.GET
    chosen = _person(who, asked.get("person", ""))
    if request.method == "POST":
        if chosen is None or who.person is None:
            return not_found(request)
        made = actions.claim(found, chosen, by=who.person, reason=request.POST.get("reason", "").strip())
        return HttpResponseRedirect(f"{reverse('person', args=[chosen.pk])}?joined={made.pk}")
    if chosen is not None:
        return page(request, "people/preview.html", _preview(who, found, chosen))
    words = " ".join(request.GET.get("q", found.name).split())[:100]
    rows = conversations.persons_like(who.viewer, words) if words else conversations.persons_for(who.viewer)
    rows = rows.exclude(pk=found.person_id) if found.person_id else rows
    candidates = rows.order_by("name", "pk").prefetch_related("identities")[:MOST_FOUND]
    return page(request, "people/same.html", {"identity": found, "q": words, "candidates": candidates})


def _person(who: Looking, number: str) -> Person | None:
    pk = ids.parse(number)
    return conversations.persons_for(who.viewer).filter(pk=pk).first() if pk is not None else None


def _preview(who: Looking, found: Identity, chosen: Person) -> dict[str, object]:
    viewer = who.viewer
    theirs = list(chosen.identities.order_by("network", "pk"))
    said = conversations.visible_to(viewer).order_by("-pk")
    mine = list(said.filter(author=found.pk).values_list("pk", flat=True)[:COMPARED])
    other = list(said.filter(author__in=theirs).values_list("pk", flat=True)[:COMPARED])
    lines = {line.id: line for line in conversations.lines(viewer, [*mine, *other])}
    return {
        "identity": found,
        "person": chosen,
        "identities": theirs,
        "under_name": [lines[pk] for pk in mine if pk in lines],
        "by_person": [lines[pk] for pk in other if pk in lines],
    }


@require_POST
@staff_only
def reverse_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the claim in force on a name (`claim` says which, so that nobody takes back another's newer one)."""
    who = looking(request)
    found = conversations.identities_for(who.viewer).filter(pk=pk).first()
    claim: Claim | None = people.claims_in_force([pk]).get(pk) if found else None
    if claim is None or who.person is None or str(claim.pk) != request.POST.get("claim", ""):
        return not_found(request)
    actions.reverse(claim, by=who.person)
    return HttpResponseRedirect(reverse("identity", args=[pk]))
