"""A town of a million posts through the real tables: 5,000 places, 2,000 people, 20,000 direct conversations, notes.

55 % of the posts are public, 5 % for the signed-in, 22 % for staff, 18 % restricted. Words follow Zipf's law; `common`
stands in a quarter of the posts, `secret` in about 3.6 %, all of them restricted.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from colonnade.access import actions as access
from colonnade.access.models import Kind, Principal
from colonnade.access.types import EVERYONE, STAFF
from colonnade.conversations.actions import counting, store
from colonnade.conversations.intake import Placing, Prepared, uri_hash
from colonnade.conversations.models import Conversation, Post, PostText
from colonnade.conversations.search import index
from colonnade.core.db import act
from colonnade.networks import base
from colonnade.people import actions as people
from colonnade.people.models import Person, Role
from colonnade.places import actions as places
from colonnade.places.models import Place, Scope
from colonnade.places.rules import ON_THE_WEB, SIGNED_IN_ONLY, STAFF_ONLY
from colonnade.primitives import clock, ids

EVERY_MS = 20_000
BATCH = 10_000


@dataclass(frozen=True)
class Town:
    """Who is asked for in the measurements."""

    customer: Person
    staff: Person
    busiest: Person
    guest: Person
    place: Place
    author: int


@dataclass
class _Scopes:
    by_tier: dict[str, list[tuple[int, int]]]  # tier -> (place, scope)
    notes: list[tuple[int, int]]
    direct: list[tuple[int, int]]
    guest: tuple[int, int]


def build(posts: int, seed: int) -> Town:
    """Make the town in an empty database; about 100 seconds for a million posts."""
    rng = random.Random(seed)
    share = min(1.0, max(posts / 1_000_000, 0.02))
    with act():
        staff = [people.meet(f"Staff {n}", role=Role.MEMBER) for n in range(int(600 * share) + 5)]
        others = [people.meet(f"Neighbour {n}") for n in range(int(1400 * share) + 5)]
    for person in others:
        with act():
            access.hold(person.principal_id, 2)
    scopes = _scopes(rng, staff, others, share)
    guest = _guest(scopes)
    _write_posts(posts, rng, scopes, _authors(50_000 if share == 1 else 2_000))
    _settle()
    busiest = max(staff, key=lambda person: person.principal.holdings.count())
    place = Place.objects.get(pk=scopes.by_tier["p"][0][0])
    author = Person.objects.get(pk=others[0].pk).identities.get().pk
    return Town(others[1], staff[7 % len(staff)], busiest, guest, place, author)


def _settle() -> None:
    """What the worker and autovacuum do in the hours that a million posts take: sort in, count, write back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO conversations_fts (conversations_fts) VALUES ('optimize')")
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM ANALYZE")


def load() -> Town:
    """The town of a database that was built before."""
    busiest = max(
        Person.objects.filter(name__startswith="Staff")[:600],
        key=lambda person: person.principal.holdings.count(),
    )
    return Town(
        customer=Person.objects.get(name="Neighbour 1"),
        staff=Person.objects.get(name="Staff 4"),
        busiest=busiest,
        guest=Person.objects.get(name="Guest of one"),
        place=Place.objects.get(name="Place p 0"),
        author=Person.objects.get(name="Neighbour 0").identities.get().pk,
    )


def _scopes(rng: random.Random, staff: list[Person], others: list[Person], share: float) -> _Scopes:
    found = _Scopes({"p": [], "i": [], "s": [], "r": []}, [], [], (0, 0))
    for number in range(int(5000 * share)):
        tier = "pppissssrrr"[number % 11]
        with act():
            _add_place(rng, found, number, tier, staff, others)
    with act():
        direct = places.open_space("Direct", kind="direct")
    for _ in range(0, int(20_000 * share), 500):
        with act():
            for _ in range(500):
                crowd = staff + others if rng.random() < 0.3 else staff
                pair = [p.principal_id for p in rng.sample(crowd, rng.choice([2, 2, 2, 3, 4]))]
                scope = places.scope_in(direct, frozenset((one, one) for one in pair))
                found.direct.append((direct.pk, scope.pk))
    return found


def _add_place(
    rng: random.Random, found: _Scopes, number: int, tier: str, staff: list[Person], others: list[Person]
) -> None:
    audience = {"p": ON_THE_WEB, "i": SIGNED_IN_ONLY, "s": STAFF_ONLY}.get(tier, STAFF_ONLY)
    place = places.open_space(
        f"Place {tier} {len(found.by_tier[tier])}", audience=audience, members_only=tier == "r"
    )
    if tier == "r":
        crowd = staff if rng.random() < 0.7 else staff + others
        for person in rng.sample(crowd, min(len(crowd), 200, int(rng.paretovariate(1.1) * 4))):
            access.hold(person.principal_id, place.principal_id)
    scope = Scope.objects.get(place=place)
    found.by_tier[tier].append((place.pk, scope.pk))
    if tier == "s":
        one = rng.choice(staff).principal_id
        note = places.scope_in(place, frozenset({(one, STAFF)}))
    else:
        note = places.note_scope(place)
    found.notes.append((place.pk, note.pk))


