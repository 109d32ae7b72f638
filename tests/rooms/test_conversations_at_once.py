"""What two who write at the same moment cannot know of one another is mended, whichever of them was later.

On SQLite one writes at a time: there the same steps follow one another, and end the same.
"""

from __future__ import annotations

import random
import threading

import pytest
from django.db import connection
from django.db.models import F

from colonnade.conversations import actions, queries
from colonnade.conversations.events import ConversationJoined
from colonnade.conversations.models import Conversation, ConversationCount, Post
from colonnade.core import db, events, worker
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.networks import base
from colonnade.places import actions as places
from tests.rooms.at_once import gone, held_open, item
from tests.world import World

at_once = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def world(db: None) -> World:
    return World.make()


def conversation_of(uri: str) -> int:
    return Post.objects.get(said__uri=uri).conversation_id


def assert_counted_right() -> None:
    """Each counter says how many posts stand there; and nothing stands in a conversation that is a duplicate."""
    for row in ConversationCount.objects.all():
        standing = Post.objects.filter(
            conversation=row.conversation_id, scope=row.scope_id, deleted=False
        ).count()
        assert row.posts == standing, (row.conversation_id, row.scope_id)
    counted = set(ConversationCount.objects.values_list("conversation_id", "scope_id"))
    assert set(Post.objects.values_list("conversation_id", "scope_id")) <= counted
    assert not Post.objects.filter(conversation__duplicate_of__isnull=False).exists()


def two_talks(world: World) -> None:
    """Two conversations, u:a and u:c, which are one as soon as u:b comes."""
    actions.receive(world.wire, [item("u:a")])
    actions.receive(world.wire, [item("u:c", reply_to="u:b")])
    worker.settle()


# --- an answer, and the joining of its conversation ------------------------------------------------------------------


@at_once
@pytest.mark.parametrize("counted", ["together", "apart"])
def test_an_answer_that_is_committed_after_its_conversation_was_joined_follows_it(counted: str) -> None:
    world = World.make()
    two_talks(world)
    answer = item("u:d", reply_to="u:c", restricted=counted == "apart")
    link = item("u:b", reply_to="u:a")
    held_open(
        lambda: actions.receive(world.wire, [answer]),
        lambda: actions.receive(world.wire, [link]),
    )
    assert conversation_of("u:d") == conversation_of("u:a") == conversation_of("u:c")
    assert_counted_right()


@at_once
@pytest.mark.parametrize("counted", ["together", "apart"])
def test_an_answer_that_is_committed_before_its_conversation_is_joined_follows_it(counted: str) -> None:
    world = World.make()
    two_talks(world)
    answer = item("u:d", reply_to="u:c", restricted=counted == "apart")
    link = item("u:b", reply_to="u:a")
    held_open(
        lambda: actions.receive(world.wire, [link]),
        lambda: actions.receive(world.wire, [answer]),
    )
    assert conversation_of("u:d") == conversation_of("u:a") == conversation_of("u:c")
    assert_counted_right()


@at_once
@pytest.mark.parametrize("seed", range(2))
def test_a_thread_that_several_write_at_once_in_any_order_is_whole_and_none_waits_in_a_circle(
    seed: int,
) -> None:
    world = World.make()
    said = [item("u:0")] + [item(f"u:{n}", reply_to=f"u:{(n - 1) // 2}") for n in range(1, 40)]
    random.Random(seed).shuffle(said)
    faults: list[BaseException] = []

    def write(part: list[base.Item]) -> None:
        try:
            for one in part:
                actions.receive(world.wire, [one])
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(said[at::5],)) for at in range(5)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    worker.settle()
    assert faults == []
    assert Post.objects.values("conversation").distinct().count() == 1
    assert Post.objects.filter(reply_to=None).count() == 1
    assert_counted_right()


