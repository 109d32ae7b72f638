"""Who may listen, and what a search catches. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from html import unescape
from statistics import median, quantiles

import regex
from django.utils.translation import gettext, ngettext

from colonnade.access.types import Viewer
from colonnade.conversations.types import Said, Told
from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import may_name_lists, parse
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.language.tree import Node
from colonnade.listening.language.why import why
from colonnade.listening.models import ListVersion, Version
from colonnade.listening.models.lists import LONGEST_NAME
from colonnade.listening.types import Measured, Resting, Run, Span, Usual, VersionLine
from colonnade.networks.pretend import DRILLS, NETWORK
from colonnade.people.models import STAFF_ROLES, Person
from colonnade.people.rules import is_staff
from colonnade.places.models import PlaceKind
from colonnade.primitives import ids, text

LEAST_UNUSUAL, TIMES_UNUSUAL = 5, 3
FEWEST_FOR_EDGES = 4
QUERIES_REMEMBERED = 10_000


def can_listen(person: Person) -> bool:
    """Whether somebody may add and change watches."""
    return is_staff(person)


def can_see_watches(viewer: Viewer) -> bool:
    """Watches tell what the organisation is looking for: they are staff's."""
    return viewer.is_staff


def speaks_for_us(said: Said, our_faces: frozenset[int]) -> bool:
    """Whether a post is our own word: by one of our accounts, or by staff in a space of ours. It mentions nobody."""
    return said.author in our_faces or (said.place_kind == PlaceKind.SPACE and said.role in STAFF_ROLES)


def is_drill(post: Heard) -> bool:
    """Whether somebody of a rehearsal says it: it is caught like anything else, and counts nowhere among what is real."""
    return post.network == NETWORK and post.author.endswith(f"@{DRILLS}")


_LINK = re.compile(r'<a [^>]*?href="([^"]+)"')
MOST_REASONS, LONGEST_REASON = 12, 100


def heard(said: Said, told: Told) -> Heard:
    """A post as queries are compared with it."""
    links = tuple(dict.fromkeys(unescape(link) for link in _LINK.findall(told.html)))
    flags = {"reply": said.answers is not None, "quote": told.quotes, "media": told.media}
    return Heard(
        text=said.text,
        title=said.title,
        author=told.address,
        name=told.name,
        to=(told.to,) if told.to else (),
        links=links,
        url=told.url,
        lang=told.lang,
        network=told.network,
        place=told.place,
        source=told.place if said.place_kind == PlaceKind.SOURCE else "",
        at=ids.ms_of(said.id),
        flags=frozenset(name for name, is_so in flags.items() if is_so),
    )


def tree_of(query: str, lists: Mapping[str, str]) -> Node:
    """The tree of a watch's query, which is read once however often something is caught. Raises QueryError."""
    return _tree_of(query, tuple(sorted(lists.items())) if may_name_lists(query) else ())


@lru_cache(maxsize=QUERIES_REMEMBERED)
def _tree_of(query: str, lists: tuple[tuple[str, str], ...]) -> Node:
    return parse(query, dict(lists))


def reasons(query: Node, reading: Reading) -> list[str]:
    """Why a query fits a post, as it is shown beside it: the words that were found, or what else was asked for."""
    found, post = [], reading.post
    for one in why(query, reading):
        words = text.words((post.title if one.in_title else post.text)[one.start : one.end])
        found.append((" ".join(words) or one.term)[:LONGEST_REASON])
    return list(dict.fromkeys(found))[:MOST_REASONS]


def in_parts(posts: Sequence[int], size: int) -> list[list[int]]:
    """The ids of posts in parts of at most `size`."""
    return [list(posts[at : at + size]) for at in range(0, len(posts), size)]


LONGEST_TAG, MOST_TAGS = 40, 10


def tidy_tags(tags: Iterable[str]) -> list[str]:
    """Tags folded, each once, in order."""
    folded = (" ".join(text.fold(text.normalise(tag)).split())[:LONGEST_TAG] for tag in tags)
    return sorted({tag for tag in folded if tag})[:MOST_TAGS]


# --- names of lists -----------------------------------------------------------------------------------------------

_NAME_OF_LIST = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]*")


class BadName(ValueError):
    """A list cannot be called so; says why."""


class InUse(ValueError):
    """A list is named by something; says by what."""


