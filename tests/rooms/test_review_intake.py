"""One bad thing in what a network brings never keeps the rest out, nor stops the next visit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError

from colonnade.conversations import actions, work
from colonnade.conversations.models import Attachment, Buried, Mark, PendingReply, Post, PostText, Raw
from colonnade.core import points
from colonnade.core.db import act
from colonnade.core.models import Job
from colonnade.deliveries import rules as delivery_rules
from colonnade.networks import base, registry
from colonnade.places import actions as places
from colonnade.places.models import Polling
from colonnade.primitives import clock
from tests.world import World

URI = "https://pretend.example/post"
BAD = ("nul\x00", "half \ud800", "long" * 400)


@pytest.fixture
def world(db: None) -> World:
    return World.make()


def item(*read: Any) -> base.Item:
    return base.Item(raw=b"as it came", read=read)


@pytest.mark.parametrize("bad", BAD, ids=["nul", "surrogate", "long"])
def test_a_bad_name_in_a_mark_a_follow_or_a_profile_does_not_hold_up_the_cursor(
    world: World, bad: str
) -> None:
    actions.receive(world.wire, [world.incoming("liked", uri=URI)])
    author = base.Author(network="pretend", address=bad, name=bad)
    strange = [
        base.Mark(uri=URI, author=author, kind=bad, value=bad),
        base.Follow(author=author, target=bad),
        base.Profile(author=author),
        base.Deletion(uri=bad),
        base.Edit(post=base.Post(uri=URI, author=author, text=f"now {bad}")),
    ]
    good = base.Mark(uri=URI, author=base.Author(network="pretend", address="reader"))
    polled = actions.Polled(cursor={"at": 2}, again_in_s=60)
    actions.receive(world.wire, [item(*strange, good)], polled=polled)
    assert Polling.objects.get(place=world.wire).cursor == {"at": 2}
    assert Mark.objects.filter(identity__address="reader").exists()


@pytest.mark.parametrize("bad", BAD, ids=["nul", "surrogate", "long"])
def test_a_bad_file_does_not_keep_its_post_out(world: World, bad: str) -> None:
    media = base.Media(url=f"https://x.example/{bad}", media_type=bad, size=10**30, description=bad)
    author = base.Author(network="pretend", address="a")
    done = actions.receive(
        world.wire, [item(base.Post(uri=URI, author=author, text="see", media=(media,), ours_key=bad))]
    )
    assert len(done.posts) == 1
    assert Attachment.objects.get().size > 10**15


@pytest.mark.parametrize("bad", BAD, ids=["nul", "surrogate", "long"])
def test_a_bad_reason_can_be_kept(world: World, bad: str) -> None:
    assert actions.receive(world.wire, [item(base.Unreadable(reason=bad))]).quarantined == 1
    places.note_failed_poll(world.wire, bad)
    assert "\x00" not in delivery_rules.sentence(base.Refused(bad))


def test_a_post_that_expands_in_the_index_is_written(world: World) -> None:
    """Each of these signs stands for a word of up to six letters, so the text is ten times as long when it is folded."""
    words = " ".join(f"{chr(0x3300 + n % 80) * 30}{n}" for n in range(3000))
    author = base.Author(network="pretend", address="a")
    done = actions.receive(world.wire, [item(base.Post(uri=URI, author=author, text=words))])
    assert len(done.posts) == 1


def test_a_refused_post_does_not_undo_the_action_it_came_in(world: World) -> None:
    """A pushed payload is taken in as one action: the post that the database refuses goes alone."""

    def refuse(point: str) -> None:
        if (
            point == "receive.raw-and-posts-written"
            and PostText.objects.filter(text__contains="refuse me").exists()
        ):
            raise DataError("no such letter")

    points.install(refuse)
    try:
        with act():
            done = actions.receive(
                world.wire, [world.incoming("first"), world.incoming("refuse me"), world.incoming("last")]
            )
    finally:
        points.install(None)
    assert (len(done.posts), done.quarantined) == (2, 1)
    assert Post.objects.count() == 2


class Stumbling:
    """A connector with a fault."""

    capabilities = base.Capabilities(network="pretend", can_pull=True, can_read=True)

    def __init__(self, address: str, credentials: Any, http: Any) -> None:
        self.address = address

    def pull(self, cursor: Any) -> base.Batch:
        raise KeyError("surprise")

    def read(self, payload: bytes) -> Any:
        raise KeyError("surprise")


@pytest.fixture
def stumbling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.CONNECTORS, "pretend", f"{__name__}:Stumbling")


def test_a_payload_over_which_a_connector_stumbles_is_kept_with_its_reason(
    world: World, stumbling: None
) -> None:
    raw = actions.keep(world.wire, b"{}")
    assert actions.parse_kept(raw.pk).quarantined == 1
    raw.refresh_from_db()
    assert raw.state == "quarantined"
    assert "KeyError" in raw.reason


def test_a_connector_that_stumbles_is_asked_again_later_and_not_at_once(
    world: World, stumbling: None
) -> None:
    actions.poll(world.wire)
    polling = Polling.objects.get(place=world.wire)
    assert polling.health == "failing"
    assert polling.due_at is not None
    assert polling.due_at > clock.now() + timedelta(seconds=20)


def test_a_place_that_was_gone_may_fail_again(world: World) -> None:
    places.note_failed_poll(world.wire, "gone for good", health="gone")
    places.poll_now(world.wire)
    places.note_failed_poll(world.wire, "no answer")
    assert Polling.objects.get(place=world.wire).health == "failing"


def test_a_place_that_is_being_read_is_not_queued_again(world: World) -> None:
    work.pull_due()
    assert Job.objects.filter(function__endswith=".pull").count() == 1
    with act():
        Job.objects.filter(function__endswith=".pull").update(state="taken")  # a worker is at it
    work.pull_due()
    assert Job.objects.filter(function__endswith=".pull").count() == 1


# --- what two processes could not know of one another -----------------------------------------------------------------


def test_an_answer_that_arrived_in_the_same_moment_as_its_question_finds_it(world: World) -> None:
    """As after two transactions of which neither saw the other: the answer still waits, the question is here."""
    reply = world.incoming("answer", uri=f"{URI}/answer", reply_to=URI)
    (answer,) = actions.receive(world.wire, [reply]).posts
    with act():
        waiting = PendingReply.objects.values_list("uri_hash", flat=True).get()
        PendingReply.objects.all().delete()
    (question,) = actions.receive(world.wire, [world.incoming("question", uri=URI)]).posts
    with act():
        PendingReply.objects.create(post_id=answer, uri_hash=waiting)
    for posts in ([answer], [question]):
        actions.mend(posts)
        found = Post.objects.get(pk=answer)
        assert (found.reply_to_id, found.conversation_id) == (
            question,
            Post.objects.get(pk=question).conversation_id,
        )
    assert not PendingReply.objects.exists()


def test_a_deletion_in_the_same_moment_as_its_post_is_done(world: World) -> None:
    (post,) = actions.receive(world.wire, [world.incoming("secret", uri=URI)]).posts
    with act():
        Buried.objects.create(uri_hash=Post.objects.get(pk=post).uri_hash, place=world.wire, at=clock.now())
    actions.mend([post])
    actions.mend([post])
    assert Post.objects.get(pk=post).deleted
    assert PostText.objects.get(pk=post).text == ""


def test_a_post_whose_name_only_has_the_same_hash_is_kept_with_its_reason(world: World) -> None:
    (post,) = actions.receive(world.wire, [world.incoming("one", uri=URI)]).posts
    with act():
        PostText.objects.filter(pk=post).update(uri="https://pretend.example/another-name")
    done = actions.receive(world.wire, [world.incoming("two", uri=URI), world.incoming("three")])
    assert (len(done.posts), done.known) == (1, [])
    assert Raw.objects.get(state="quarantined").payload == b"two"
