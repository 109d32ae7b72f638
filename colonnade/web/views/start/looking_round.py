"""One field, "your website or name": a website is looked at by a worker, and only now that somebody asks; for a name it is
said what can be done without asking anybody."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from colonnade.core.work import enqueue
from colonnade.listening import actions as listening
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.primitives.text import normalise
from colonnade.web import work

MOST_AT_ONCE = 50
LONGEST = 2000
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://\S+"  # with its scheme
    r"|(?:(?:[\w-]+\.)+[\w-]{2,63}|(?:\d{1,3}\.){3}\d{1,3}|localhost)(?::\d+)?(?:[/?#]\S*)?)\Z",
    re.IGNORECASE,
)


def is_address(said: str) -> bool:
    """Whether somebody wrote a website rather than a name."""
    return _ADDRESS.match(said) is not None


def one_line(said: str) -> str:
    """What was typed, in one line and not endless."""
    return " ".join(normalise(said[:LONGEST]).split())


def look_at(address: str) -> str:
    """Have a worker look at a website; the word under which its answer will lie."""
    word = secrets.token_urlsafe(16)
    work.keep(word, {"feeds": [], "profiles": [], "address": address, "done": False})
    enqueue(work.look_behind, word, address)
    return word


def without_asking(name: str) -> list[dict[str, str]]:
    """What one could listen for of a name: as it is written, and as it is written in one word on networks."""
    words = [word for word in re.split(r"[^\w]+", name) if word]
    if not words:
        return []
    found = [{"query": f'"{" ".join(words)}"', "how": gettext("The name, its words side by side")}]
    if len(words) > 1:
        found.append(
            {"query": "".join(words).casefold(), "how": gettext("In one word, as in #hashtags and @names")}
        )
        first = "".join(word[0] for word in words).upper()
        if len(first) > 2:
            found.append(
                {"query": first, "how": gettext("Its first letters; often they mean something else as well")}
            )
    return found


def take(request: HttpRequest, by: Person) -> str:
    """Read the feeds and listen for the words that have a tick; a sentence about what was done."""
    feeds = [url for url in _ticked(request, "feed") if url.startswith(("http://", "https://"))]
    for url in feeds:
        places.add_source("feeds", url[:2000], name=request.POST.get(f"name:{url}", "")[:200], by=by)
    queries = _ticked(request, "watch")
    for query in queries:
        listening.add_watch(query.strip('"'), query, by=by)
    if not feeds and not queries:
        raise ValueError(gettext("Nothing had a tick, so nothing was done."))
    return gettext("Done: what had a tick is read or listened for from now on.")


def _ticked(request: HttpRequest, field: str) -> list[str]:
    return list(dict.fromkeys(request.POST.getlist(field)))[:MOST_AT_ONCE]


def answer_to(word: str) -> dict[str, Any] | None:
    """How far the look at a website is, or None where there was none or it is long ago."""
    return work.answer_of(word)
