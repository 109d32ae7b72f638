"""What people do with mentions: their state, whose they are, their tags; one or many, and all of it undone at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import EllipsisType

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.conversations import queries as conversations
from colonnade.core.db import action
from colonnade.listening import rules
from colonnade.listening.models import MENTION, Mention, Watch
from colonnade.listening.types import Handled, Was
from colonnade.people import queries as people
from colonnade.people.models import Person

MOST_AT_ONCE = 200


@action
def turn_mentions(watch: Watch, posts: Sequence[int], state: str, *, by: Person) -> Handled:
    """Say of mentions that they are new, done or set aside. Those that `by` may not see, and those that are so already, are
    left. Raises PermissionDenied, ValueError."""
    if state not in dict(MENTION.choices()):
        raise ValueError(gettext("There is no such state."))

    def turn(mention: Mention) -> None:
        mention.state = state

    return _each(watch, posts, by, turn)


@action
def give_mentions(watch: Watch, posts: Sequence[int], *, to: Person | None, by: Person) -> Handled:
    """Give mentions to somebody of staff, or to nobody. Those that `by` or `to` may not see are left.

    Raises PermissionDenied, ValueError."""
    if to is not None:
        if not rules.can_listen(to):
            raise ValueError(gettext("There is no such colleague."))
        posts = _seen(to, posts)

    def give(mention: Mention) -> None:
        mention.owner = to

    return _each(watch, posts, by, give)


@action
def tag_mentions(
    watch: Watch, posts: Sequence[int], tags: Iterable[str], *, by: Person, away: bool = False
) -> Handled:
    """Add tags to mentions beside those that each has, or (`away`) take them off. Those that `by` may not see are left.

    Raises PermissionDenied, ValueError where there is no tag."""
    named = rules.tidy_tags(tags)
    if not named:
        raise ValueError(gettext("Write a tag."))

    def tag(mention: Mention) -> None:
        kept = [one for one in mention.tags if one not in named]
        mention.tags = kept if away else rules.tidy_tags([*kept, *named])

    return _each(watch, posts, by, tag)


@action
def sort_mention(
    watch: Watch,
    post: int,
    *,
    by: Person,
    state: str | None = None,
    owner: Person | EllipsisType | None = ...,
    tags: Sequence[str] | None = None,
) -> None:
    """Say all of one mention at once: its state, whose it is (None: nobody's), its tags in place of those that it has. Nothing
    happens where `by` may not see it.

    Raises PermissionDenied; ValueError for a state that there is not, and for an owner who may not see the post.
    """
    if state is not None:
        turn_mentions(watch, [post], state, by=by)
    if not isinstance(owner, EllipsisType):
        if owner is not None and not _seen(owner, [post]):
            raise ValueError(gettext("There is no such colleague."))
        give_mentions(watch, [post], to=owner, by=by)
    if tags is not None:
        _set_tags(watch, post, rules.tidy_tags(tags), by)


def _set_tags(watch: Watch, post: int, tags: list[str], by: Person) -> None:
    def tag(mention: Mention) -> None:
        mention.tags = tags

    _each(watch, [post], by, tag)


@action
def put_back_mentions(watch: Watch, befores: Iterable[Was], *, by: Person) -> int:
    """Put mentions back as they stood; one that was changed since stays as it is. Returns how many were put back. Raises
    PermissionDenied."""
    were = {one.post: one for one in befores}
    back = [
        mention for mention in _locked(watch, list(were), by) if _now(mention) == were[mention.post_id].became
    ]
    for mention in back:
        was = were[mention.post_id]
        mention.state, mention.tags = was.state, list(was.tags)
        mention.owner = Person.objects.filter(pk=was.owner).first() if was.owner else None
        mention.save(update_fields=["state", "owner", "tags"])
    return len(back)


def _each(watch: Watch, posts: Sequence[int], by: Person, do: Callable[[Mention], None]) -> Handled:
    done = []
    for mention in _locked(watch, posts, by):
        state, owner, tags = _now(mention)
        do(mention)
        if _now(mention) != (state, owner, tags):
            mention.save(update_fields=["state", "owner", "tags"])
            done.append(Was(mention.post_id, state, owner, tags, _now(mention)))
    return Handled(tuple(done), len(set(posts)) - len(done))


def _now(mention: Mention) -> tuple[str, int, tuple[str, ...]]:
    return mention.state, mention.owner_id or 0, tuple(mention.tags)


def _locked(watch: Watch, posts: Sequence[int], by: Person) -> list[Mention]:
    """In the order of their posts, so that two who do this at once never wait for each other in a circle."""
    if not rules.can_listen(by):
        raise PermissionDenied("Only staff sort mentions.")
    seen = _seen(by, sorted(set(posts))[:MOST_AT_ONCE])
    return list(Mention.objects.select_for_update().filter(watch=watch, post__in=seen).order_by("post_id"))


def _seen(person: Person, posts: Sequence[int]) -> list[int]:
    """Those of these posts that somebody may see."""
    rows = conversations.visible_to(people.viewer_for(person)).filter(pk__in=list(posts))
    return list(rows.values_list("pk", flat=True))
