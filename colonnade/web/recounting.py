"""The audit log as sentences: who did what to whom, each with the way to the thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.urls import reverse
from django.utils.translation import gettext

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.people import queries as people
from colonnade.places import queries as places
from colonnade.primitives import ids
from colonnade.web.verbs import VERBS
from colonnade.workspace.types import AuditLine

_PAGES = {
    "person": "person",
    "identity": "identity",
    "place": "place",
    "draft": "draft",
    "case": "case",
    "post": "post",
    "delivery": "delivery",
    "watch": "watch",
    "list": "list",
}
_DIFFERS_BY = {
    "role set": "role",
    "publishing.held": "reason",
    "publishing.approval_fell": "reason",
    "publishing.four_eyes": "on",
    "briefing not sent": "reason",
    "delivery settled": "as",
    "scenario.begun": "drill",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as a reader meets it: a sentence, when, and beneath it the thing by number with what else was kept."""

    at: datetime
    said: str
    subject: str
    address: str
    details: str


@dataclass(frozen=True, slots=True)
class _Names:
    people: Mapping[int, str]
    places: Mapping[int, str]


def told(viewer: Viewer, lines: Sequence[AuditLine]) -> list[Told]:
    """These entries in sentences. Whom or what the viewer may not know of has no name in them."""
    kept = [(line, _details(line)) for line in lines]
    names = _names(viewer, kept)
    return [
        Told(line.at, _sentence(line, details, names), line.subject, _address(line.subject), line.details)
        for line, details in kept
    ]


def label(verb: str) -> str:
    """What a verb is called in a list; one of an app to come, in its own words."""
    return str(VERBS[verb].label) if verb in VERBS else _readable(verb)


def _sentence(line: AuditLine, details: Mapping[str, Any], names: _Names) -> str:
    verb = VERBS.get(line.what)
    if verb is None:
        return gettext("%(who)s: %(what)s") % {"who": line.who, "what": _readable(line.what)}
    sentence = verb.sentences.get(_differs(line.what, details)) or verb.sentences[""]
    words = defaultdict(lambda: "…", {key: str(value) for key, value in details.items()})
    words["name"] = str(details.get("name") or details.get("sentence") or details.get("query") or "…")
    words["local"] = str(details.get("local", "…")).replace("T", " ")
    words["who"] = line.who
    words["whom"] = names.people.get(_number("person", line, details), gettext("someone"))
    where = _number("place", line, details)
    words["where"] = names.places.get(where) or gettext("place %(number)s") % {"number": where}
    return str(sentence) % words


def _differs(verb: str, details: Mapping[str, Any]) -> str:
    if verb == "membership changed":
        steward = details.get("state") == "member" and details.get("role") == "steward"
        return "steward" if steward else str(details.get("state", ""))
    return str(details.get(_DIFFERS_BY.get(verb, ""), "")).lower()


def _readable(verb: str) -> str:
    """ "acme.door_opened" as words: "door opened"."""
    return verb.rpartition(".")[2].replace("_", " ").strip() or verb


def _details(line: AuditLine) -> dict[str, Any]:
    found = msgspec.json.decode(line.details or "{}")
    return found if isinstance(found, dict) else {}


def _number(kind: str, line: AuditLine, details: Mapping[str, Any]) -> int:
    """The person or place that an entry is about: its subject, or else a detail of that name. 0: none."""
    of, _, number = line.subject.partition(":")
    return ids.parse(number if of == kind else str(details.get(kind, ""))) or 0


def _names(viewer: Viewer, kept: Collection[tuple[AuditLine, Mapping[str, Any]]]) -> _Names:
    persons = {_number("person", *one) for one in kept}
    spots = {_number("place", *one) for one in kept}
    known = conversations.persons_for(viewer).filter(pk__in=persons).values_list("pk", "name")
    of_members = people.members().filter(pk__in=persons).order_by().values_list("pk", "name")
    seen = places.places_for(viewer) | places.put_away(viewer)
    return _Names(
        {pk: name for pk, name in known.union(of_members) if name},
        dict(seen.filter(pk__in=spots).values_list("pk", "name")),
    )


def _address(subject: str) -> str:
    kind, _, number = subject.partition(":")
    return reverse(_PAGES[kind], args=[number]) if kind in _PAGES and number.isdecimal() else ""
