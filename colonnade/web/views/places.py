"""Elsewhere: our accounts and sources with their health; feeds added one by one or as a list; any place post by post."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.core.work import enqueue
from colonnade.listening import queries as listening
from colonnade.listening.actions.keeping import KEPT
from colonnade.networks import streams
from colonnade.networks.feeds import opml as outlines
from colonnade.places import actions, rules
from colonnade.places import queries as places
from colonnade.places.models import Place, PlaceKind
from colonnade.places.rules import NEWSLETTERS
from colonnade.web import work
from colonnade.web.guards import admins_only, staff_only
from colonnade.web.keeping import kept_lines
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, not_found, page
from colonnade.web.streams import AT_ONCE, Shows, posts
from colonnade.web.views.sources import mail_domain

MOST_PLACES = 500
MOST_FEEDS_AT_ONCE = 500
LARGEST_LIST = 2 * 1024 * 1024
FEEDS = "feeds"


@require_safe
def places_page(request: HttpRequest) -> HttpResponse:
    """What is read and written elsewhere: our accounts and sources with their health, for staff; others see spaces."""
    who = looking(request)
    if not who.staff:
        return HttpResponseRedirect(reverse("spaces"))
    rows = places.elsewhere(who.viewer)
    found = list(rows.select_related("polling", "source", "account")[:MOST_PLACES])
    return page(
        request,
        "places/page.html",
        {
            "accounts": [one for one in found if one.kind == PlaceKind.ACCOUNT],
            "sources": [one for one in found if one.kind == PlaceKind.SOURCE],
            "mail_domain": mail_domain(),
        },
    )


@require_safe
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """One place as a column of its own, live."""
    who, cursor = looking(request), cursor_now()
    found = places.places_for(who.viewer).filter(pk=pk).select_related("space", "polling", "source").first()
    if found is None:
        return not_found(request)
    shows = Shows("place", pk)
    lines = kept_lines(who.viewer, limit=AT_ONCE) if _is_kept(found) else posts(who.viewer, shows)
    context = {
        "place": found,
        "posts": lines,
        "shows": shows,
        "cursor": cursor,
        "more": lines[-1].id if len(lines) == AT_ONCE else None,
        "streamed": listening.streamed_by(who.viewer, found) if found.kind == PlaceKind.SOURCE else None,
        "letterbox": places.hook_address(pk, "in") if who.staff and _is_letterbox(found) else "",
        "kept": _is_kept(found),
    }
    return page(request, "places/place.html", context)


def _is_kept(place: Place) -> bool:
    return place.kind == PlaceKind.SOURCE and place.source.connector == KEPT


def _is_letterbox(place: Place) -> bool:
    return place.kind == PlaceKind.SOURCE and place.source.connector == NEWSLETTERS


def _refused(request: HttpRequest, say: str) -> HttpResponse:
    return page(request, "places/refused.html", {"say": say}, status=422)


# --- feeds --------------------------------------------------------------------------------------------------------


@require_POST
@admins_only
def find_feeds(request: HttpRequest) -> HttpResponse:
    """Ask a worker what feeds there are behind an address; the page that follows shows how far it is."""
    address = request.POST.get("address", "").strip()[:2000]
    if not address:
        return _refused(request, gettext("Write the address of a page or a feed."))
    if (stream := streams.named(address)) is not None:
        person = looking(request).person
        actions.add_source(
            stream.connector, stream.address, name=stream.name, audience=rules.STAFF_ONLY, by=person
        )
        return HttpResponseRedirect(reverse("places"))
    word = secrets.token_urlsafe(16)
    work.keep(word, {"feeds": [], "address": address, "done": False})
    enqueue(work.find_feeds, word, address)
    return HttpResponseRedirect(reverse("place_found_feeds", args=[word]))


@require_safe
@admins_only
def found_feeds(request: HttpRequest, word: str) -> HttpResponse:
    """How far the look for feeds is, and what it found. With `part=answer` only that."""
    answer = work.answer_of(word)
    if answer is None:
        return not_found(request)
    part = request.GET.get("part") == "answer"
    return page(
        request, "places/found.html" if part else "places/finding.html", {"answer": answer, "word": word}
    )


@require_POST
@admins_only
def add_feed(request: HttpRequest) -> HttpResponse:
    """Read these feeds from now on: `feed` once for each. Where one of them is read already in a place that is not for
    this person, nothing is added, and the answer is the same."""
    person = looking(request).person
    urls = [
        url for url in dict.fromkeys(request.POST.getlist("feed")) if url.startswith(("http://", "https://"))
    ]
    for url in urls[:MOST_FEEDS_AT_ONCE]:
        actions.add_source(FEEDS, url[:2000], name=request.POST.get(f"name:{url}", ""), by=person)
    return HttpResponseRedirect(reverse("places"))


@require_POST
@admins_only
def read_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a place at the next turn of a worker."""
    found = places.place_for(looking(request).viewer, pk)
    if found is None:
        return not_found(request)
    if not (_is_letterbox(found) or _is_kept(found)):
        actions.poll_now(found)
    return HttpResponseRedirect(reverse("place", args=[pk]))


# --- lists of feeds -----------------------------------------------------------------------------------------------


@require_safe
@staff_only
def opml(request: HttpRequest) -> HttpResponse:
    """All feeds that the viewer may see, as an OPML list."""
    rows = places.places_for(looking(request).viewer).filter(kind=PlaceKind.SOURCE, source__connector=FEEDS)
    found = [_outline(one) for one in rows.select_related("source")]
    response = HttpResponse(outlines.write(found, "Colonnade"), content_type="text/x-opml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="feeds.opml"'
    return response


def _outline(one: Place) -> outlines.Outline:
    return outlines.Outline(feed_url=one.source.address, title=one.name, page_url=one.source.page_url)


@require_POST
@admins_only
def import_opml(request: HttpRequest) -> HttpResponse:
    """Show what a list holds before anything is added: which are new, which are read already, what was wrong."""
    sent = request.FILES.get("list")
    if sent is None:
        return _refused(request, gettext("Choose an OPML file first."))
    if (sent.size or 0) > LARGEST_LIST:
        return _refused(request, gettext("The list is larger than 2 MB. Split it, please."))
    read = outlines.read(sent.read())
    addresses = (one.feed_url for one in read.outlines)
    known = places.known_addresses(looking(request).viewer, FEEDS, addresses)
    fresh = [one for one in read.outlines if one.feed_url not in known][:MOST_FEEDS_AT_ONCE]
    context = {"list": read, "fresh": fresh, "known": len(read.outlines) - len(fresh)}
    return page(request, "places/preview.html", context)
