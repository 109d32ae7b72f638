"""Mentions: what watches catch of what arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from colonnade.access import actions as access
from colonnade.conversations.types import Said
from colonnade.core.db import action
from colonnade.core.events import Hint, announce
from colonnade.listening import queries, rules
from colonnade.listening.actions.stories import tell_stories
from colonnade.listening.events import MentionsFound
from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.models import Mention, Watch
from colonnade.listening.types import Feeling
from colonnade.places.rules import STAFF_ONLY

# Whoever hears of posts that need an answer opens a case for each in one transaction, so those facts are small.
POSTS_IN_A_FACT, CASES_IN_A_FACT = 100, 10


@action
def match_posts(posts: Sequence[int]) -> int:
    """Compare posts that are new with every active watch; returns how many mentions are new. Safe to run twice.

    What we say ourselves is no mention of us: posts by our own accounts, and by staff in spaces of ours.
    """
    heard = queries.heard(posts) if Watch.objects.filter(state="active").exists() else {}
    caught = queries.STANDING.caught({pk: post for pk, (_, post) in heard.items()})
    posts_caught = {pk: heard[pk][1] for found in caught.values() for pk in found}
    moods, stories = queries.MOODS.read(posts_caught), _stories(posts_caught)
    return sum(_mention(watch, caught[watch], heard, moods, stories) for watch in sorted(caught))


@action
def catch_stored(watch: Watch, posts: Sequence[int]) -> int:
    """Compare posts that have long been here with one watch; returns how many mentions are new. Nobody is asked to answer
    what is old: no case is opened. Safe to run twice."""
    heard = queries.heard(posts)
    tree = parse(watch.query, queries.list_texts(watch.query))
    found = [pk for pk, (_, post) in heard.items() if holds(tree, Reading(post))]
    caught = {pk: heard[pk][1] for pk in found}
    return _mention(watch.pk, found, heard, queries.MOODS.read(caught), _stories(caught), stored=True)


def _stories(posts: Mapping[int, Heard]) -> dict[int, int]:
    """The story that each tells; what is said in a drill tells none that anybody hears of elsewhere."""
    return tell_stories({pk: post for pk, post in posts.items() if not rules.is_drill(post)})


@action
def mention_by_hand(watch: Watch, post: int) -> None:
    """Somebody put a post to a watch whose words it need not hold; what the watch has already stays as it is."""
    heard = queries.heard([post])
    locked = Watch.objects.select_for_update(no_key=True).filter(pk=watch.pk).first()
    if locked is None or post not in heard or Mention.objects.filter(watch=watch, post=post).exists():
        return
    mood = queries.MOODS.read({post: heard[post][1]})[post]
    Mention.objects.create(
        watch=locked,
        post_id=post,
        why=[],
        version=locked.version,
        mood=mood.mood,
        lang=mood.lang,
        drill=rules.is_drill(heard[post][1]),
    )
    _tell(locked, [post], heard, opens_case=False, drill=rules.is_drill(heard[post][1]))


def _mention(
    watch_id: int,
    found: list[int],
    heard: dict[int, tuple[Said, Heard]],
    moods: dict[int, Feeling],
    stories: dict[int, int],
    *,
    stored: bool = False,
) -> int:
    """Keep what a watch caught and, where it was changed a moment ago, would catch still."""
    # Not for its key: who counts what it caught refers to the watch meanwhile.
    watch = Watch.objects.select_for_update(no_key=True).filter(pk=watch_id).first()
    if watch is None:
        return 0
    tree = parse(watch.query, queries.list_texts(watch.query))
    known = set(Mention.objects.filter(watch=watch, post__in=found).values_list("post_id", flat=True))
    new = [post for post in found if post not in known and holds(tree, Reading(heard[post][1]))]
    wanting = set() if stored else _wanting_an_answer(watch, new, heard)
    drilled = {post for post in new if rules.is_drill(heard[post][1])}
    copies = _copies(watch, [post for post in new if post in stories], stories)
    # Kept in the order in which they are told: whoever counts goes by it.
    new.sort(key=lambda post: (post in drilled, post in wanting))
    Mention.objects.bulk_create(
        Mention(
            watch=watch,
            post_id=post,
            why=rules.reasons(tree, heard[post][1]),
            version=watch.version,
            mood=moods[post].mood,
            lang=moods[post].lang,
            is_copy=post in copies,
            drill=post in drilled,
        )
        for post in new
    )
    for drill, opens_case in product((False, True), repeat=2):
        told = [post for post in new if (post in drilled, post in wanting) == (drill, opens_case)]
        _tell(watch, told, heard, opens_case=opens_case, drill=drill)
    return len(new)


def _copies(watch: Watch, posts: Sequence[int], stories: Mapping[int, int]) -> set[int]:
    """Those of these posts whose story the watch was told before, by an earlier mention or by an earlier one of these."""
    rows = Mention.objects.filter(watch=watch, post__telling__story__in={stories[post] for post in posts})
    told = set(rows.values_list("post__telling__story", flat=True)) if posts else set()
    copies = set()
    for post in sorted(posts):
        if stories[post] in told:
            copies.add(post)
        told.add(stories[post])
    return copies


def _wanting_an_answer(
    watch: Watch, posts: Sequence[int], heard: Mapping[int, tuple[Said, Heard]]
) -> set[int]:
    """For which of these posts a watch opens a case: for all, or for those that fit its second query as well."""
    if not watch.opens_case:
        return set()
    if not watch.case_query:
        return set(posts)
    tree = parse(watch.case_query, queries.list_texts(watch.case_query))
    return {post for post in posts if holds(tree, Reading(heard[post][1]))}


def _tell(
    watch: Watch,
    posts: Sequence[int],
    heard: Mapping[int, tuple[Said, Heard]],
    *,
    opens_case: bool,
    drill: bool = False,
) -> None:
    for part in rules.in_parts(posts, CASES_IN_A_FACT if opens_case else POSTS_IN_A_FACT):
        announce(
            MentionsFound(watch=watch.pk, posts=tuple(part), opens_case=opens_case, drill=drill),
            subject=f"watch:{watch.pk}",
            hints=_hints(watch, [heard[post][0] for post in part]),
        )


def _hints(watch: Watch, posts: Sequence[Said]) -> list[Hint]:
    """For those of staff who may read the posts: a watch is staff's, and that it matched is nobody else's business."""
    readers = access.narrowed({one.audience for one in posts}, STAFF_ONLY)
    where = {(readers[one.audience], one.place, one.conversation) for one in posts if one.audience in readers}
    return [Hint(audience, place, talk, watch.pk) for audience, place, talk in sorted(where)]
