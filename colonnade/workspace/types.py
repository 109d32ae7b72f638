"""Plain values of the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column, as the page shows it. `gone`: what it showed is no longer there for its person; then it has no name.
    `which`, `owner` and `words` say which part of a list, whose cases, what a search looks for."""

    id: int
    kind: str
    title: str
    place: int | None
    identity: int | None
    watch: int | None
    position: int
    width: int
    gone: bool = False
    owner: int | None = None
    which: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """Something a person is told. `case`, `conversation`, `delivery`, `post`, `draft` or `alert` say where to look."""

    id: int
    kind: str
    text: str
    at: datetime
    read: bool
    case: int | None
    conversation: int | None
    delivery: int | None
    post: int | None = None
    draft: int | None = None
    alert: int | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry of the audit log. `chained`: it has its place already; the newest get theirs within a second or so."""

    id: int
    at: datetime
    what: str
    who: str
    subject: str
    details: str
    chained: bool