def _guest(scopes: _Scopes) -> Person:
    """Somebody who belongs to one conversation alone and holds nothing else."""
    with act():
        guest = people.meet("Guest of one")
        access.let_go(guest.principal_id, EVERYONE)
        circle = Principal.objects.create(kind=Kind.CONVERSATION)
        access.hold(guest.principal_id, circle.pk)
        place = Place.objects.get(pk=scopes.by_tier["p"][0][0])
        scope = places.scope_in(place, frozenset({(circle.pk, circle.pk)}))
    scopes.guest = (place.pk, scope.pk)
    return guest


def _authors(count: int) -> list[tuple[base.Author, int]]:
    made = []
    for at in range(0, count, 1000):
        with act():
            batch = [base.Author(network="pretend", address=f"author{n}") for n in range(at, at + 1000)]
            known = people.meet_identities(batch)
            made += [(author, known[(author.network, author.address)]) for author in batch]
    return made


def _write_posts(
    posts: int, rng: random.Random, scopes: _Scopes, authors: list[tuple[base.Author, int]]
) -> None:
    known = {(author.network, author.address): pk for author, pk in authors}
    tiers = dict(Scope.objects.values_list("pk", "tier"))
    places_by_id = {place.pk: place for place in Place.objects.all()}
    rows = _rows(posts, rng, scopes, tiers, authors)
    while batch := list(itertools.islice(rows, BATCH)):
        with act():
            _write_batch([(places_by_id[place], placing) for place, placing in batch], known)


def _write_batch(batch: list[tuple[Place, Placing]], known: store.AuthorIds) -> None:
    """What `store.write` writes, for posts of many places at once: place by place the index would be written out for
    each of them."""
    placed = [placing for _, placing in batch]
    started = [(p.conversation, place.pk, p.scope, "talk", "", "open") for place, p in batch if p.starts]
    store._copy(Conversation, ("id", "place_id", "scope_id", "kind", "title", "state"), started)
    store._copy(Post, store._POST_COLUMNS, [store._post_row(place, p, known) for place, p in batch])
    if connection.vendor == "postgresql":
        rows = [(*store._text_row(p), *store._words(p)) for p in placed]
        store._copy(PostText, (*store._TEXT_COLUMNS, "tsv", "pairs"), rows)
    else:
        store._copy(PostText, store._TEXT_COLUMNS, [store._text_row(p) for p in placed])
        words = ((p.post.id, "", p.post.text, index.hint(p.scope, p.tier)) for p in placed)
        store.index_for_sqlite(words)
    counting.count(
        Counter((p.conversation, p.scope) for p in placed),
        {(p.conversation, p.scope): p.post.id for p in placed},
    )


def _rows(
    posts: int,
    rng: random.Random,
    scopes: _Scopes,
    tiers: dict[int, str],
    authors: list[tuple[base.Author, int]],
) -> Iterator[tuple[int, Placing]]:
    words = _words(rng)
    weights = {
        tier: list(itertools.accumulate(1 / (n + 1) ** 0.8 for n in range(len(rows))))
        for tier, rows in scopes.by_tier.items()
    }
    began = clock.now_ms() - posts * EVERY_MS
    talks: dict[int, tuple[int, int]] = {}
    for number in range(posts):
        place, scope = _where(rng, scopes, weights, number)
        id_ = ids.at(began + number * EVERY_MS)
        talk, left = talks.get(scope, (0, 0))
        starts = left == 0
        if starts:
            talk, left = ids.at(began + number * EVERY_MS), 7
        talks[scope] = (talk, left - 1)
        at = rng.randrange(len(words) - 40)
        said = words[at : at + 30]
        if tiers[scope] == "r" and rng.random() < 0.2:
            said = [*said, "secret"]
        if rng.random() < 0.25:
            said = [*said, "common"]
        yield place, _placing(id_, " ".join(said), rng.choice(authors)[0], talk, scope, tiers[scope], starts)


def _where(
    rng: random.Random, scopes: _Scopes, weights: dict[str, list[float]], number: int
) -> tuple[int, int]:
    if number % 80_000 == 3:
        return scopes.guest
    draw = rng.random()
    if draw >= 0.97:
        return rng.choice(scopes.notes)
    if draw >= 0.90:
        return scopes.direct[int(rng.paretovariate(0.6) - 1) % len(scopes.direct)]
    tier = "p" if draw < 0.55 else "i" if draw < 0.60 else "s" if draw < 0.80 else "r"
    return rng.choices(scopes.by_tier[tier], cum_weights=weights[tier])[0]


def _words(rng: random.Random) -> list[str]:
    vocabulary = [f"w{n}" for n in range(30_000)]
    weights = list(itertools.accumulate(1 / (n + 2) for n in range(len(vocabulary))))
    return rng.choices(vocabulary, cum_weights=weights, k=2_000_000)


def _placing(
    id_: int, text: str, author: base.Author, talk: int, scope: int, tier: str, starts: bool
) -> Placing:
    uri = f"bench:{id_}"
    post = Prepared(
        id=id_,
        uri=uri,
        uri_hash=uri_hash(uri),
        author=author,
        arrived_ms=ids.ms_of(id_),
        text=text,
        html=f"<p>{text}</p>",
        title="",
        url="",
        lang="en",
        reply_hash=None,
        restricted=False,
        origins=(),
        media=(),
        tags=(),
        ours_key="",
        raw=b"",
    )
    return Placing(post, talk, scope, tier, None, starts)
