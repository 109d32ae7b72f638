"""How a network takes a post that it may have seen before: the five delivery classes, from the network's side."""

from __future__ import annotations

from typing import Literal

import msgspec

from colonnade.networks.base import DeliveryClass, Media
from colonnade.networks.pretend.lines import Line, id_in
from colonnade.networks.pretend.state import State


class Manners(msgspec.Struct, frozen=True, kw_only=True):
    """What this network asks of its clients. Times in seconds, lengths in characters."""

    key_life_s: float = 3600.0
    same_words_s: float = 3600.0
    max_text: int = 5000
    max_media: int = 4


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a client wants said, and by which rules. `id` is chosen by the client in classes A and E, `key` sent in B."""

    by: str
    rules: DeliveryClass
    text: str = ""
    title: str = ""
    html: str = ""
    lang: str = ""
    reply_to: str = ""
    to: str = ""
    media: tuple[Media, ...] = ()
    id: str = ""
    key: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a wish: `new` and `again` are written down, the others not. `line` is what is already there."""

    outcome: Literal["new", "again", "same", "duplicate", "refused"]
    line: Line | None = None
    code: str = ""
    reason: str = ""


def judge(state: State, wish: Wish, manners: Manners, now: float) -> Verdict:
    """What a network of the wish's class answers at the moment `now` (seconds since 1970)."""
    if fault := _unfit(state, wish, manners):
        return fault
    match wish.rules:
        case "A":
            return _by_id(state, wish)
        case "B":
            return _by_key(state, wish, manners, now)
        case "C":
            return _by_words(state, wish, manners, now)
        case "D":
            return Verdict(outcome="new")
        case "E":
            return Verdict(outcome="again" if wish.id in state.posts else "new")


def _unfit(state: State, wish: Wish, manners: Manners) -> Verdict | None:
    if not wish.text.strip() and not wish.media:
        return _refused("empty", "There is nothing in this post.")
    if len(wish.text) > manners.max_text:
        return _refused("too_long", f"A post here has at most {manners.max_text} characters.")
    if len(wish.media) > manners.max_media:
        return _refused("too_many_files", f"A post here has at most {manners.max_media} files.")
    if wish.reply_to and state.standing(id_in(wish.reply_to)) is None:
        return _refused("no_such_post", "The post you answer is not here.")
    if wish.rules in ("A", "E") and not wish.id:
        return _refused("no_id", "This network wants you to choose the id.")
    return None


def _by_id(state: State, wish: Wish) -> Verdict:
    before = state.posts.get(wish.id)
    if before is None:
        return Verdict(outcome="new")
    if before.by == wish.by:
        return Verdict(outcome="same", line=before)
    return _refused("id_taken", "That id already stands for another post.")


def _by_key(state: State, wish: Wish, manners: Manners, now: float) -> Verdict:
    before = state.keyed.get((wish.by, wish.key)) if wish.key else None
    if before is None or now - before.accepted >= manners.key_life_s:
        return Verdict(outcome="new")
    if _same_words(before, wish):
        return Verdict(outcome="same", line=before)
    return _refused("key_used", "That key was used for another post.")


def _by_words(state: State, wish: Wish, manners: Manners, now: float) -> Verdict:
    for before in reversed(state.said_by[wish.by]):
        if now - before.accepted >= manners.same_words_s:
            break
        if before.id not in state.gone and _same_words(before, wish):
            reason = "You have just said that."
            return Verdict(outcome="duplicate", line=before, code="duplicate", reason=reason)
    return Verdict(outcome="new")


def _same_words(before: Line, wish: Wish) -> bool:
    return (before.text, before.reply_to, before.to) == (wish.text, id_in(wish.reply_to), wish.to)


def _refused(code: str, reason: str) -> Verdict:
    return Verdict(outcome="refused", code=code, reason=reason)
