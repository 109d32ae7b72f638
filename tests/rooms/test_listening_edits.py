"""A post reads differently: what watches caught of it follows, and with it what is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Post
from colonnade.core import events
from colonnade.core.db import act
from colonnade.inbox.models import Case
from colonnade.insight.models import Rollup
from colonnade.listening import actions, queries
from colonnade.listening.actions.sifting import Sieve
from colonnade.listening.models import Correction, Label, Mention, Story, Telling, Watch
from colonnade.listening.queries.moods import lessons_in
from colonnade.networks import base
from colonnade.places import actions as places
from colonnade.primitives import clock
from tests.rooms.test_insight_rollups import recounted, rolled_up
from tests.world import World

pytestmark = pytest.mark.django_db
LONG = "The old bridge over the harbour is closed to every car from tonight on until the end of the week"


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def bridge(world: World) -> Watch:
    return actions.add_watch("Bridge", "bridge", by=world.ana, opens_case=True)


def heard() -> None:
    events.stamp()
    while events.pump():
        events.stamp()
    assert rolled_up() == recounted(), "counts follow"


def say(world: World, text: str, author: str = "river.watch") -> tuple[int, base.Post]:
    item = world.incoming(text, author=author)
    (post,) = conversations.receive(world.wire, [item]).posts
    heard()
    (said,) = item.read
    assert isinstance(said, base.Post)
    return post, said


def edit(world: World, said: base.Post, text: str) -> None:
    now = base.Post(uri=said.uri, author=said.author, text=text)
    conversations.receive(world.wire, [base.Item(raw=b"", read=(base.Edit(post=now),))])
    heard()


def mention(post: int) -> Mention:
    return Mention.objects.get(post=post)


def test_a_mood_is_read_anew_and_the_counts_by_mood_with_it(world: World, bridge: Watch) -> None:
    post, said = say(world, "The bridge is wonderful, I love it")
    assert mention(post).mood == "positive"
    edit(world, said, "The bridge is horrible, I hate it")
    assert mention(post).mood == "negative"
    assert dict(Rollup.objects.values_list("mood", "posts")) == {"negative": 1}


def test_what_a_person_said_of_it_stays_and_is_no_lesson_about_other_words(
    world: World, bridge: Watch
) -> None:
    began = clock.now()
    with clock.stopped_at(began):
        post, said = say(world, "The bridge is wonderful, I love it")
        actions.correct_mood(post, "neutral", by=world.ana)
        heard()
        lang = Correction.objects.get().lang
        assert len(lessons_in(lang)) == 1
    with clock.stopped_at(began + timedelta(minutes=1)):
        edit(world, said, "The bridge is horrible, I hate it")
    assert mention(post).mood == "neutral"
    assert lessons_in(lang) == [], "nobody has said how it reads now"


def test_what_a_watch_no_longer_looks_for_is_let_go_and_what_it_looks_for_now_is_caught(
    world: World, bridge: Watch
) -> None:
    post, said = say(world, "The bridge is open")
    edit(world, said, "The brige is open")
    assert not Mention.objects.exists()
    assert not Rollup.objects.filter(posts__gt=0).exists()
    edit(world, said, "The bridge is open, sorry")
    assert mention(post).why == ["bridge"]
    other, missed = say(world, "Fog in the harbour")
    assert Case.objects.count() == 1
    edit(world, missed, "Fog on the bridge: who can help?")
    assert mention(other).why == ["bridge"]
    assert Case.objects.count() == 2, "what needs an answer now gets its case"


def test_what_somebody_took_in_hand_is_theirs_to_let_go(world: World, bridge: Watch) -> None:
    told = {}
    for name in ("done", "owned", "tagged", "right", "alone"):
        told[name] = say(world, f"The bridge, {name}")
    actions.turn_mentions(bridge, [told["done"][0]], "done", by=world.ana)
    actions.give_mentions(bridge, [told["owned"][0]], to=world.lea, by=world.ana)
    actions.tag_mentions(bridge, [told["tagged"][0]], ["news"], by=world.ana)
    actions.label_post(bridge, told["right"][0], True, by=world.ana)
    by_hand, words = say(world, "Nothing of it")
    with act():
        actions.mentions.mention_by_hand(bridge, by_hand)
    for _, said in [*told.values(), (0, words)]:
        edit(world, said, "It rains")
    kept = set(Mention.objects.values_list("post", flat=True))
    assert kept == {pk for name, (pk, _) in told.items() if name != "alone"} | {by_hand}
    assert Label.objects.count() == 1


def test_a_changed_query_still_keeps_what_it_caught_before(world: World, bridge: Watch) -> None:
    post, said = say(world, "The bridge is open")
    actions.change_watch(bridge, by=world.ana, query="ferry")
    edit(world, said, "The bridge is open to all")
    assert mention(post).version == 1, "by the version that caught it"
    edit(world, said, "The ferry and the bridge")
    assert (mention(post).version, mention(post).why) == (2, ["ferry"])
    edit(world, said, "Fog")
    assert not Mention.objects.exists()


def test_a_story_is_left_and_the_next_tells_it_first(world: World, bridge: Watch) -> None:
    first, said = say(world, LONG)
    second, copy = say(world, f"{LONG}!", author="walker")
    third, _ = say(world, f"{LONG}.", author="cyclist")
    assert [mention(one).is_copy for one in (first, second, third)] == [False, True, True]
    edit(world, said, f"{LONG}, they say")
    assert mention(second).is_copy, "a word more is the same story still"
    edit(world, said, "A bridge of chocolate was eaten by nine happy children at the harbour fair today")
    assert [mention(one).is_copy for one in (first, second, third)] == [False, False, True]
    assert Story.objects.count() == 2
    assert not Telling.objects.get(post=second).is_copy
    assert queries.stories_and_posts(world.viewer(world.ana), bridge, days=1) == (2, 3)
    edit(world, copy, "Who knows when the bridge over the river opens for lorries and heavy waggons again")
    assert not mention(third).is_copy
    edit(world, said, LONG)
    assert mention(first).is_copy, "it joins what others tell"
    assert Story.objects.count() == 2, "a story that nobody tells is none"


def test_an_edit_of_what_a_stream_dropped_is_caught_when_it_says_so(world: World, bridge: Watch) -> None:
    wire = places.add_source("jetstream", "wss://stream.example", name="Everybody")
    sieve = Sieve(wire)
    author = base.Author(network="bluesky", address="walker.example")
    dropped = base.Post(uri="at://walker/1", author=author, text="Fog")
    sieve.take(base.Batch(items=(base.Item(raw=b"1", read=(dropped,)),), cursor={"at": 1}))
    assert not Post.objects.exists()
    now = base.Post(uri="at://walker/1", author=author, text="Fog on the bridge")
    for at in (2, 3):
        sieve.take(base.Batch(items=(base.Item(raw=b"2", read=(base.Edit(post=now),)),), cursor={"at": at}))
    heard()
    assert Mention.objects.count() == 1
