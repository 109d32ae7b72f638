"""What stands in the items of a batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from colonnade.conversations import intake
from colonnade.networks import base


def parted(
    items: Iterable[base.Item],
) -> tuple[list[tuple[base.Item, base.Post]], list[tuple[base.Item, Any]]]:
    """The posts, and what is none."""
    posts: list[tuple[base.Item, base.Post]] = []
    others: list[tuple[base.Item, Any]] = []
    for item in items:
        for thing in item.read:
            if isinstance(thing, base.Post):
                posts.append((item, thing))
            else:
                others.append((item, thing))
    return posts, others


def alone(item: base.Item, thing: base.Incoming | base.Unreadable) -> base.Item:
    """One thing of an item, as an item of its own."""
    if len(item.read) == 1 and item.read[0] is thing:
        return item
    return base.Item(raw=item.raw, read=(thing,), external_id=item.external_id)


def posts_in(item: base.Item) -> list[base.Post]:
    """The posts of an item."""
    return [thing for thing in item.read if isinstance(thing, base.Post)]


def about(thing: Any) -> int | None:
    """The hash of the post that a change, a deletion or a mark is about."""
    match thing:
        case base.Edit():
            return intake.name_hash(thing.post.uri)
        case base.Deletion() | base.Mark():
            return intake.name_hash(thing.uri)
    return None


def of_everything(thing: base.Deletion) -> bool:
    """Whether somebody is gone, and not one post: then its name is that of an author."""
    return thing.by is not None and thing.uri.removeprefix("at://") == thing.by.address
