"""Which conversation a new post belongs to. A reply may come before what it answers; the thread is whole in the end."""

from __future__ import annotations

from dataclasses import dataclass

from colonnade.conversations.actions import lookups
from colonnade.conversations.intake import Placing, Prepared
from colonnade.conversations.models import Conversation
from colonnade.places.models import Place, Scope
from colonnade.primitives import ids


@dataclass(frozen=True, slots=True)
class _Answered:
    """What a reply answers: known from the database, or placed a moment ago in the same batch.

    `narrowed` is the scope of its conversation where that is narrowed to those who were let in.
    """

    post: int
    conversation: int
    place: int
    narrowed: int | None = None


def place_posts(
    place: Place,
    new: list[Prepared],
    scopes: tuple[Scope, Scope],
    conversation: Conversation | None,
    *,
    given: bool = False,
) -> list[Placing]:
    """Where each of the posts goes, those that are answered before those that answer them. `given` scopes stand; else
    what is said openly in a narrowed conversation is for those who read that conversation."""
    ordered = _answered_first(new)
    answered = _answered([p.reply_hash for p in ordered if p.reply_hash is not None])
    waiting = lookups.orphans_of([p.uri_hash for p in ordered])
    placed = []
    for post in ordered:
        scope = scopes[1] if post.restricted else scopes[0]
        placing = _place_one(place, post, scope, conversation, answered, waiting.get(post.uri_hash, []))
        narrowed = _narrowed(placing, post, answered, conversation)
        if narrowed is not None and not given and not post.restricted:
            inside = Scope.objects.get(pk=narrowed)
            placing.scope, placing.tier = inside.pk, inside.tier
        answered[post.uri_hash] = _Answered(post.id, placing.conversation, place.pk, narrowed)
        placed.append(placing)
    return placed


def _narrowed(
    placing: Placing, post: Prepared, answered: dict[int, _Answered], conversation: Conversation | None
) -> int | None:
    """The scope of the conversation that a post goes to, where that conversation is narrowed."""
    parent = answered.get(post.reply_hash) if post.reply_hash is not None else None
    if parent is not None and parent.conversation == placing.conversation:
        return parent.narrowed
    if conversation is not None and conversation.pk == placing.conversation and conversation.principal_id:
        return conversation.scope_id
    return None


def _place_one(
    place: Place,
    post: Prepared,
    scope: Scope,
    conversation: Conversation | None,
    answered: dict[int, _Answered],
    orphans: list[tuple[int, int, int | None]],
) -> Placing:
    parent = answered.get(post.reply_hash) if post.reply_hash is not None else None
    here = [talk for _, talk, read_by in orphans if read_by == scope.pk]
    if parent is not None and post.id < parent.post and ids.ms_of(post.id) == ids.ms_of(parent.post):
        post.id = ids.at(
            ids.ms_of(post.id) + 1
        )  # in one millisecond, an answer still comes after what it answers
    starts = False
    if parent is not None and parent.place == place.pk:
        talk = parent.conversation
    elif conversation is not None:
        talk = conversation.pk
    elif here:  # its answers came first: it joins the conversation that they opened
        talk = here[0]
    else:
        talk, starts = post.id, True  # a conversation has the id of the post that opened it
    return Placing(
        post=post,
        conversation=talk,
        scope=scope.pk,
        tier=scope.tier,
        reply_to=parent.post if parent else None,
        starts=starts,
        waits_for=post.reply_hash if post.reply_hash is not None and parent is None else None,
        orphans=tuple(child for child, _, _ in orphans),
    )


def _answered(hashes: list[int]) -> dict[int, _Answered]:
    return {
        hash_: _Answered(post, talk, place, narrowed)
        for hash_, post, talk, place, narrowed in lookups.answered_posts(hashes)
    }


def _answered_first(new: list[Prepared]) -> list[Prepared]:
    """The same posts, each after the one it answers (a ring of replies is left in its order)."""
    by_hash = {post.uri_hash: post for post in new}
    if not any(post.reply_hash in by_hash for post in new):
        return new
    ordered: dict[int, Prepared] = {}
    for post in new:
        chain = []
        step: Prepared | None = post
        on_chain: set[int] = set()
        while step is not None and step.uri_hash not in ordered and step.uri_hash not in on_chain:
            chain.append(step)
            on_chain.add(step.uri_hash)
            step = by_hash.get(step.reply_hash) if step.reply_hash is not None else None
        for link in reversed(chain):
            ordered[link.uri_hash] = link
    return list(ordered.values())
