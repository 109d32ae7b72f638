"""Plain values of conversations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Received:
    """What became of a batch: ids of new posts, of posts that were known, of posts changed or removed, of burials of
    posts that have not come; what failed."""

    posts: list[int] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    edited: list[int] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    buried: list[int] = field(default_factory=list)
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class AuthorLine:
    """Who said it, as a list shows it."""

    id: int
    name: str
    address: str
    network: str
    url: str
    avatar_url: str
    person: int | None


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a post, as a list shows it."""

    id: int
    name: str
    media_type: str
    size: int
    url: str
    held: bool


@dataclass(frozen=True, slots=True)
class PostLine:
    """One post, as a list shows it. `html` is clean. A tombstone has neither text nor author's words.

    `note` is true for a staff note inside a place that others read too.
    """

    id: int
    scope: int
    place: int
    place_name: str
    conversation: int
    author: AuthorLine
    published: datetime
    edited: datetime | None
    deleted: bool
    lang: str
    reply_to: int | None
    title: str
    text: str
    html: str
    url: str
    uri: str
    tier: str
    attachments: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What a search found, ids, newest first. `back_to`: the page is not full although there may be more below this id, since
    so much was looked through; None where it is full, or that is all there is."""

    posts: list[int]
    back_to: int | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a conversation begins for its viewer: ids of its first and its newest post, and how many posts they may read."""

    first: int
    newest: int
    posts: int


@dataclass(frozen=True, slots=True)
class Said:
    """One post as the machine itself reads it: to match it, to see whom it answers. Never shown to anybody.

    `narrower`: it is for fewer than its place's own scope, whoever reads the place at present. `role` is that of the author's person, "" for nobody known.
    `answers` is the author of what it answers.
    """

    id: int
    place: int
    place_kind: str
    conversation: int
    audience: int
    narrower: bool
    author: int
    role: str
    answers: int | None
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a post beside its words, as the machine itself reads it: who wrote it and where, in which language (""
    unknown), its own address, its safe HTML (which holds the links), the address of whom it answers, whether something is
    attached and whether it quotes. Never shown to anybody."""

    id: int
    address: str
    name: str
    network: str
    place: str
    lang: str
    url: str
    html: str
    to: str
    media: bool
    quotes: bool


@dataclass(frozen=True, slots=True)
class TalkLine:
    """One conversation, as the list of a space shows it: its newest words that the viewer may see, and who said them.

    `posts` counts what the viewer may see; `narrower` says that fewer people read it than the space.
    """

    id: int
    title: str
    state: str
    posts: int
    newest: int
    said_at: datetime
    text: str
    author: AuthorLine
    narrower: bool
