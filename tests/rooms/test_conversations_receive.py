"""The one way in: threads whole whatever the order, once whatever is repeated, and nothing lost to bad input."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from colonnade.conversations import actions, queries
from colonnade.conversations.models import Buried, Conversation, Post, Raw
from colonnade.core import events
from colonnade.networks import base
from tests.searching import search
from tests.world import World

RIVER = base.Author(network="pretend", address="river.watch")


def item(uri: str, text: str, **more: object) -> base.Item:
    return base.Item(raw=b"{}", read=(base.Post(uri=uri, author=RIVER, text=text, **more),))  # type: ignore[arg-type]


@pytest.fixture
def world(db: None) -> World:
    return World.make()


def test_what_comes_in_is_kept_raw_written_and_announced_once(world: World) -> None:
    events.stamp()
    before = events.head()
    done = actions.receive(
        world.wire, [item("u:1", "The ferry is late"), item("u:2", "The bridge is closed")]
    )
    events.stamp()
    assert len(done.posts) == 2
    assert [heard.event.posts for heard in events.since(before)] == [tuple(done.posts)]  # type: ignore[attr-defined]
    assert Raw.objects.filter(post__in=done.posts, state="parsed").count() == 2


def test_the_same_uri_is_written_once_however_often_it_comes(world: World) -> None:
    first = actions.receive(world.wire, [item("u:1", "once"), item("u:1", "once")])
    again = actions.receive(world.wire, [item("u:1", "once")])
    assert (len(first.posts), again.posts, again.known) == (1, [], first.posts)


@pytest.mark.parametrize("seed", range(5))
def test_a_thread_is_whole_in_whatever_order_its_posts_arrive(world: World, seed: int) -> None:
    said = [item("u:0", "root")]
    said += [item(f"u:{n}", f"answer {n}", reply_to=f"u:{(n - 1) // 2}") for n in range(1, 12)]
    random.Random(seed).shuffle(said)
    for one in said:
        actions.receive(world.wire, [one])
    assert Post.objects.values("conversation_id").distinct().count() == 1
    open_talk = Conversation.objects.get(duplicate_of=None)
    assert len(queries.thread(world.anonymous, open_talk.pk)) == 12
    assert queries.posts_in(world.anonymous, open_talk.pk) == 12
    answers = {line.text: line.reply_to for line in queries.thread(world.anonymous, open_talk.pk)}
    assert sum(1 for answered in answers.values() if answered is None) == 1


def test_a_conversation_joined_to_another_says_where_the_talk_goes_on(world: World) -> None:
    actions.receive(world.wire, [item("u:a", "root")])
    actions.receive(world.wire, [item("u:c", "late child", reply_to="u:b")])
    lost = Post.objects.get(said__uri="u:c").conversation_id
    actions.receive(world.wire, [item("u:b", "the link between", reply_to="u:a")])
    assert queries.current_conversation(lost) == Post.objects.get(said__uri="u:a").conversation_id


def test_an_edit_keeps_what_was_said_before_and_the_search_follows(world: World) -> None:
    (post,) = actions.receive(world.wire, [item("u:1", "The ferry is late")]).posts
    edited = base.Edit(post=base.Post(uri="u:1", author=RIVER, text="The bridge is closed"))
    assert actions.receive(world.wire, [base.Item(raw=b"", read=(edited,))]).edited == [post]
    assert search(world.anonymous, "ferry") == []
    assert search(world.anonymous, "bridge closed") == [post]
    row = Post.objects.get(pk=post)
    assert [revision.text for revision in row.revisions.all()] == ["The ferry is late"]


def test_a_deletion_leaves_a_tombstone_and_takes_the_words(world: World) -> None:
    root, answer = actions.receive(
        world.wire, [item("u:1", "secret words"), item("u:2", "an answer", reply_to="u:1")]
    ).posts
    gone = base.Item(raw=b"", read=(base.Deletion(uri="u:1"),))
    assert actions.receive(world.wire, [gone]).deleted == [root]
    lines = queries.thread(world.anonymous, Post.objects.get(pk=root).conversation_id)
    assert [(line.id, line.deleted, line.text) for line in lines] == [
        (root, True, ""),
        (answer, False, "an answer"),
    ]
    assert search(world.anonymous, "secret") == []
    assert not Raw.objects.filter(post=root).exists()
    assert queries.newest(world.anonymous) == [answer]


def test_a_deletion_that_comes_first_keeps_its_post_away(world: World) -> None:
    actions.receive(world.wire, [base.Item(raw=b"", read=(base.Deletion(uri="u:1"),))])
    assert actions.receive(world.wire, [item("u:1", "never seen")]).posts == []
    assert Buried.objects.count() == 1


def test_only_the_place_that_brought_a_post_may_change_it(world: World) -> None:
    (post,) = actions.receive(world.wire, [item("u:1", "ours to keep")]).posts
    actions.receive(world.town, [base.Item(raw=b"", read=(base.Deletion(uri="u:1"),))])
    assert not Post.objects.get(pk=post).deleted


def test_what_can_not_be_read_is_kept_with_its_reason_and_the_rest_goes_on(world: World) -> None:
    broken = base.Item(raw=b"\xff\xfe", read=(base.Unreadable(reason="This is not UTF-8."),))
    nothing = item("u:0", "")
    done = actions.receive(world.wire, [broken, nothing, item("u:1", "good")])
    assert (len(done.posts), done.quarantined) == (1, 2)
    reasons = set(Raw.objects.filter(state="quarantined").values_list("reason", flat=True))
    assert reasons == {"This is not UTF-8.", "The post has no text, no title and no file."}


@pytest.mark.parametrize(
    "hostile",
    [
        "\u0301" * 500,
        "a\x00b",
        "\ud800 half a letter",
        "x" * 2_000_000,
        "@somebody " * 100_000,
        "\u202e" * 100 + "turned",
        "<script>alert(1)</script>",
    ],
)
def test_hostile_text_is_stored_clean_or_refused_and_never_stops_the_next(world: World, hostile: str) -> None:
    done = actions.receive(world.wire, [item("u:bad", hostile), item("u:good", "the next good message")])
    assert Post.objects.filter(said__uri="u:good").count() == 1
    assert len(done.posts) + done.quarantined == 2
    for line in queries.lines(world.anonymous, done.posts):
        assert "<script" not in line.html
        assert "\x00" not in line.text


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), None])
def test_a_sender_s_clock_is_held_between_2000_and_arrival(world: World, moment: datetime | None) -> None:
    (post,) = actions.receive(world.wire, [item("u:1", "when?", published=moment)]).posts
    (line,) = queries.lines(world.anonymous, [post])
    assert 2000 <= line.published.year <= datetime.now(UTC).year


def test_a_restricted_message_is_seen_by_staff_alone(world: World) -> None:
    (post,) = actions.receive(world.wire, [item("u:1", "only for you", audience="restricted")]).posts
    assert queries.post_for(world.anonymous, post) is None
    assert queries.post_for(world.viewer(world.okafor), post) is None
    assert queries.post_for(world.viewer(world.ana), post) is not None


def test_a_large_batch_is_written_whole_in_short_transactions(world: World) -> None:
    done = actions.receive(world.wire, [item(f"u:{n}", f"post number {n}") for n in range(1500)])
    assert len(done.posts) == 1500
    assert queries.posts_in(world.anonymous, Post.objects.get(pk=done.posts[0]).conversation_id) == 1


def test_the_cursor_moves_with_the_last_post(world: World) -> None:
    polled = actions.Polled(cursor={"since": 7}, again_in_s=60)
    actions.receive(world.wire, [item("u:1", "one")], polled=polled)
    world.wire.polling.refresh_from_db()
    assert world.wire.polling.cursor == {"since": 7}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_same_post_twice_at_once_is_written_once() -> None:
    world = World.make()
    faults: list[BaseException] = []
    together = threading.Barrier(4)

    def deliver() -> None:
        try:
            together.wait()
            for n in range(20):
                actions.receive(world.wire, [item(f"u:{n}", f"post {n}")])
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert Post.objects.count() == 20
