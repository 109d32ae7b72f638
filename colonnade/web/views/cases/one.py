"""One case: what was said, by whom, what goes out, and the box to answer in."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Post
from colonnade.conversations.rules import web_address
from colonnade.deliveries import queries as deliveries
from colonnade.inbox import queries
from colonnade.inbox.models import Case
from colonnade.inbox.rules import at_the_desk
from colonnade.people.models import Identity
from colonnade.primitives import clock, ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, not_found, page
from colonnade.web.talking import said_in
from colonnade.web.views.cases.lists import asked_in


@require_safe
@staff_only
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case between its list and its person. Parts: `thread`, `head`, `outgoing`, `composer`, `about`, `earlier`."""
    found = queries.case_for(looking(request).viewer, pk)
    if found is None:
        return not_found(request)
    part = request.GET.get("part", "")
    if part in PARTS:
        template, context = PARTS[part](request, found)
        return page(request, template, {"case": found, **context})
    cursor = cursor_now()
    context = {
        "case": found,
        "cursor": cursor,
        "asked": asked_in(request),
        "answer": request.GET.get("answer") == "1",
        **_thread(request, found)[1],
    }
    return page(request, "inbox/case.html", context)


Part = tuple[str, dict[str, Any]]


def _thread(request: HttpRequest, found: Case) -> Part:
    viewer = at_the_desk(looking(request).viewer)
    said = said_in(viewer, found.conversation, conversations.thread(viewer, found.conversation_id))
    newest = max((one.post.id for one in said), default=0)
    words = said[0].post.text if said else ""
    return "inbox/thread.html", {"said": said, "newest": newest, "subject": subject(found, words)}


def subject(found: Case, first_words: str) -> str:
    """What stands above a case: the title of its conversation, else how it began."""
    return found.conversation.title or Truncator(" ".join(first_words.split())).words(9)


def head(request: HttpRequest, found: Case) -> Part:
    who = looking(request)
    first = conversations.visible_to(at_the_desk(who.viewer)).filter(conversation=found.conversation_id)
    words = first.order_by("pk").values_list("said__text", flat=True).first() or ""
    return "inbox/head.html", {
        "subject": subject(found, words),
        "looking_at": queries.looking_at(found, besides=who.viewer.person),
    }


def _outgoing(request: HttpRequest, found: Case) -> Part:
    lines = deliveries.of_conversation(looking(request).viewer, found.conversation_id)
    now = clock.now()
    return "inbox/outgoing.html", {
        "deliveries": [line for line in lines if line.state not in ("confirmed", "recalled")],
        "now": now,
    }


def composer(request: HttpRequest, found: Case, **more: object) -> Part:
    viewer = looking(request).viewer
    answered = queries.answered(viewer, found)
    return "inbox/composer.html", {
        "sees": queries.words_for_reply(viewer, found),
        "answered": answered,
        "answer": request.GET.get("answer") == "1",
        "once": token_urlsafe(
            18
        ),  # what these words are known by, if the connection breaks and they come again
        "seen": ids.parse(request.GET.get("seen", "")) or 0,
        **more,
    }


def _about(request: HttpRequest, found: Case) -> Part:
    viewer = looking(request).viewer
    answered = queries.answered(viewer, found)
    return "inbox/about.html", {
        "author": answered.author if answered else None,
        "person": answered.author.person if answered else None,
        "identities": [Face(one, web_address(one.url)) for one in _identities(answered)],
        "history": queries.history(viewer, found),
    }


@dataclass(frozen=True, slots=True)
class Face:
    """A name on a network, and where it stands on the web, "" where that is nowhere."""

    one: Identity
    url: str


def _identities(answered: Post | None) -> list[Identity]:
    if answered is None:
        return []
    person = answered.author.person
    return list(person.identities.order_by("network")) if person else [answered.author]


def _earlier(request: HttpRequest, found: Case) -> Part:
    viewer = looking(request).viewer
    theirs = [one.pk for one in _identities(queries.answered(viewer, found))]
    return "inbox/earlier.html", {"earlier": queries.earlier(viewer, found, theirs)}


PARTS = {
    "thread": _thread,
    "head": head,
    "outgoing": _outgoing,
    "composer": composer,
    "about": _about,
    "earlier": _earlier,
}
