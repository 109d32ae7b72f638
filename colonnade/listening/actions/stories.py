"""Stories: what is caught is put beside what was told in these days, and copies are known as such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection

from colonnade.conversations import queries as conversations
from colonnade.core import db
from colonnade.core.db import action
from colonnade.listening.language.reading import Heard
from colonnade.listening.models import Story, Telling
from colonnade.listening.stories import Words, are_alike, as_bits, grouped, may_be_alike, words_of
from colonnade.primitives import ids

DAYS_MS = 3 * 86_400_000
MOST_COMPARED, MOST_READ = 10_000, 5
TELLING_LOCK = 0x636F6C05


@action
def tell_stories(posts: Mapping[int, Heard]) -> dict[int, int]:
    """The story that each of these posts tells, found among those of three days before and after, or begun. Safe to run
    twice. Compared with the first posts of the newest ten thousand stories of that time."""
    told = dict(Telling.objects.filter(post__in=posts).values_list("post_id", "story_id"))
    fresh = {pk: words_of(f"{post.title} {post.text}") for pk, post in posts.items() if pk not in told}
    if not fresh:
        return told
    _one_at_a_time()
    known, story_of = _known(fresh)
    first_of = grouped(fresh, known)
    begun = {pk: Story(first_id=pk) for pk in sorted(fresh) if first_of[pk] == pk}
    Story.objects.bulk_create(begun.values())
    story_of |= {pk: story.pk for pk, story in begun.items()}
    Telling.objects.bulk_create(
        Telling(post_id=pk, story_id=story_of[first], bits=fresh[pk].bits, is_copy=first != pk)
        for pk, first in sorted(first_of.items())
    )
    return told | {pk: story_of[first] for pk, first in first_of.items()}


def _one_at_a_time() -> None:
    """Two who hear the same story in the same moment must not both begin it: the second waits, and then sees what the first
    has told. On SQLite one writes at a time anyway."""
    if db.is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TELLING_LOCK])


@action
def retell_story(post: int, words: Heard) -> tuple[dict[int, int], int | None]:
    """A post reads differently: the story that it tells now, by post, and the one that it told before, if it left that. It
    stays in its story while its words are still alike."""
    _one_at_a_time()
    told = Telling.objects.select_for_update().filter(post=post).first()
    if told is None:
        return tell_stories({post: words}), None
    now, story = words_of(f"{words.title} {words.text}"), told.story_id
    others = list(Telling.objects.filter(story=story).exclude(post=post).order_by("post_id"))
    if now.bits == told.bits or _still_tells(now, told, others):
        Telling.objects.filter(post=post).update(bits=now.bits)
        return {post: story}, None
    _leave(told, others)
    return tell_stories({post: words}), story if others else None


def _still_tells(now: Words, told: Telling, others: Sequence[Telling]) -> bool:
    """Whether it is still alike to the first of its story; where it is the first itself, to the next."""
    beside = next((one for one in others if one.is_copy != told.is_copy), None)
    said = conversations.said_of([beside.post_id]) if beside is not None else []
    return any(are_alike(now, words_of(f"{one.title} {one.text}")) for one in said)


def _leave(told: Telling, others: Sequence[Telling]) -> None:
    """Its story goes with it, or has the next as its first."""
    if not others:
        Story.objects.filter(pk=told.story_id).delete()
    elif not told.is_copy:
        Telling.objects.filter(pk=others[0].pk).update(is_copy=False)
        Story.objects.filter(pk=told.story_id).update(first=others[0].post_id)
    Telling.objects.filter(post=told.post_id).delete()


def _known(fresh: Mapping[int, Words]) -> tuple[dict[int, Words], dict[int, int]]:
    """The first posts of stories that may be told again, with their words, and the story of each."""
    around = ids.first_of(DAYS_MS)
    rows = Telling.objects.filter(
        is_copy=False, post_id__gte=min(fresh) - around, post_id__lte=max(fresh) + around
    ).order_by("-post_id")
    firsts = list(rows.values_list("post_id", "story_id", "bits")[:MOST_COMPARED])
    bits = as_bits(one[2] for one in firsts)
    near = {firsts[at][0] for words in fresh.values() for at in may_be_alike(words.bits, bits)[:MOST_READ]}
    said = conversations.said_of(sorted(near)) if near else []
    known = {one.id: words_of(f"{one.title} {one.text}") for one in said}
    return known, {pk: story for pk, story, _ in firsts if pk in known}
