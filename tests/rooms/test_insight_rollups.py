"""Roll-ups: whatever happens to mentions, in whatever order it is heard, the counts are those of a plain recount."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colonnade.access.types import Viewer
from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Post as Row
from colonnade.core import events
from colonnade.core.db import act
from colonnade.core.events import announce
from colonnade.insight import actions, queries
from colonnade.insight.models import Rollup, Total
from colonnade.listening import actions as listening
from colonnade.listening import subscribers as listens
from colonnade.listening.events import MentionsChanged
from colonnade.listening.models import Mention, Watch
from colonnade.networks.base import Author, Edit, Item, Post
from colonnade.places import actions as places
from colonnade.primitives import clock
from tests.world import World

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
HOUR_MS = 3_600_000


def heard() -> None:
    """Let everybody hear what was announced, and what was announced because of it."""
    events.stamp()
    while events.pump():
        events.stamp()


def said(world: World, text: str, back: timedelta = timedelta(0), lang: str = "en") -> int:
    """One post from elsewhere, published some time ago; only watches have looked at it."""
    world._number += 1
    post = Post(
        uri=f"https://pretend.example/said/{world._number}",
        author=Author(network=("pretend", "other")[world._number % 2], address="walker", name="A walker"),
        text=text,
        lang=lang,
        published=clock.now() - back,
    )
    place = (world.wire, world.partners)[world._number % 3 == 0]
    (pk,) = conversations.receive(place, [Item(raw=post.uri.encode(), read=(post,))]).posts
    return pk


def recounted() -> Counter[tuple[object, ...]]:
    """The truth, post by post."""
    counted: Counter[tuple[object, ...]] = Counter()
    for one in Mention.objects.filter(post__deleted=False).select_related("post__author"):
        hour = (one.post_id >> 16) // HOUR_MS
        key = (one.watch_id, hour, one.post.scope_id, one.post.author.network, one.lang, one.mood)
        counted[(*key, "posts")] += 1
        counted[(*key, "copies")] += one.is_copy
    return +counted


def rolled_up() -> Counter[tuple[object, ...]]:
    counted: Counter[tuple[object, ...]] = Counter()
    for one in Rollup.objects.all():
        key = (one.watch_id, one.hour, one.scope_id, one.network, one.lang, one.mood)
        assert one.posts > 0
        counted[(*key, "posts")] = one.posts
        counted[(*key, "copies")] = one.copies
    return +counted


def totalled() -> Counter[tuple[object, ...]]:
    counted: Counter[tuple[object, ...]] = Counter()
    for one in Total.objects.all():
        counted[(one.watch_id, one.hour, one.scope_id, "posts")] = one.posts
        counted[(one.watch_id, one.hour, one.scope_id, "copies")] = one.copies
    return +counted


def without_kinds(counted: Counter[tuple[object, ...]]) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for key, count in counted.items():
        found[(*key[:3], key[-1])] += count
    return found


TEXTS = ("The ferry is wonderful!", "I hate the ferry bridge.", "bridge at nine", "Nothing of ours")
which = st.integers(0, 9)
steps = st.one_of(
    st.tuples(st.just("arrives"), st.sampled_from(TEXTS), st.sampled_from([0, 0, 30, 90, 3000])),
    st.tuples(st.just("deleted"), which),
    st.tuples(st.just("edited"), which, st.sampled_from(TEXTS)),
    st.tuples(st.just("corrected"), which, st.sampled_from(["negative", "neutral", "positive"])),
    st.tuples(st.just("copied"), which),
    st.tuples(st.just("changed"), st.sampled_from(["ferry OR bridge", "hate"])),
    st.tuples(st.sampled_from(["matched", "heard", "again", "removed", "anew"])),
)


class Town:
    """The world with two watches and what was said so far; each step goes through the actions that people use."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.posts: list[int] = []
        # Of what the second one catches, only some opens a case: its facts are told in another order than posts came.
        self.watches = [
            listening.add_watch("Ferry", "ferry", by=world.ana),
            listening.add_watch("Bridge", "bridge", by=world.ana, opens_case=True, case_query="hate"),
        ]

    def goes(self, step: tuple[object, ...]) -> None:
        getattr(self, str(step[0]))(*step[1:])

    def post(self, number: int) -> int | None:
        return self.posts[number % len(self.posts)] if self.posts else None

    def arrives(self, text: str, back: int) -> None:
        self.posts.append(said(self.world, text, timedelta(minutes=back)))

    def deleted(self, number: int) -> None:
        if (post := self.post(number)) is not None:
            conversations.delete(post, by=self.world.ines)

    def edited(self, number: int, text: str) -> None:
        if (post := self.post(number)) is None:
            return
        row = Row.objects.select_related("said", "author", "place").get(pk=post)
        author = Author(network=row.author.network, address=row.author.address)
        now = Post(uri=row.said.uri, author=author, text=text)
        conversations.receive(row.place, [Item(raw=b"", read=(Edit(post=now),))])

    def corrected(self, number: int, mood: str) -> None:
        if (post := self.post(number)) and Mention.objects.filter(post=post).exists():
            listening.correct_mood(post, mood, by=self.world.ana)

    def copied(self, number: int) -> None:
        if (post := self.post(number)) is not None:
            with act():
                Mention.objects.filter(post=post).update(is_copy=True)
                announce(MentionsChanged(posts=(post,)), subject=f"post:{post}")

    def changed(self, query: str) -> None:
        if watch := Watch.objects.order_by("pk").first():
            listening.change_watch(watch, query=query, by=self.world.ana)

    def matched(self) -> None:
        """Watches have looked, and nobody has counted yet."""
        with act():
            listening.match_posts(self.posts)

    def heard(self) -> None:
        heard()

    def again(self) -> None:
        """A fact that is heard twice."""
        for watch in self.watches:
            actions.count_found({watch.pk: self.posts})

    def removed(self) -> None:
        if watch := Watch.objects.order_by("-pk").first():
            listening.remove_watch(watch, by=self.world.ana)

    def anew(self) -> None:
        for watch in self.watches:
            actions.recount(watch.pk)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, min_size=2, max_size=9))