def names_of(resting: Resting) -> list[str]:
    """What names a list, each by its name; searches of others without their words."""
    found = [f"“{one.name}”" for one in resting.watches] + [f"list:{one.name}" for one in resting.lists]
    found += [gettext("your saved search “%(words)s”") % {"words": words} for words in resting.searches]
    if resting.others:
        told = ngettext("a saved search of a colleague", "%(n)d saved searches of colleagues", resting.others)
        found.append(told % {"n": resting.others})
    return found


def list_name(name: str) -> str:
    """The name of a list as it is kept: folded, words joined by hyphens. Raises BadName."""
    name = "-".join(text.fold(text.normalise(name)).split())
    if not _NAME_OF_LIST.fullmatch(name) or len(name) > LONGEST_NAME:
        raise BadName(
            gettext("A list is called by letters, digits and - _ . between them, %(most)d at most.")
            % {"most": LONGEST_NAME}
        )
    return name


def tidy_query(query: str) -> str:
    """A query as it is kept."""
    return " ".join(text.normalise(query).split())


# --- what a query was ---------------------------------------------------------------------------------------------

_PIECES = re.compile(r"\s+|[()]|-?\"[^\"]*\"|[^\s()]+")
MOST_COMPARED = 4_000


def version_lines(rows: Sequence[Version | ListVersion], limit: int) -> list[VersionLine]:
    """Forms of a query, the newest first, each with what was changed in it: one row more than are shown."""
    before = [*(one.query for one in rows[1:]), ""]
    return [
        VersionLine(
            number=one.number,
            query=one.query,
            by=one.by.name if one.by else "",
            at=one.at,
            changed=tuple(difference(earlier, one.query)) if earlier else (),
        )
        for one, earlier in zip(rows, before, strict=True)
    ][:limit]


def difference(before: str, after: str) -> list[Run]:
    """Two queries as one, word by word: what stayed, what went, what came. Very long ones are not compared."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > MOST_COMPARED:
        return [Run("gone", before), Run("new", after)]
    found = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Run("same", "".join(old[a:b])))
            continue
        pieces = (Run("gone", "".join(old[a:b])), Run("new", "".join(new[c:d])))
        found += [one for one in pieces if one.words]
    return found


def measured(
    query: str, posts: Mapping[int, Heard], said: Mapping[int, bool], lists: Mapping[str, str] | None = None
) -> Measured:
    """How a query agrees with what people said of posts, with lists as they are now; one that can no longer be read finds
    none."""
    known = {pk: said[pk] for pk in posts if pk in said}
    right = sum(known.values())
    try:
        tree = parse(query, lists)
    except QueryError:
        return Measured(0, 0, right, len(known) - right)
    found = [relevant for pk, relevant in known.items() if holds(tree, Reading(posts[pk]))]
    return Measured(sum(found), len(found) - sum(found), right, len(known) - right)


# --- what is usual ------------------------------------------------------------------------------------------------


def usual(before: Sequence[int]) -> Usual | None:
    """What is usual, from the same hour (or weekday) of the days before; None where there is none. Its edges are the first
    and the last tenth, by linear interpolation between order statistics (method 7 of Hyndman and Fan 1996); of fewer than
    four they are the least and the most."""
    if not before:
        return None
    if len(before) < FEWEST_FOR_EDGES:
        return Usual(float(median(before)), float(min(before)), float(max(before)), len(before))
    tenths = quantiles(before, n=10, method="inclusive")
    return Usual(float(median(before)), tenths[0], tenths[-1], len(before))


def is_unusual(posts: int, beside: Usual | None) -> bool:
    """Whether somebody should look: a handful at least, three times the usual at least, and something to compare with."""
    return beside is not None and posts >= max(LEAST_UNUSUAL, TIMES_UNUSUAL * beside.middle)


def spans(counts: Sequence[int], starts: Sequence[datetime], *, every: int, most: int) -> list[Span]:
    """The last of these counts (as many as there are `starts`), each beside those that lie `every` so many places before
    it, at most `most` of them. With a time in which the watch had caught nothing yet nothing is compared."""
    first = next((at for at, count in enumerate(counts) if count), len(counts))
    shown = range(len(counts) - len(starts), len(counts))
    found = []
    for start, at in zip(starts, shown, strict=True):
        past = range(at - every, first - 1, -every)[:most]
        beside = usual([counts[one] for one in past])
        found.append(Span(start, counts[at], beside, is_unusual(counts[at], beside)))
    return found
