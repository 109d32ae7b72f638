"""The one way in: everything said, by whomever and wherever, becomes a post here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError

from colonnade.conversations.actions import change, lookups, store
from colonnade.conversations.actions.pace import pace
from colonnade.conversations.actions.threads import place_posts
from colonnade.conversations.events import PostsBuried, PostsReceived
from colonnade.conversations.intake import Batch, Placing, Prepared
from colonnade.conversations.models import Conversation
from colonnade.conversations.types import Received
from colonnade.core import db
from colonnade.core.db import action
from colonnade.core.events import Hint, announce
from colonnade.core.points import reach
from colonnade.networks import base
from colonnade.people import actions as people
from colonnade.places import actions as places
from colonnade.places import queries as places_queries
from colonnade.places.models import Place, PlaceKind, Scope
from colonnade.primitives import ids

# What a database, or its driver, says about a value that it cannot hold.
REFUSED = (DataError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class Polled:
    """What moves with the last post of a pull, in the same transaction."""

    cursor: Mapping[str, Any]
    again_in_s: float
    title: str = ""


def receive(
    place: Place,
    items: Sequence[base.Item],
    *,
    scope: Scope | None = None,
    conversation: Conversation | None = None,
    polled: Polled | None = None,
) -> Received:
    """Take in what a connector read. Safe to call again with the same items: a uri is written once.

    `scope` is the audience of the posts (default: the place's own, or staff only for what the network calls
    restricted); `conversation` is where they belong when no reply says otherwise. What can't be understood goes to
    quarantine with its reason, and the rest goes on. Large batches are written in short transactions, and while the
    posts of the next are prepared others may write; the cursor of `polled` moves in the last.
    """
    if any(part is not None and part.place_id != place.pk for part in (scope, conversation)):
        raise ValueError("The audience and the conversation of a post belong to its own place.")
    batch = Batch(items, local_uri=f"{settings.COLONNADE_PUBLIC_URL.rstrip('/')}/posts/{{id}}")
    done = Received()
    while batch.left:
        posts = batch.take(pace.share_of(batch.left))
        _refuse(place, batch.refused, done)
        if posts:
            last = not batch.left and not batch.others
            _write_or_quarantine(place, posts, scope, conversation, polled if last else None, done)
            pace.ended(len(posts))
            polled = None if last else polled
    if batch.others or polled:
        _apply_others(place, batch.others, polled, done)
    return done


def _refuse(place: Place, refused: list[tuple[bytes, str]], done: Received) -> None:
    if refused:
        _quarantine(place, refused)
        done.quarantined += len(refused)
        refused.clear()


@action
def _quarantine(place: Place, refused: Iterable[tuple[bytes, str]]) -> None:
    store.write_raw(place, [(raw, None, "quarantined", reason) for raw, reason in refused])


def _write_or_quarantine(
    place: Place,
    chunk: list[Prepared],
    scope: Scope | None,
    conversation: Conversation | None,
    polled: Polled | None,
    done: Received,
) -> None:
    """Write a chunk; a chunk with one post that the database refuses is written post by post around it."""
    try:
        _write(place, chunk, scope, conversation, polled, done)
    except REFUSED as fault:
        if len(chunk) == 1:
            _refuse(place, [(chunk[0].raw, f"The database refused it: {str(fault)[:300]}")], done)
            if polled:
                _apply_others(place, [], polled, done)
            return
        for number, post in enumerate(chunk, 1):
            last = polled if number == len(chunk) else None
            _write_or_quarantine(place, [post], scope, conversation, last, done)


def _write(
    place: Place,
    chunk: list[Prepared],
    scope: Scope | None,
    conversation: Conversation | None,
    polled: Polled | None,
    done: Received,
) -> None:
    """Write a chunk; when another process wrote one of its uris at the same moment, look again."""
    for attempt in range(4):
        try:
            # Inside an action that has begun it is a step that may fail alone.
            with db.attempt() if db.inside_action() else nullcontext():
                new, known = _write_once(place, chunk, scope, conversation, polled)
        except IntegrityError:
            if attempt == 3:
                raise
            continue
        done.posts += new
        done.known += known
        return


def _propose_other_ids(new: list[Prepared]) -> None:
    """Many posts share a millisecond (networks that write whole seconds, feeds that write days), and another process
    may have drawn the same id in it. A name of our own holds its post's id, which then cannot be another."""
    free_to_change = {post.id: post for post in new if not post.uri.endswith(f"/{post.id}")}
    while taken := lookups.taken_ids(free_to_change):
        for id_ in taken:
            post = free_to_change.pop(id_)
            post.id = ids.at(ids.ms_of(id_))
            free_to_change[post.id] = post


