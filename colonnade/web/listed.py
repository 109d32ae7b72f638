"""Lists of other pages that stand as a column: cases, what goes out, drafts, notices, what a search finds.

How one asks for such a list is the same everywhere: as fields of an address (`/columns/list?cases=mine`), as the value
of a button that adds the column, and as the row that keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict
from django.urls import reverse

from colonnade.primitives import ids
from colonnade.workspace.models import ColumnKind
from colonnade.workspace.rules import LISTS
from colonnade.workspace.types import ColumnLine

SEARCH = str(ColumnKind.SEARCH)
FOUND = "found"
PAGES = {
    "cases": "inbox",
    "outgoing": "deliveries",
    "drafts": "publish",
    "notices": "notices",
    SEARCH: "search",
}
ICONS = {"cases": "inbox", "outgoing": "out", "drafts": "publish", "notices": "bell", SEARCH: "search"}
NARROWING = ("from", "when", "ours")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of another page: its `kind`, `which` part of it, of cases whose (`owner`), of a search its `words` and
    `place`, while `which` holds what else narrows it, as fields of an address."""

    kind: str
    which: str = ""
    owner: int | None = None
    place: int | None = None
    words: str = ""

    @property
    def query(self) -> str:
        """The list as fields of an address."""
        if self.kind == SEARCH:
            return urlencode({FOUND: "1"} | self._search)
        return urlencode({self.kind: self.which or "1"} | self._whose)

    @property
    def page(self) -> str:
        """Where the same list stands on a page of its own."""
        fields = self._search if self.kind == SEARCH else {"view": self.which} | self._whose
        asked = urlencode({name: value for name, value in fields.items() if value})
        return reverse(PAGES[self.kind]) + (f"?{asked}" if asked else "")

    @property
    def icon(self) -> str:
        """What stands before its name."""
        return ICONS[self.kind]

    @property
    def kept(self) -> dict[str, Any]:
        """What a column keeps of it."""
        return {
            "kind": self.kind,
            "which": self.which,
            "owner": self.owner,
            "place": self.place,
            "words": self.words,
        }

    @property
    def _whose(self) -> dict[str, str]:
        return {"owner": str(self.owner)} if self.owner else {}

    @property
    def _search(self) -> dict[str, str]:
        where = {"place": str(self.place)} if self.place else {}
        return {"q": self.words} | where | dict(parse_qsl(self.which))


def asked(given: QueryDict) -> Listed | None:
    """The list that these fields ask for, or None."""
    if FOUND in given:
        return _search(given)
    kind = next((one for one in LISTS if one in given), None)
    if kind is None:
        return None
    which = _field(given, kind)
    part = which if which in LISTS[kind] else LISTS[kind][0]
    return Listed(kind, part, owner=ids.parse(_field(given, "owner")) if kind == "cases" else None)


def _search(given: QueryDict) -> Listed:
    narrow = {name: _field(given, name) for name in NARROWING}
    return Listed(
        SEARCH,
        urlencode({name: value for name, value in narrow.items() if value}),
        place=ids.parse(_field(given, "place")),
        words=_field(given, "q").strip(),
    )


def _field(given: QueryDict, name: str) -> str:
    return str(given.get(name, ""))


def kept_in(line: ColumnLine) -> Listed | None:
    """The list that a column keeps, or None where it shows posts."""
    if line.kind not in PAGES:
        return None
    return Listed(line.kind, line.which, line.owner, line.place, line.words)
