"""What two who write at the same moment cannot know of one another is mended, whichever of them was later.

On SQLite one writes at a time: there the same steps follow one another, and end the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F

from colonnade.conversations import actions, queries
from colonnade.conversations.events import ConversationJoined, PostsBuried
from colonnade.conversations.intake import uri_hash
from colonnade.conversations.models import Buried, Conversation, ConversationCount, Post, PostText
from colonnade.core import db, events, worker
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.networks import base
from colonnade.places import actions as places
from tests.world import World

URI = "https://pretend.example/post"
RIVER = base.Author(network="pretend", address="river.watch")

at_once = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def world(db: None) -> World:
    return World.make()


def item(uri: str, *, reply_to: str = "", restricted: bool = False) -> base.Item:
    said = base.Post(
        uri=uri,
        author=RIVER,
        text=f"words of {uri}",
        reply_to=reply_to,
        audience="restricted" if restricted else "public",
    )
    return base.Item(raw=b"{}", read=(said,))


def gone(uri: str = URI) -> base.Item:
    return base.Item(raw=b"", read=(base.Deletion(uri=uri),))


def held_open(slow: Callable[[], object], quick: Callable[[], object]) -> None:
    """`quick` begins, commits and is heard of while `slow` has done everything but commit; then `slow` commits.

    Where `quick` has to wait for `slow`, that one commits while it waits.
    """
    if not db.is_postgres():
        slow()
        quick()
        worker.settle()
        return
    written, may_commit = threading.Event(), threading.Event()
    faults: list[BaseException] = []

    def run() -> None:
        try:
            with db.act():
                slow()
                written.set()
                while not may_commit.wait(0.01) and not _somebody_waits_for_us():
                    pass
        except BaseException as fault:
            faults.append(fault)
        finally:
            written.set()
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    written.wait(30)
    try:
        quick()
        worker.settle()
    finally:
        may_commit.set()
        thread.join()
    assert faults == []
    worker.settle()


def _somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


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


# --- a post, and its deletion ----------------------------------------------------------------------------------------


@at_once
def test_a_deletion_that_is_committed_after_its_post_was_heard_of_is_done() -> None:
    world = World.make()
    held_open(
        lambda: actions.receive(world.wire, [gone()]),
        lambda: actions.receive(world.wire, [item(URI)]),
    )
    assert not Post.objects.filter(deleted=False).exists()
    assert not PostText.objects.filter(text__contains="words").exists()


@at_once
def test_a_post_that_is_committed_after_its_deletion_was_heard_of_is_gone() -> None:
    world = World.make()
    if (
        not db.is_postgres()
    ):  # there one comes before the other, and the post before its deletion is another test
        actions.receive(world.wire, [gone()])
    held_open(
        lambda: actions.receive(world.wire, [item(URI)]),
        lambda: actions.receive(world.wire, [gone()]),
    )
    assert not Post.objects.filter(deleted=False).exists()


def test_a_deletion_that_finds_no_post_is_announced_once_and_done_when_it_is_heard(world: World) -> None:
    worker.settle()
    before = events.head()
    for _ in range(2):
        actions.receive(world.wire, [gone(), gone("https://pretend.example/other")])
    events.stamp()
    (told,) = [heard.event for heard in events.since(before, kinds=[PostsBuried])]
    assert isinstance(told, PostsBuried)
    assert set(told.burials) == set(Buried.objects.values_list("pk", flat=True))
    with db.act():
        Buried.objects.all().delete()
    (post,) = actions.receive(world.wire, [item(URI)]).posts
    assert actions.receive(world.town, [gone()]).buried != []
    actions.mend_buried(list(Buried.objects.values_list("pk", flat=True)))
    assert not Post.objects.get(pk=post).deleted  # another place has no say
    with db.act():
        Buried.objects.update(place=world.wire)
    actions.mend_buried(list(Buried.objects.values_list("pk", flat=True)))
    assert Post.objects.get(pk=post).deleted


def test_each_place_that_said_a_post_is_gone_keeps_it_away(world: World) -> None:
    other = places.add_source("pretend", "pretend://other", name="Other wire")
    for place in (world.wire, other):
        actions.receive(place, [gone()])
    assert Buried.objects.count() == 2
    for place in (world.wire, other):
        assert actions.receive(place, [item(URI)]).posts == []
    third = places.add_source("pretend", "pretend://third", name="Third wire")
    assert len(actions.receive(third, [item(URI)]).posts) == 1


def _insert_burial(uri_hash: int, place: int) -> None:
    """As the release before this one writes it: it knows no other column."""
    with db.act(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_buried (uri_hash, author_address, at, place_id) "
            "VALUES (%s, '', '2026-01-01 00:00:00', %s)",
            [uri_hash, place],
        )


@at_once
def test_burials_from_before_they_were_kept_by_place_stay_and_the_last_release_goes_on_writing_them() -> None:
    world = World.make()
    try:
        with db.machinery():
            MigrationExecutor(connection).migrate([("conversations", "0002_full_text")])
        _insert_burial(uri_hash(URI), world.wire.pk)
    finally:
        with db.machinery():
            MigrationExecutor(connection).migrate([("conversations", "0003_buried_by_place")])
    _insert_burial(uri_hash("https://pretend.example/other"), world.wire.pk)
    for uri in (URI, "https://pretend.example/other"):
        assert actions.receive(world.wire, [item(uri)]).posts == []