def left_behind(world: World, posts: list[str], talk: int) -> list[int]:
    """Posts stand, and are counted, in a conversation that was joined to another: as after the two tests above."""
    found = Post.objects.filter(said__uri__in=posts)
    with db.act():
        for post in found:
            for conversation, more in ((post.conversation_id, -1), (talk, 1)):
                row, _ = ConversationCount.objects.get_or_create(
                    conversation_id=conversation, scope=post.scope, defaults={"newest": post.pk}
                )
                counted = 0 if post.deleted else more
                ConversationCount.objects.filter(pk=row.pk).update(posts=F("posts") + counted)
        found.update(conversation=talk)
    return sorted(found.values_list("pk", flat=True))


@pytest.mark.parametrize("heard_of", ["the post", "the joining"])
def test_a_post_left_in_a_duplicate_follows_along_the_chain_and_is_counted_there(
    world: World, heard_of: str
) -> None:
    two_talks(world)
    lost, kept = conversation_of("u:c"), conversation_of("u:a")
    actions.receive(world.wire, [item("u:b", reply_to="u:a")])
    actions.receive(world.wire, [item("u:d", reply_to="u:c"), item("u:e", reply_to="u:d")])
    with db.act():  # what it was joined to has become part of a third
        middle = Conversation.objects.create(place=world.wire, scope=places.default_scope(world.wire))
        Conversation.objects.filter(pk=lost).update(duplicate_of=middle)
        Conversation.objects.filter(pk=middle.pk).update(duplicate_of=kept)
    actions.receive(world.wire, [gone("u:e")])
    worker.settle()
    posts = left_behind(world, ["u:d", "u:e"], lost)
    before = events.head()
    for _ in range(2):
        actions.mend(posts) if heard_of == "the post" else actions.mend_joined([lost])
    events.stamp()
    assert {post.conversation_id for post in Post.objects.all()} == {kept}
    assert queries.posts_in(world.anonymous, kept) == 4
    assert_counted_right()
    told = [heard.event for heard in events.since(before, kinds=[ConversationJoined])]
    assert told == [ConversationJoined(conversation=lost, into=kept, place=world.wire.pk)]


def test_two_conversations_joined_to_each_other_stay_one(world: World) -> None:
    """As after two who joined the same two the other way round: nobody goes in a circle."""
    two_talks(world)
    first, second = conversation_of("u:a"), conversation_of("u:c")
    with db.act():
        actions.joining.merge(world.wire, second, first)
        actions.joining.merge(world.wire, first, second)
    assert queries.current_conversation(second) == queries.current_conversation(first) == first
    assert_counted_right()


def test_an_answer_left_in_a_duplicate_is_heard_by_the_case_that_went_with_it(world: World) -> None:
    two_talks(world)
    case = inbox.open_case(Conversation.objects.get(pk=conversation_of("u:c")), by=world.ana)
    lost = conversation_of("u:c")
    actions.receive(world.wire, [item("u:b", reply_to="u:a")])
    worker.settle()
    inbox.wait(Case.objects.get(pk=case.pk), by=world.ana)
    (answer,) = actions.receive(world.wire, [item("u:d", reply_to="u:c")]).posts
    left_behind(world, ["u:d"], lost)
    inbox.hear([answer])
    assert Case.objects.get().state == "open"
    assert Case.objects.get().last_heard_id == answer


def test_what_waits_for_us_in_a_joined_case_goes_on_waiting_in_the_other(world: World) -> None:
    two_talks(world)
    kept, joined = (
        inbox.open_case(
            Conversation.objects.get(pk=conversation_of(uri)), post=Post.objects.get(said__uri=uri)
        )
        for uri in ("u:a", "u:c")
    )
    inbox.wait(kept, by=world.ana)
    actions.receive(world.wire, [item("u:b", reply_to="u:a")])
    worker.settle()
    assert Case.objects.get(pk=joined.pk).state == "solved"
    assert Case.objects.get(pk=kept.pk).state == "open"
    assert Case.objects.get(pk=kept.pk).last_heard == joined.last_heard
