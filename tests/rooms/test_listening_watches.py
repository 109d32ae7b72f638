"""Watches: what arrives is compared with stored searches, once, and shown to whom it concerns."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from colonnade.conversations import actions as conversations
from colonnade.core import events
from colonnade.listening import actions, queries
from colonnade.listening.events import MentionsFound
from colonnade.listening.language.mistakes import QueryError
from colonnade.networks import base
from colonnade.places import actions as places
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def arrive(world: World, *texts: str) -> list[int]:
    """Posts from elsewhere, and everybody has heard of them."""
    posts = conversations.receive(world.wire, [world.incoming(text) for text in texts]).posts
    heard()
    return posts


def heard() -> None:
    """Let everybody hear what was announced, and what was announced because of it."""
    events.stamp()
    while events.pump():
        events.stamp()


def test_a_watch_catches_what_arrives_and_says_why(world: World) -> None:
    watch = actions.add_watch("Bridge", 'bridge "old town" -game', by=world.lea)
    caught, *_ = arrive(
        world,
        "The BRIDGE in the Old Town is closed",
        "A bridge game in the old town",
        "The old bridge of the town",
    )
    assert queries.mentions_for(world.viewer(world.ana), watch) == [caught]
    assert queries.why(watch, [caught]) == {caught: ["bridge", "old town"]}


def test_a_post_is_a_mention_once_however_often_it_is_heard(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    posts = arrive(world, "The ferry is late", "No boats today")
    assert actions.match_posts(posts) == 0
    assert queries.mentions_for(world.viewer(world.lea), watch) == posts[:1]


def test_what_we_say_ourselves_is_no_mention_of_us(world: World) -> None:
    account = places.add_account(
        "pretend",
        "pretend://port-alder",
        name="Port Alder",
        credentials={},
        identity=base.Author(network="pretend", address="port.alder", name="Port Alder"),
    )
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    world.start(world.town, "The ferry runs again", by=world.ana)
    _, asked = world.start(world.town, "When does the ferry leave?", by=world.okafor)
    conversations.receive(account, [world.incoming("Our ferry sails", author="port.alder")])
    heard()
    assert queries.mentions_for(world.viewer(world.lea), watch) == [asked.pk]


def test_a_mention_is_seen_by_those_who_see_the_post(world: World) -> None:
    watch = actions.add_watch("Timetable", "timetable", by=world.ana)
    _, hidden = world.start(world.partners, "The timetable changes in May", by=world.partner)
    (open_to_all,) = arrive(world, "Where is the timetable?")
    assert queries.mentions_for(world.viewer(world.ana), watch) == [open_to_all, hidden.pk]
    assert queries.mentions_for(world.viewer(world.lea), watch) == [open_to_all]


def test_watches_are_staffs(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    arrive(world, "The ferry is late")
    for viewer in (world.viewer(world.okafor), world.viewer(world.partner), world.anonymous):
        assert list(queries.watches_for(viewer)) == []
        assert queries.watch_for(viewer, watch.pk) is None
        assert queries.mentions_for(viewer, watch) == []
        assert queries.arrived_mentions(viewer, watch, 0).posts == ()
    with pytest.raises(PermissionDenied):
        actions.add_watch("Mine", "ferry", by=world.okafor)
    with pytest.raises(PermissionDenied):
        actions.change_watch(watch, query="bridge", by=world.partner)


def test_a_changed_watch_keeps_what_it_caught_and_catches_anew(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    (before,) = arrive(world, "The ferry is late")
    changed = actions.change_watch(watch, query="bridge", name="Bridge", by=world.ana)
    after, _ = arrive(world, "The bridge is closed", "The ferry is late again")
    assert (changed.version, changed.name) == (2, "Bridge")
    assert queries.mentions_for(world.viewer(world.lea), watch) == [after, before]


def test_a_paused_watch_catches_nothing_until_it_is_resumed(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    actions.pause_watch(watch, by=world.lea)
    arrive(world, "The ferry is late")
    actions.pause_watch(watch, by=world.lea)
    actions.resume_watch(watch, by=world.lea)
    (caught,) = arrive(world, "The ferry is here")
    assert queries.mentions_for(world.viewer(world.lea), watch) == [caught]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "at least one word"),
        ("  ", "at least one word"),
        ("\x00", "at least one word"),
        ("-ferry", "only leaves things out"),
        ("!?", "no letter and no digit"),
        ("(ferry", "not closed"),
    ],
)
def test_a_watch_that_looks_for_nothing_or_cannot_be_read_is_refused_with_the_reason(
    world: World, query: str, why: str
) -> None:
    with pytest.raises(QueryError, match=why):
        actions.add_watch("Nothing", query, by=world.lea)


def test_a_watch_may_ask_for_everything_that_is_known_of_a_post(world: World) -> None:
    asked = [
        actions.add_watch("", query, by=world.lea)
        for query in (
            "(ferry OR boat) NEAR/2 late",
            'network:pretend author:river.watch "the ferry"',
            "{FERRY}",
            "ferry lang:de",
            "#late ferr* has:link site:example.org",
        )
    ]
    (post,) = arrive(world, "the ferry is late")
    viewer = world.viewer(world.lea)
    assert [queries.mentions_for(viewer, one) == [post] for one in asked] == [True, True, False, False, False]
    assert queries.why(asked[0], [post]) == {post: ["ferry is late"]}


def test_a_watch_that_was_changed_or_removed_a_moment_ago_catches_as_it_is_now(world: World) -> None:
    kept = actions.add_watch("Ferry", "ferry", by=world.lea)
    gone = actions.add_watch("Boat", "boat", by=world.lea)
    arrive(world, "The ferry and the boat")
    actions.change_watch(kept, query="bridge", by=world.lea)
    actions.remove_watch(gone, by=world.lea)
    arrive(world, "The ferry, the boat")
    (bridge,) = arrive(world, "The bridge")
    assert queries.mentions_for(world.viewer(world.lea), kept)[0] == bridge
    assert len(queries.mentions_for(world.viewer(world.lea), kept)) == 2


def test_mentions_come_in_pages_and_in_the_order_of_arrival(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    first = arrive(world, *(f"Ferry {n}" for n in range(3)))
    viewer = world.viewer(world.lea)
    caught = queries.arrived_mentions(viewer, watch, 0)
    assert (caught.posts, caught.more) == (tuple(first), False)
    more = arrive(world, "Ferry 3")
    assert queries.arrived_mentions(viewer, watch, caught.seq).posts == tuple(more)
    newest = queries.mentions_for(viewer, watch, limit=2)
    assert newest == sorted([*first, *more], reverse=True)[:2]
    assert queries.mentions_for(viewer, watch, before=newest[-1]) == sorted(first + more)[:2][::-1]


def test_many_mentions_are_told_in_facts_of_a_hundred(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea, opens_case=False)
    posts = arrive(world, *(f"Ferry number {n}" for n in range(230)))
    told = events.since(0, kinds=(MentionsFound,))
    facts = [one.event for one in told]
    assert [len(fact.posts) for fact in facts if isinstance(fact, MentionsFound)][-1] <= 100
    assert [post for fact in facts if isinstance(fact, MentionsFound) for post in fact.posts] == posts
    assert all(hint.watch == watch.pk and hint.place == world.wire.pk for one in told for hint in one.hints)
