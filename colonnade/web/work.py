"""What the web door has done in the background: finding feeds behind an address, which may take as long as it likes,
the figures of the front page, and letters with pictures."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache

from colonnade.core.db import act
from colonnade.core.work import enqueue, every, work
from colonnade.insight import actions as insight
from colonnade.insight.models import Edition
from colonnade.networks.base import NetworkError
from colonnade.networks.feeds.discover import behind, fetched, page_of
from colonnade.networks.http import Client, Response
from colonnade.networks.pages.readable import readable
from colonnade.networks.profiles import Profile, profiles, title_of
from colonnade.people.models import Person
from colonnade.primitives import clock
from colonnade.primitives.text import excerpt
from colonnade.web import trust
from colonnade.web.briefing_mail import letter

KEPT_S = 900
LINES_SHOWN = 3


@work(lease_s=180, tries=2)
def find_feeds(word: str, address: str) -> None:
    """Look what feeds there are behind an address, and what could be watched of the page itself; leave the answer for the
    page that asks for it."""
    http = Client(allowed_private_hosts=settings.COLONNADE_ALLOW_PRIVATE_HOSTS)
    try:
        response = fetched(http, address)
        found = behind(http, response)
        answer: dict[str, Any] = {"feeds": [{"url": f.url, "title": f.title, "kind": f.kind} for f in found]}
        if not any(f.url == response.url for f in found):
            answer["page"] = _page(response)
    except (NetworkError, ValueError) as error:
        answer = {"feeds": [], "error": str(error)}
    keep(word, {**answer, "address": address, "done": True})


@work(lease_s=180, tries=2)
def look_behind(word: str, address: str) -> None:
    """Fetch a website, and leave what is behind it for the page that asks: feeds, and the profiles that it names. Of other
    sites only those few are asked to which the page itself leads as to a feed."""
    http = Client(allowed_private_hosts=settings.COLONNADE_ALLOW_PRIVATE_HOSTS)
    try:
        response = fetched(http, address)
        found = page_of(response)
        answer: dict[str, Any] = {
            "url": response.url,
            "title": "" if found is None else title_of(found),
            "feeds": [{"url": f.url, "title": f.title, "kind": f.kind} for f in behind(http, response)],
            "profiles": [] if found is None else [_told(one) for one in profiles(found, response.url)],
        }
    except (NetworkError, ValueError) as error:
        answer = {"feeds": [], "profiles": [], "error": str(error)}
    keep(word, {**answer, "address": address, "done": True})


def _page(response: Response) -> dict[str, Any]:
    """What can be read on a page, or why nothing can."""
    if response.status != 200:
        return {"url": response.url, "why": f"The page's server answers {response.status}."}
    page = readable(response)
    shown = [excerpt(line, 120) for line in page.lines[:LINES_SHOWN]]
    return {
        "url": response.url,
        "title": page.title,
        "lines": len(page.lines),
        "first": shown,
        "why": page.why,
    }


def _told(one: Profile) -> dict[str, Any]:
    return {"network": one.network, "address": one.address, "url": one.url, "me": one.me, "feed": one.feed}


def keep(word: str, answer: dict[str, Any]) -> None:
    """Leave an answer under a word that only its asker knows, for a quarter of an hour."""
    cache.set(f"feeds:{word}", answer, KEPT_S)


def answer_of(word: str) -> dict[str, Any] | None:
    """The answer under a word, or None."""
    found: dict[str, Any] | None = cache.get(f"feeds:{word}")
    return found


@every(300)
@work(lease_s=60)
def find_trust() -> None:
    """Who answers and how fast, for the front page."""
    trust.find()


@every(120)
@work(lease_s=120)
def write_briefings() -> None:
    """Make the briefings that are due, and begin the letters of those that go by mail."""
    with act():
        for edition in insight.begin_editions():
            enqueue(send_briefing, edition, key=f"briefing:{edition}")


@work(lease_s=120, tries=2)
def send_briefing(edition: int, with_pdf: bool = False) -> None:
    """Send one briefing to its reader, with what they may see at this moment, `with_pdf` as a document too. Its Message-ID is
    always the same, so that a repeat after a broken connection is seen as one. Who can no longer sign in is not written to;
    that stands in the log."""
    row = Edition.objects.select_related("briefing__reader__sign_in", "briefing__reader__principal")
    found = row.filter(pk=edition, sent_at__isnull=True).first()
    if found is None:
        return
    why = _why_unread(found.briefing.reader)
    if why:
        insight.edition_not_sent(edition, why)
        return
    letter(found, with_pdf=with_pdf or found.briefing.with_pdf).send()
    insight.edition_sent(edition, clock.now())


def _why_unread(reader: Person) -> str:
    """Why somebody cannot be written to: "" where they can."""
    if reader.state != "active":
        return "suspended"
    sign_in = getattr(reader, "sign_in", None)
    return "" if sign_in is not None and sign_in.is_active else "no_sign_in"
