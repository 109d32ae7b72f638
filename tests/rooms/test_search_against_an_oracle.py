"""Random queries on posts of all kinds, through the search of either database: what the viewer finds, page by page, is what
a plain, slow reader finds among the posts that they may see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from colonnade.access.types import Viewer
from colonnade.conversations import actions, queries
from colonnade.conversations.queries import search as searching
from colonnade.conversations.queries import ties, visibility
from colonnade.conversations.search import index
from colonnade.conversations.search.question import Both, Branch, Words
from colonnade.listening.language.parsing import parse
from colonnade.listening.search import compiling, finding
from colonnade.networks import base
from colonnade.places import actions as places
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import ids
from tests.corpora import query_oracle as oracle
from tests.corpora import test_queries_against_an_oracle as corpora
from tests.corpora.query_oracle import Post, Query
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:Generating overly large repr")]

POSTS, PAGE = 36, 5
AUTHORS = {"ana": "Ana Lima", "ana@example.org": "Café Straße", "ines.example": "", "tomasz": "Ines"}
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASKED = settings(corpora.CHECKED, max_examples=60)
SOUGHT = settings(corpora.SOUGHT, max_examples=60)


@dataclass
class Stored:
    """A viewer, and what the oracle knows of each post that they may see, newest first."""

    viewer: Viewer
    posts: dict[int, Post]


def _text(chance: Random, most: int) -> str:
    pieces = range(chance.randint(0, most))
    return "".join(
        chance.choice(corpora.WORDS * 2 + corpora.SIGNS) + chance.choice(corpora.GAPS) for _ in pieces
    )


def _item(chance: Random, number: int) -> base.Item:
    """A post of which much is told; the words of some contain what networks alone would tell of others."""
    address = chance.choice(list(AUTHORS))
    link = chance.choice(["", "", *corpora.LINKS])
    post = base.Post(
        uri=f"u:{number}",
        author=base.Author(
            network={"ana": "mastodon", "tomasz": "bluesky"}.get(address, "pretend"),
            address=address,
            name=AUTHORS[address],
        ),
        text=f"{_text(chance, 9)} {link}".strip() or "ab",
        title=_text(chance, 4) if chance.random() < 0.5 else "",
        lang=chance.choice(["", "en", "pt-br", "pt", "PT_BR"]),
        url=chance.choice(["", "https://news.example/1"]),
        reply_to=f"u:{chance.randrange(number)}" if number and chance.random() < 0.3 else "",
        quotes=("https://elsewhere.example/1",) if chance.random() < 0.1 else (),
        media=(base.Media(url="https://news.example/1.jpg", media_type="image/jpeg"),)
        if chance.random() < 0.2
        else (),
        audience="restricted" if chance.random() < 0.2 else "public",
        published=BEGAN + timedelta(hours=7 * number),
    )
    return base.Item(raw=b"{}", read=(post,))


def stored(seed: int) -> Stored:
    """Posts in a source that everybody reads (some of them restricted) and in one for staff, seen by somebody signed in."""
    chance, world = Random(seed), World.make()
    everybodys = places.add_source("pretend", "pretend://a", name="feed")
    staffs = places.add_source("pretend", "pretend://b", name="Port Alder", audience=STAFF_ONLY)
    items = [_item(chance, number) for number in range(POSTS)]
    by_id: dict[int, base.Post] = {}
    for item in items:
        place = staffs if chance.random() < 0.2 else everybodys
        (pk,) = actions.receive(place, [item]).posts
        (said,) = item.read
        assert isinstance(said, base.Post)
        by_id[pk] = said
    viewer = world.viewer(world.okafor)
    seen = set(queries.visible_to(viewer).values_list("pk", flat=True))
    assert 10 < len(seen & by_id.keys()) < POSTS - 5
    return Stored(viewer, {pk: _known(pk, by_id, seen) for pk in sorted(seen & by_id.keys(), reverse=True)})


def _known(pk: int, posts: dict[int, base.Post], seen: set[int]) -> Post:
    """A post as the oracle is told of it: what it answers only where that may be seen."""
    post = posts[pk]
    answered = next(
        (one.author.address for other, one in posts.items() if one.uri == post.reply_to and other in seen),
        None,
    )
    flags = {"media": bool(post.media), "reply": answered is not None, "quote": bool(post.quotes)}
    (told,) = queries.told_of([pk]).values()
    return {
        "text": post.text,
        "title": post.title,
        "author": post.author.address,
        "name": post.author.name,
        "to": [answered] if answered else [],
        "mentions": [],
        "tags": [],
        "links": re.findall('href="([^"]+)"', told.html),
        "url": post.url,
        "lang": post.lang.lower().replace("_", "-"),
        "network": post.author.network,
        "place": "feed",
        "source": "feed",
        "likes": None,
        "at": ids.ms_of(pk),
        "flags": [name for name, is_so in flags.items() if is_so],
    }


def pages(viewer: Viewer, query: Query) -> list[int]:
    """All that is found for a query, page by page."""
    tree = parse(oracle.written(query), corpora.lists_of(query))
    found: list[int] = []
    before = None
    while True:
        page = finding.search(viewer, tree, before=before, limit=PAGE)
        found += page.posts
        if len(page.posts) < PAGE and page.back_to is None:
            return found
        before = page.back_to or page.posts[-1]


def differs(world: Stored, query: Query, met: Counter[bool] | None = None) -> bool:
    """Whether the search finds something else than the oracle, or in another order."""
    expected = [pk for pk, post in world.posts.items() if oracle.holds(query, post)]
    if met is not None:
        met[True] += len(expected)
        met[False] += len(world.posts) - len(expected)
    return pages(world.viewer, query) != expected or _hours_differ(world.viewer, query, expected)


def _hours_differ(viewer: Viewer, query: Query, expected: list[int]) -> bool:
    """Whether other hours are told than those of what is expected; not asked where no index can tell."""
    tree = parse(oracle.written(query), corpora.lists_of(query))
    began, ended = (int(moment.timestamp()) * 1000 for moment in (BEGAN, BEGAN + timedelta(days=60)))
    told = finding.by_hour(viewer, tree, since=ids.first_of(began), until=ids.first_of(ended))
    return told not in (None, Counter(ids.ms_of(pk) // 3_600_000 for pk in expected))


TIES = st.sampled_from(
    [
        ("flag", "is", "reply"),
        ("flag", "is", "quote"),
        ("field", "to", "ana"),
        ("not", ("flag", "is", "reply")),
    ]
).map(lambda one: ("and", ("or", ("word", "ab"), ("field", "source", "feed")), one))


@pytest.mark.parametrize("at_once", [True, False], ids=["as it is", "in small steps"])
def test_search_finds_what_the_oracle_finds(at_once: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = Random().randrange(2**32)
    world, met = stored(seed), Counter[bool]()
    if not at_once:
        monkeypatch.setattr(searching, "ROUNDS", (2, 3))
        monkeypatch.setattr(searching, "WALKED", 4)

    @ASKED
    @given(st.one_of(corpora.QUERIES, corpora.QUERIES, corpora.QUERIES, TIES))
    def compare(query: Query) -> None:
        assert not differs(world, query, met), (seed, oracle.written(query))

    compare()
    assert min(met.values()) * 20 > met.total(), met


# --- planted faults: the comparison must see each of them ---------------------------------------------------------


def _unchecked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(compiling, "loosely", lambda part: part)


def _nothing_left_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(compiling, "none_of", lambda part: compiling.Part((Branch(),)))


def _phrases_taken_apart(patch: pytest.MonkeyPatch) -> None:
    right = index.tsqueries, index.fts5

    def apart(branch: Any) -> Any:
        both = (
            Both(tuple(Words((word,)) for word in one.words)) if isinstance(one, Words) else one
            for one in branch.wanted
        )
        return replace(branch, wanted=tuple(both))

    patch.setattr(index, "tsqueries", lambda branch: right[0](apart(branch)))
    patch.setattr(index, "fts5", lambda branch: right[1](apart(branch)))


def _beginnings_forgotten(patch: pytest.MonkeyPatch) -> None:
    right = compiling._words
    patch.setattr(compiling, "_words", lambda words, begins=False: right(words))


def _pages_with_gaps(patch: pytest.MonkeyPatch) -> None:
    right = searching._Search.newest

    def newest(self: Any, before: int | None, limit: int) -> tuple[list[int], int]:
        posts, floor = right(self, before, limit)
        return posts, floor and floor - ids.first_of(50 * 3_600_000)

    patch.setattr(searching._Search, "newest", newest)
    patch.setattr(searching, "ROUNDS", (2, 2, 2))


def _hidden_answers_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ties, "_seen", lambda viewer, posts: set(posts))


def _hidden_posts_found(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(visibility, "_among", lambda expression, values: ("1 = 1", []))
    patch.setattr(searching._Search, "hints", None)


LOOSE = st.one_of(corpora.NEARS, st.sampled_from([("exact", "Straße"), ("exact", "ab"), ("pattern", "ab?")]))
FAULTS: list[tuple[Callable[[pytest.MonkeyPatch], None], st.SearchStrategy[Query]]] = [
    (_unchecked, LOOSE),
    (_nothing_left_out, corpora.LEFT_OUT),
    (_phrases_taken_apart, corpora.PHRASES),
    (_beginnings_forgotten, corpora.PREFIXES),
    (_pages_with_gaps, st.just(("flag", "has", "question"))),
    (_hidden_answers_told, TIES),
    (_hidden_posts_found, corpora.PREFIXES),
]


def test_faults_of_the_search_are_seen() -> None:
    world = stored(5)
    for plant, asked in FAULTS:
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            found = corpora._is_found(asked.map(lambda query: (query,)), lambda case: differs(world, *case))
            assert found, plant.__name__
