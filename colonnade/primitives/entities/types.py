"""What is found in a text, and whose habits it is read by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Kind = Literal["url", "mention", "hashtag", "cashtag"]


class Dialect(StrEnum):
    """Whose habits a text is read by; they differ only in what a mention is.

    FEDIVERSE: `@ana` and `@ana@alder.example`, names with dots and hyphens inside. TWITTER: `@ana` of at most 20
    letters, digits and underscores, and lists (`@ana/ferries`). ATPROTO: `@ana.alder.example`, a name that is a host.
    """

    FEDIVERSE = "fediverse"
    TWITTER = "twitter"
    ATPROTO = "atproto"


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing in a text. `start` and `end` are code points: `text[start:end]` is what was written.

    `value`: of a url where it leads (with "https://" put before an address written without a scheme), of the others
    the name without its sign. `host`: of a url its host in small letters, of a mention the server named, else "".
    `slug`: of a mention the list named after it, without the stroke. `bare`: a url written without a scheme.
    """

    kind: Kind
    start: int
    end: int
    value: str
    host: str = ""
    slug: str = ""
    bare: bool = False
