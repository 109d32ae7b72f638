"""A post reads differently: what watches caught of it is caught, let go, read and told anew."""

from __future__ import annotations

from dataclasses import dataclass

from colonnade.conversations.types import Said
from colonnade.core.db import action
from colonnade.core.events import Hint, announce
from colonnade.listening import queries, rules
from colonnade.listening.actions.mentions import hints_for, keep_mentions
from colonnade.listening.actions.stories import retell_story
from colonnade.listening.events import MentionsChanged
from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.models import Label, Mention, Version, Watch
from colonnade.listening.types import Feeling

SAME, CHANGED, GONE = "same", "changed", "gone"


@dataclass(frozen=True, slots=True)
class _Anew:
    """A post as it reads now: how it feels, the story it tells, and the one that it told before."""

    said: Said
    heard: Heard
    feeling: Feeling
    stories: dict[int, int]
    left: int | None


@action
def reread(post: int) -> None:
    """A post was edited. Watches that look for what it says now catch it; those that no longer do let it go, but for what
    somebody took in hand, labelled as right or put there. Its mood is read anew unless a person has said it, and it tells
    another story where its words do. Safe to run twice."""
    heard = queries.heard([post])
    if post not in heard:
        return
    catching = set(queries.STANDING.caught({post: heard[post][1]}))
    had = set(Mention.objects.filter(post=post).values_list("watch_id", flat=True))
    if not catching | had:
        return
    anew = _read_anew(post, heard)
    touched: set[int] = set()
    let_go, hints = [], []
    for pk in sorted(catching | had):
        watch = Watch.objects.select_for_update(no_key=True).filter(pk=pk).first()
        mention = Mention.objects.select_for_update().filter(watch=pk, post=post).first()
        if watch is None or mention is None:
            keep_mentions({pk: [post]}, heard, {post: anew.feeling}, anew.stories)
            continue
        told_first, became = not mention.is_copy, _keep_or_let_go(watch, mention, anew)
        if became != SAME:
            touched.add(post)
            hints += hints_for(watch, [anew.said])
        if became == GONE:
            let_go.append(pk)
        if told_first and (became == GONE or anew.left is not None):
            touched.update(_told_first(watch, anew.left or anew.stories.get(post)))
    _announce(post, touched, let_go, hints)


def _announce(post: int, touched: set[int], let_go: list[int], hints: list[Hint]) -> None:
    if touched:
        told = MentionsChanged(posts=tuple(sorted(touched)), watches=tuple(let_go))
        announce(told, subject=f"post:{post}", hints=hints)


def _read_anew(post: int, heard: dict[int, tuple[Said, Heard]]) -> _Anew:
    said, words = heard[post]
    stories, left = ({}, None) if rules.is_drill(words) else retell_story(post, words)
    return _Anew(said, words, queries.MOODS.read({post: words})[post], stories, left)


def _keep_or_let_go(watch: Watch, mention: Mention, anew: _Anew) -> str:
    """What became of the mention."""
    found = _caught_for(watch, mention, anew.heard)
    if found is None and not _in_hand(mention):
        mention.delete()
        return GONE
    before = (mention.why, mention.version, mention.mood, mention.lang, mention.is_copy)
    if found is not None:
        mention.why, mention.version = found
    mention.mood, mention.lang = anew.feeling.mood, anew.feeling.lang
    mention.is_copy = _is_told_by_others(mention, anew.stories)
    if (mention.why, mention.version, mention.mood, mention.lang, mention.is_copy) == before:
        return SAME
    mention.save(update_fields=["why", "version", "mood", "lang", "is_copy"])
    return CHANGED


def _caught_for(watch: Watch, mention: Mention, words: Heard) -> tuple[list[str], int] | None:
    """For which words, and by which version of the query: the present one, or that which caught it. None where neither
    would; a query that cannot be read any more lets nothing go."""
    reading = Reading(words)
    earlier = Version.objects.filter(watch=watch, number=mention.version).values_list("query", flat=True)
    for number, query in ((watch.version, watch.query), *((mention.version, one) for one in earlier)):
        try:
            tree = rules.tree_of(query, queries.list_texts(query))
        except QueryError:
            return mention.why, mention.version
        if holds(tree, reading):
            return rules.reasons(tree, reading), number
    return None


def _in_hand(mention: Mention) -> bool:
    """Whether a person did something with it: then it is theirs to say that it is nothing."""
    put_there = not mention.why
    worked_on = mention.state != "new" or mention.owner_id is not None or bool(mention.tags)
    right = Label.objects.filter(watch=mention.watch_id, post=mention.post_id, relevant=True)
    return put_there or worked_on or right.exists()


def _is_told_by_others(mention: Mention, stories: dict[int, int]) -> bool:
    """Whether the watch has another mention that counts as the first of its story."""
    others = Mention.objects.filter(watch=mention.watch_id, is_copy=False).exclude(pk=mention.pk)
    story = stories.get(mention.post_id)
    return story is not None and others.filter(post__telling__story=story).exists()


def _told_first(watch: Watch, story: int | None) -> list[int]:
    """Of a story that the watch still has copies of, but the first no more, the earliest becomes it."""
    rows = Mention.objects.filter(watch=watch, post__telling__story=story)
    if story is None or rows.filter(is_copy=False).exists():
        return []
    first = rows.order_by("post_id").first()
    if first is None:
        return []
    first.is_copy = False
    first.save(update_fields=["is_copy"])
    return [first.post_id]
