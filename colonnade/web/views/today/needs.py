"""What needs somebody: cases that wait for an answer, drafts that wait for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from colonnade.inbox import queries
from colonnade.inbox.types import CaseLine
from colonnade.primitives import clock
from colonnade.publishing import queries as publishing
from colonnade.web.looking import looking
from colonnade.web.views.today.spans import how_long


@dataclass(frozen=True, slots=True)
class Card:
    """A case that needs somebody. `kind` colours its clock: "clock" amber, "late" brick, "" neither."""

    line: CaseLine
    icon: str
    sees: str
    clock: str
    kind: str


def needs(request: HttpRequest) -> dict[str, Any]:
    """Cases that are theirs, or nobody's."""
    found = queries.needs(looking(request).viewer)
    return {
        "cards": [_card(line) for line in found.lines],
        "needs": found.count,
        "more": found.count - len(found.lines),
    }


def second_looks(request: HttpRequest) -> dict[str, Any]:
    """Drafts that wait for them: to be looked at, to be changed as was asked, to be sent by their own tap."""
    return {"drafts": publishing.needs_me(looking(request).viewer)}


def _card(line: CaseLine) -> Card:
    heard = line.heard
    network = heard.author.network if heard else ""
    words, kind = _clock(line)
    return Card(
        line=line,
        icon={"mail": "mail", "here": "talk"}.get(network, "globe"),
        sees=seen_by(heard.tier) if heard else "",
        clock=words,
        kind=kind,
    )


def seen_by(tier: str) -> str:
    """Who reads a word of the other side, in a few words."""
    return {
        "p": gettext("seen by everyone"),
        "i": gettext("seen by whoever is signed in"),
    }.get(tier, gettext("private"))


def _clock(line: CaseLine) -> tuple[str, str]:
    """What the clock of a case says: how long is left where something is due, else how long somebody has waited."""
    now = clock.now()
    if line.due_at is not None:
        if line.due_at < now:
            return gettext("%(time)s late") % {"time": how_long(now - line.due_at)}, "late"
        left = line.due_at - now
        return gettext("%(time)s left") % {"time": how_long(left)}, "clock" if left < timedelta(
            hours=1
        ) else ""
    waited = now - (line.waiting_since or line.opened_at)
    kind = "late" if waited > timedelta(hours=1) else "clock"
    return gettext("waits %(time)s") % {"time": how_long(waited)}, kind
