"""Mentions: what watches catch of what arrives."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product

from colonnade.access import actions as access
from colonnade.conversations.types import Said
from colonnade.core.db import action
from colonnade.core.events import Hint, announce
from colonnade.listening import queries, rules
from colonnade.listening.actions.stories import tell_stories
from colonnade.listening.events import MentionsFound
from colonnade.listening.language.evaluate import holds
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
    moods, stories = queries.MOODS.read(posts_caught), stories_of(posts_caught)
    return keep_mentions(caught, heard, moods, stories)


@action
def catch_stored(watch: Watch, posts: Sequence[int]) -> int:
    """Compare posts that have long been here with one watch; returns how many mentions are new. Nobody is asked to answer
    what is old: no case is opened. Safe to run twice."""
    heard = queries.heard(posts)
    tree = rules.tree_of(watch.query, queries.list_texts(watch.query))
    found = [pk for pk, (_, post) in heard.items() if holds(tree, Reading(post))]
    caught = {pk: heard[pk][1] for pk in found}
    moods, stories = queries.MOODS.read(caught), stories_of(caught)
    return keep_mentions({watch.pk: found}, heard, moods, stories, stored=True)


def stories_of(posts: Mapping[int, Heard]) -> dict[int, int]:
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


def keep_mentions(
    caught: Mapping[int, Sequence[int]],
    heard: Mapping[int, tuple[Said, Heard]],
    moods: Mapping[int, Feeling],
    stories: Mapping[int, int],
    *,
    stored: bool = False,
) -> int:
    """Keep what watches caught and, where one was changed a moment ago, would catch still. As many statements for a thousand
    watches as for one, but for the facts."""
    # Not for their keys: who counts what they caught refers to the watches meanwhile.
    watches = list(Watch.objects.select_for_update(no_key=True).filter(pk__in=caught).order_by("pk"))
    lists = queries.list_texts(*(query for watch in watches for query in (watch.query, watch.case_query)))
    readings = {post: Reading(heard[post][1]) for found in caught.values() for post in found}
    drilled = {post for post, reading in readings.items() if rules.is_drill(reading.post)}
    known, told = _known(watches, readings), _told(watches, stories)
    kept: list[Mention] = []
    facts: list[tuple[Watch, list[int], bool, bool]] = []
    for watch in watches:
        tree = rules.tree_of(watch.query, lists)
        found = [post for post in caught[watch.pk] if (watch.pk, post) not in known]
        new = [post for post in found if holds(tree, readings[post])]
        wanting = set() if stored else _wanting_an_answer(watch, new, readings, lists)
        copies = _copies([post for post in new if post in stories], stories, told.get(watch.pk, set()))
        # Kept in the order in which they are told: whoever counts goes by it.
        new.sort(key=lambda post: (post in drilled, post in wanting))
        for post in new:
            made = Mention(watch=watch, post_id=post, version=watch.version, is_copy=post in copies)
            made.why, made.drill = rules.reasons(tree, readings[post]), post in drilled
            made.mood, made.lang = moods[post].mood, moods[post].lang
            kept.append(made)
        for drill, opens_case in product((False, True), repeat=2):
            some = [post for post in new if (post in drilled, post in wanting) == (drill, opens_case)]
            facts.append((watch, some, drill, opens_case))
    Mention.objects.bulk_create(kept)
    for watch, posts, drill, opens_case in facts:
        _tell(watch, posts, heard, opens_case=opens_case, drill=drill)
    return len(kept)


def _known(watches: Collection[Watch], posts: Collection[int]) -> set[tuple[int, int]]:
    """What is a mention already, by watch and post."""
    rows = Mention.objects.filter(watch__in=watches, post__in=posts)
    return set(rows.values_list("watch_id", "post_id"))


def _told(watches: Collection[Watch], stories: Mapping[int, int]) -> dict[int, set[int]]:
    """Of these stories those that each watch was told before."""
    if not stories:
        return {}
    rows = Mention.objects.filter(watch__in=watches, post__telling__story__in=set(stories.values()))
    told: dict[int, set[int]] = {}
    for watch, story in rows.values_list("watch_id", "post__telling__story"):
        told.setdefault(watch, set()).add(story)
    return told


def _copies(posts: Sequence[int], stories: Mapping[int, int], told: Collection[int]) -> set[int]:
    """Those of these posts whose story a watch was `told` before, by an earlier mention or by an earlier one of these."""
    before, copies = set(told), set()
    for post in sorted(posts):
        if stories[post] in before:
            copies.add(post)
        before.add(stories[post])
    return copies


def _wanting_an_answer(
    watch: Watch, posts: Sequence[int], readings: Mapping[int, Reading], lists: Mapping[str, str]
) -> set[int]:
    """For which of these posts a watch opens a case: for all, or for those that fit its second query as well."""
    if not watch.opens_case:
        return set()
    if not watch.case_query:
        return set(posts)
    tree = rules.tree_of(watch.case_query, lists)
    return {post for post in posts if holds(tree, readings[post])}


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
            hints=hints_for(watch, [heard[post][0] for post in part]),
        )


def hints_for(watch: Watch, posts: Sequence[Said]) -> list[Hint]:
    """For those of staff who may read the posts: a watch is staff's, and that it matched is nobody else's business."""
    readers = access.narrowed({one.audience for one in posts}, STAFF_ONLY)
    where = {(readers[one.audience], one.place, one.conversation) for one in posts if one.audience in readers}
    return [Hint(audience, place, talk, watch.pk) for audience, place, talk in sorted(where)]
