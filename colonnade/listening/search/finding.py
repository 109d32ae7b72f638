"""Search by the language: the index finds, `evaluate.holds` has the last word where the index cannot say it all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from msgspec.structs import replace

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import Looked, Said
from colonnade.listening import rules
from colonnade.listening.language import forms
from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.language.tree import Field, Flag, Node, Range, leaves
from colonnade.listening.search.compiling import question
from colonnade.people import queries as people
from colonnade.places import queries as places
from colonnade.places.models import Place, PlaceKind
from colonnade.primitives import text as texts

MOST_KNOWN = 300


def search(
    viewer: Viewer,
    tree: Node,
    *,
    before: int | None = None,
    limit: int = 50,
    within: conversations.Within | None = None,
) -> Looked:
    """Ids of the posts that fit a query and that the viewer may see, newest first; `before` an id, for the next page."""
    asked = question(tree, _Rows())
    return conversations.look(
        viewer,
        asked,
        check=None if asked.exact else partial(_fitting, viewer, tree),
        before=before,
        limit=limit,
        within=within or conversations.Within(),
    )


def by_hour(viewer: Viewer, tree: Node, *, since: int, until: int) -> dict[int, int] | None:
    """Hours since 1970 (UTC) with how many posts of each fit and may be seen by the viewer, from the id `since` on and below
    `until`. None where no index can say so much."""
    asked = question(tree, _Rows())
    return conversations.by_hour(viewer, asked, since=since, until=until) if asked.exact else None


class _Rows:
    """What is looked up in the rows of other rooms. Nothing of it is shown: it only narrows what is looked through."""

    def authors(self, words: tuple[str, ...], *, begins: bool) -> tuple[int, ...] | None:
        """Identities of whose name and address these are words."""
        return people.bearing(words, begins=begins, most=MOST_KNOWN)

    def places(self, name: str, *, sources: bool) -> tuple[int, ...] | None:
        """Places with this name."""
        rows = Place.objects.filter(kind=PlaceKind.SOURCE) if sources else Place.objects.all()
        called = rows.order_by().values_list("pk", "name")
        found = [pk for pk, title in called if forms.fits(texts.fold(title), name)]
        return tuple(found) if len(found) <= MOST_KNOWN else None


def _fitting(viewer: Viewer, tree: Node, posts: Sequence[int]) -> Collection[int]:
    """Which of these posts fit."""
    return {pk for pk, heard in _heard(viewer, tree, posts).items() if holds(tree, Reading(heard))}


def _heard(viewer: Viewer, tree: Node, posts: Sequence[int]) -> dict[int, Heard]:
    """These posts as the query is compared with them: with what is told beside their words only where it is asked for, and of
    what they answer or quote only what the viewer may know of. One statement, three to seven for fields."""
    said = conversations.said_of(posts)
    if not any(isinstance(leaf, Field | Range | Flag) for leaf in leaves(tree)):
        return {one.id: Heard(one.text, one.title) for one in said}
    told = conversations.told_of(posts)
    heard = {one.id: rules.heard(one, told[one.id]) for one in said if one.id in told}
    return _as_known(viewer, tree, {one.id: one for one in said}, heard)


def _as_known(viewer: Viewer, tree: Node, said: dict[int, Said], heard: dict[int, Heard]) -> dict[int, Heard]:
    """The same with what is ours, and without what the viewer may not know."""
    asked = {leaf.value for leaf in leaves(tree) if isinstance(leaf, Flag)}
    asked |= {leaf.name for leaf in leaves(tree) if isinstance(leaf, Field)}
    faces = places.our_faces(one.author for one in said.values())
    answering = conversations.answering_seen(viewer, heard) if asked & {"reply", "to"} else set()
    quoting = conversations.quoting_seen(viewer, heard) if "quote" in asked else set()
    found = {}
    for pk, one in heard.items():
        flags = {
            "ours": rules.speaks_for_us(said[pk], faces),
            "reply": pk in answering,
            "quote": pk in quoting,
        }
        kept = (one.flags - flags.keys()) | {name for name, is_so in flags.items() if is_so}
        found[pk] = replace(one, flags=frozenset(kept), to=one.to if pk in answering else ())
    return found