def test_roll_ups_are_what_a_recount_says(world: World, story: list[tuple[object, ...]]) -> None:
    with transaction.atomic(), clock.stopped_at(NOON):
        town = Town(world)
        for step in story:
            town.goes(step)
        heard()
        assert rolled_up() == recounted()
        assert totalled() == without_kinds(recounted())
        transaction.set_rollback(True)


@pytest.fixture
def world() -> World:
    return World.make()


def test_a_late_post_is_counted_in_the_hour_in_which_it_was_said(world: World) -> None:
    with clock.stopped_at(NOON):
        listening.add_watch("Ferry", "ferry", by=world.ana)
        late, _ = said(world, "The ferry was late", timedelta(hours=30)), said(world, "The ferry is here")
        heard()
        hours = dict(Rollup.objects.values_list("hour", "posts"))
    now = int(NOON.timestamp()) // 3600
    assert hours == {now: 1, now - 30: 1}
    conversations.delete(late, by=world.ines)
    heard()
    assert dict(Rollup.objects.values_list("hour", "posts")) == {now: 1}


def test_a_fact_heard_after_what_changed_its_posts_counts_them_as_they_are(world: World) -> None:
    watch = listening.add_watch("Ferry", "ferry", by=world.ana)
    gone, stays = said(world, "The ferry, one"), said(world, "The ferry, two")
    listens.actions.match_posts([gone, stays])
    listening.correct_mood(stays, "negative", by=world.lea)
    conversations.delete(gone, by=world.ines)
    actions.count_anew([gone, stays])
    assert not Rollup.objects.exists()
    actions.count_found({watch.pk: [gone, stays]})
    actions.count_found({watch.pk: [gone, stays]})
    assert [(one.mood, one.posts) for one in Rollup.objects.all()] == [("negative", 1)]


def test_what_a_watch_caught_is_forgotten_with_it(world: World) -> None:
    watch = listening.add_watch("Ferry", "ferry", by=world.ana)
    post = said(world, "The ferry is late")
    heard()
    assert Rollup.objects.count() == 1
    listening.remove_watch(watch, by=world.ana)
    actions.count_found({watch.pk: [post]})
    actions.recount(watch.pk)
    assert not Rollup.objects.exists()


def test_counts_are_those_of_the_scopes_that_a_viewer_sees(world: World) -> None:
    watch = listening.add_watch("Ferry", "ferry", by=world.ana)
    closed = places.open_space("Closed circle", members_only=True)
    places.join(closed, world.lea)
    conversations.receive(closed, [world.incoming("I hate the ferry, behind doors")])
    conversations.receive(world.town, [world.incoming("I love the wonderful ferry")])
    heard()
    span = {"since": clock.now() - timedelta(hours=2), "before": clock.now() + timedelta(hours=1)}

    def seen(viewer: Viewer, **also: bool) -> dict[str, int]:
        found = queries.counts(viewer, [watch], split="mood", **span, **also)[watch.pk]
        return {mood: sum(posts) for mood, posts in found.posts.items()}

    lea = world.viewer(world.lea)
    assert seen(lea) == {"negative": 1, "positive": 1}
    assert seen(world.viewer(world.ana)) == seen(lea, in_public=True) == {"positive": 1}
    assert seen(replace(lea, ceiling=frozenset({closed.pk}))) == {"negative": 1}
    assert seen(world.viewer(world.okafor)) == seen(world.anonymous) == {}
    assert queries.totals(lea, [watch], **span) == {watch.pk: {"": (2, 0)}}
    assert queries.totals(world.viewer(world.okafor), [watch], **span) == {watch.pk: {}}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "America/St_Johns"])
def test_a_day_holds_the_hours_that_begin_in_it_also_where_the_clock_is_changed(
    world: World, zone: str
) -> None:
    watch = listening.add_watch("Ferry", "ferry", by=world.ana)
    with clock.stopped_at(datetime(2026, 3, 30, 12, tzinfo=UTC)), timezone.override(ZoneInfo(zone)):
        for hours in (1, 25, 37, 60):
            said(world, "The ferry", timedelta(hours=hours))
        heard()
        told = queries.days(world.viewer(world.ana), [watch], back=4)[watch.pk]
        moments = [clock.now() - timedelta(hours=hours) for hours in (1, 25, 37, 60)]
        begins = [moment.replace(minute=0).astimezone(ZoneInfo(zone)).date() for moment in moments]
    assert Counter({day.day: day.posts for day in told if day.posts}) == Counter(begins)
