"""What is known here of posts that are outside, for whoever sifts a stream. Nothing of it is shown to anybody."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import msgspec
from django.db.models import QuerySet

from colonnade.conversations.models import Post
from colonnade.places.models import Place
from colonnade.primitives import ids

AT_ONCE = 1000
MOST_OF_ONE = 10_000
SECONDS_APART_MS, MOST_TRIED = 5_000, 1_000


class Answered(NamedTuple):
    """A post that is here, and that something outside answers: who said it, and in what kind of place."""

    network: str
    address: str
    place_kind: str


def answered(hashes: Collection[int]) -> dict[int, Answered]:
    """The posts that are here, by the hash of their uri. One statement for each thousand."""
    wanted = list(hashes)
    found: dict[int, Answered] = {}
    for at in range(0, len(wanted), AT_ONCE):
        rows = Post.objects.filter(uri_hash__in=wanted[at : at + AT_ONCE], deleted=False)
        told = rows.values_list("uri_hash", "author__network", "author__address", "place__kind")
        found |= {hash_: Answered(*rest) for hash_, *rest in told}
    return found


def kept_of(place: Place, hashes: Collection[int]) -> set[int]:
    """Which of these names are those of posts that this place has brought and that are here still."""
    wanted = list(hashes)
    found: set[int] = set()
    for at in range(0, len(wanted), AT_ONCE):
        rows = _of(place).filter(uri_hash__in=wanted[at : at + AT_ONCE])
        found.update(rows.values_list("uri_hash", flat=True))
    return found


def uris_known_as(place: Place, names: Collection[str]) -> dict[str, str]:
    """The names in the world of posts that this place has brought, by the ids that their own server has for them: numbers that
    begin with the milliseconds of their moment, as Mastodon gives them. Such an id stands only in the payload as it
    arrived, so it is known as long as that is kept. Looked for among the posts of those seconds."""
    found: dict[str, str] = {}
    wanted = {name: int(name) >> 16 for name in names}
    for name, ms in wanted.items():
        first, end = ids.first_of(ms - SECONDS_APART_MS), ids.first_of(ms + SECONDS_APART_MS)
        rows = _of(place).filter(pk__gte=max(first, 0), pk__lt=end, raws__isnull=False)
        for uri, payload in rows.values_list("said__uri", "raws__payload")[:MOST_TRIED]:
            if _own_id(bytes(payload)) == name:
                found[name] = uri
    return found


class _Named(msgspec.Struct):
    id: str


def _own_id(payload: bytes) -> str:
    """The id by which its server calls what it told, "" where it says none."""
    try:
        return msgspec.json.decode(payload, type=_Named).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def uris_by(place: Place, network: str, address: str) -> list[str]:
    """The names of the newest posts that somebody wrote and this place has brought."""
    rows = _of(place).filter(author__network=network, author__address=address).order_by("-pk")
    return list(rows.values_list("said__uri", flat=True)[:MOST_OF_ONE])


def _of(place: Place) -> QuerySet[Post]:
    return Post.objects.filter(place=place, deleted=False)
