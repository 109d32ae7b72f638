"""Keep this: a page elsewhere, handed to us by a bookmark or by what a phone shares, kept by hand as a post."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.listening import actions
from colonnade.listening import queries as listening
from colonnade.networks.kept.connector import LONGEST_TITLE, LONGEST_URL, LONGEST_WORDS, Page
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.keeping import bookmark
from colonnade.web.looking import looking
from colonnade.web.pages import page

MOST_WATCHES = 200
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@require_safe
@staff_only
def keep(request: HttpRequest) -> HttpResponse:
    """What would be kept: `u` an address, `t` a title, `s` words. Nothing is written before the form is sent; without an
    address it is empty, and the bookmark stands beside it."""
    asked = request.GET
    return _form(request, _handed_in(asked.get("u", ""), asked.get("t", ""), asked.get("s", "")))


@require_POST
@staff_only
def add(request: HttpRequest) -> HttpResponse:
    """Keep it, and lead to its post; what was kept before leads to the same one."""
    who, sent = looking(request), request.POST
    handed = _handed_in(sent.get("url", ""), sent.get("title", ""), sent.get("words", ""))
    chosen = ids.parse(sent.get("watch", ""))
    watch = listening.watch_for(who.viewer, chosen) if chosen is not None else None
    assert who.person is not None  # of staff, or a guard has answered
    try:
        post, _ = actions.keep_by_hand(handed, by=who.person, note=sent.get("note", ""), watch=watch)
    except ValueError:
        say = gettext("Write the address of a page: it begins with https:// or http://.")
        return _form(request, handed, say=say, note=sent.get("note", ""), status=422)
    return HttpResponseRedirect(reverse("post", args=[post]))


def _form(
    request: HttpRequest, handed: Page, *, say: str = "", note: str = "", status: int = 200
) -> HttpResponse:
    viewer = looking(request).viewer
    context = {
        "page": handed,
        "site": _site(handed.url),
        "already": listening.kept_already(viewer, handed.url, handed.words) if handed.url else None,
        "watches": listening.watches_for(viewer)[:MOST_WATCHES],
        "bookmark": "" if handed.url else bookmark(),
        "say": say,
        "note": note,
    }
    return page(request, "listen/keep.html", context, status=status)


def _handed_in(url: str, title: str, words: str) -> Page:
    """What a bookmark or a phone hands over. Phones often put the address into the text, behind the title or alone."""
    url, words = url.strip(), words.strip()
    if not url and (found := _ADDRESS.search(words)):
        url, words = found.group(), words.replace(found.group(), "").strip()
        words = "" if words == title.strip() else words
    return Page(url[: LONGEST_URL + 1], title.strip()[:LONGEST_TITLE], words[:LONGEST_WORDS])


def _site(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