@action
def _write_once(
    place: Place,
    chunk: list[Prepared],
    scope: Scope | None,
    conversation: Conversation | None,
    polled: Polled | None,
) -> tuple[list[int], list[int]]:
    pace.began()
    known, others = _known(chunk)
    if others:
        _quarantine(place, [(p.raw, f"Another post has the hash of its name, {p.uri}.") for p in others])
        chunk = [post for post in chunk if post not in others]
    new = lookups.not_buried(place, [post for post in chunk if post.uri_hash not in known])
    _propose_other_ids(new)
    authors = people.meet_identities([post.author for post in new], keep=places_queries.our_faces)
    placed = place_posts(place, new, _scopes(place, scope, new), conversation, given=scope is not None)
    store.write(place, placed, authors)
    reach("receive.raw-and-posts-written")
    ids_new = [placing.post.id for placing in placed]
    ours = {p.ours_key: p.id for p in new if p.ours_key}
    ours |= {p.ours_key: known[p.uri_hash] for p in chunk if p.ours_key and p.uri_hash in known}
    again = _shown_again(place, known.values()) if scope is None else ()
    if ids_new or ours or again:
        announce(
            PostsReceived(place=place.pk, posts=tuple(ids_new), ours=ours, again=again),
            subject=f"place:{place.pk}",
            hints=_hints(place, placed),
        )
    if polled:
        places.note_poll(place, cursor=polled.cursor, again_in_s=polled.again_in_s, title=polled.title)
    reach("receive.before-commit")
    return ids_new, [known[post.uri_hash] for post in chunk if post.uri_hash in known]


def _shown_again(place: Place, known: Iterable[int]) -> tuple[int, ...]:
    """Posts of our own account that its network shows us: what we sent has come back by the door of everyone's posts."""
    posts = list(known)
    if not posts or place.kind != PlaceKind.ACCOUNT:
        return ()
    return lookups.said_by(place.account.identity_id, posts)


def _known(chunk: list[Prepared]) -> tuple[dict[int, int], list[Prepared]]:
    """The ids of those that are here already, by hash; and those whose hash is that of a post with another name."""
    found = lookups.known_posts([post.uri_hash for post in chunk])
    others = [post for post in chunk if post.uri_hash in found and found[post.uri_hash][1] != post.uri]
    return {hash_: post for hash_, (post, _) in found.items()}, others


def _scopes(place: Place, scope: Scope | None, new: list[Prepared]) -> tuple[Scope, Scope]:
    """Where open posts go, and where restricted ones do."""
    if scope is not None:
        return scope, scope
    default = places_queries.own_scope(place)
    if any(post.restricted for post in new):
        return default, places.note_scope(place)
    return default, default


def _hints(place: Place, placed: list[Placing]) -> list[Hint]:
    audiences = places_queries.audiences_of({placing.scope for placing in placed})
    where = {(audiences[placing.scope], placing.conversation) for placing in placed}
    return [Hint(audience=audience, place=place.pk, conversation=talk) for audience, talk in sorted(where)]


@action
def _apply_others(
    place: Place, others: Iterable[tuple[bytes, base.Incoming]], polled: Polled | None, done: Received
) -> None:
    """Edits, deletions, marks…: each concerns a post that the same place brought, or nobody. One that cannot be taken
    goes to quarantine, so that it holds up nothing that comes after it."""
    for raw, incoming in others:
        try:
            with db.attempt():
                change.apply_remote(place, incoming, done)
        except REFUSED as fault:
            _refuse(place, [(raw, f"It could not be taken: {str(fault)[:300]}")], done)
    if done.buried:
        announce(PostsBuried(place=place.pk, burials=tuple(done.buried)), subject=f"place:{place.pk}")
    if polled:
        places.note_poll(place, cursor=polled.cursor, again_in_s=polled.again_in_s, title=polled.title)
