"""What is known here of posts that are outside, for whoever sifts a stream. Nothing of it is shown to anybody."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import QuerySet

from colonnade.conversations.models import Post
from colonnade.places.models import Place

AT_ONCE = 1000
MOST_OF_ONE = 10_000


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


def uris_by(place: Place, network: str, address: str) -> list[str]:
    """The names of the newest posts that somebody wrote and this place has brought."""
    rows = _of(place).filter(author__network=network, author__address=address).order_by("-pk")
    return list(rows.values_list("said__uri", flat=True)[:MOST_OF_ONE])


def _of(place: Place) -> QuerySet[Post]:
    return Post.objects.filter(place=place, deleted=False)
