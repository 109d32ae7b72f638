"""Care for queries: their versions, what becomes of mentions, what people say of posts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from colonnade.conversations import actions as conversations
from colonnade.core import events
from colonnade.core.work import run_due
from colonnade.inbox.models import Case
from colonnade.listening import actions, queries, work
from colonnade.listening.actions import backfills
from colonnade.listening.events import MentionsFound
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.models import Label, Mention, Version
from colonnade.listening.types import Narrowing
from colonnade.networks import base
from colonnade.primitives import clock
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def arrive(world: World, *texts: str) -> list[int]:
    """Posts from elsewhere, and everybody has heard of them."""
    posts = conversations.receive(world.wire, [world.incoming(text) for text in texts]).posts
    events.stamp()
    while events.pump():
        events.stamp()
    return posts


def test_every_form_of_a_query_is_kept_with_who_wrote_it_and_what_was_changed(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry late", by=world.lea)
    actions.change_watch(watch, query='ferry "very late"', by=world.ana)
    actions.change_watch(watch, name="The ferry", by=world.ana)
    now, first = queries.versions_of(world.viewer(world.ana), watch)
    assert [(one.number, one.query, one.by) for one in (now, first)] == [
        (2, 'ferry "very late"', "Ana Duarte"),
        (1, "ferry late", "Lea Brandt"),
    ]
    assert [(run.kind, run.words) for run in now.changed] == [
        ("same", "ferry "),
        ("gone", "late"),
        ("new", '"very late"'),
    ]
    assert queries.versions_of(world.viewer(world.okafor), watch) == []


def test_going_back_is_a_new_version_with_the_old_query(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    watch = actions.change_watch(watch, query="boat", by=world.ana)
    watch = actions.go_back(watch, 1, by=world.ana)
    assert (watch.query, watch.version) == ("ferry", 3)
    assert actions.go_back(watch, 1, by=world.ana).version == 3
    assert actions.go_back(watch, 17, by=world.ana).version == 3
    assert list(Version.objects.filter(watch=watch).values_list("number", flat=True).order_by("number")) == [
        1,
        2,
        3,
    ]
    with pytest.raises(PermissionDenied):
        actions.go_back(watch, 1, by=world.okafor)


def test_a_case_is_opened_for_what_fits_the_second_query_as_well(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea, opens_case=True, case_query="late OR broken")
    late, fine = arrive(world, "the ferry is late", "the ferry is fine")
    assert set(queries.mentions_for(world.viewer(world.lea), watch)) == {late, fine}
    assert [case.last_heard_id for case in Case.objects.all()] == [late]
    actions.change_watch(watch, case_query="", by=world.lea)
    (other,) = arrive(world, "the ferry sails")
    assert {case.last_heard_id for case in Case.objects.all()} == {late, other}
    with pytest.raises(QueryError):
        actions.change_watch(watch, case_query="(late", by=world.lea)


def test_mentions_have_a_state_an_owner_and_tags_and_are_found_by_them(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    one, two, three = sorted(arrive(world, "ferry", "ferry", "ferry"))
    actions.turn_mentions(watch, [one], "done", by=world.ana)
    actions.give_mentions(watch, [two], to=world.lea, by=world.ana)
    actions.tag_mentions(watch, [two, three], ["Fares ", "fähre"], by=world.ana)
    viewer = world.viewer(world.ana)

    def asked(**narrowed: str) -> list[int]:
        return queries.mentions_for(viewer, watch, narrowed=Narrowing(**narrowed))

    assert asked(state="done") == [one]
    assert asked(state="new") == [three, two]
    assert asked(owner=str(world.lea.pk)) == [two]
    assert asked(owner="nobody") == [three, one]
    assert asked(tag="fähre") == [three, two]
    assert asked(tag="fares", owner="nobody") == [three]
    assert asked(tag="other") == []
    assert queries.tags_of(viewer, watch) == ["fares", "fähre"]
    line = queries.standing_of(viewer, watch, [two])[two]
    assert (line.state, line.owner_name, line.tags) == ("new", "Lea Brandt", ("fares", "fähre"))


def test_what_was_done_to_many_mentions_is_undone_where_nobody_changed_them_since(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    one, two = arrive(world, "ferry one", "ferry two")
    actions.tag_mentions(watch, [one, two], ["old"], by=world.ana)
    done = actions.turn_mentions(watch, [one, two, 17], "aside", by=world.ana)
    assert (len(done.done), done.left) == (2, 1)
    actions.give_mentions(watch, [two], to=world.lea, by=world.lea)
    assert actions.put_back_mentions(watch, done.done, by=world.ana) == 1
    states = dict(Mention.objects.filter(watch=watch).values_list("post_id", "state"))
    assert states == {one: "new", two: "aside"}
    away = actions.tag_mentions(watch, [one], ["old"], by=world.ana, away=True)
    assert away.done[0].tags == ("old",)
    assert actions.put_back_mentions(watch, away.done, by=world.ana) == 1
    assert Mention.objects.get(watch=watch, post=one).tags == ["old"]


def test_what_one_may_not_see_is_neither_sorted_nor_given_nor_labelled(world: World) -> None:
    watch = actions.add_watch("Timetable", "timetable", by=world.ana)
    _, hidden = world.start(world.partners, "The timetable changes in May", by=world.partner)
    arrive(world)
    assert actions.turn_mentions(watch, [hidden.pk], "done", by=world.lea).done == ()
    assert actions.give_mentions(watch, [hidden.pk], to=world.lea, by=world.ana).done == ()
    assert not actions.label_post(watch, hidden.pk, True, by=world.lea)
    assert actions.label_post(watch, hidden.pk, True, by=world.ana)
    assert len(actions.turn_mentions(watch, [hidden.pk], "done", by=world.ana).done) == 1
    with pytest.raises(PermissionDenied):
        actions.turn_mentions(watch, [hidden.pk], "new", by=world.okafor)
    with pytest.raises(PermissionDenied):
        actions.label_post(watch, hidden.pk, False, by=world.okafor)


def test_the_last_word_on_a_post_counts_and_can_be_taken_back(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    (post,) = arrive(world, "a ferry godmother")
    actions.label_post(watch, post, True, by=world.lea)
    actions.label_post(watch, post, False, by=world.ana)
    viewer = world.viewer(world.lea)
    assert queries.standing_of(viewer, watch, [post])[post].relevant is False
    actions.label_post(watch, post, None, by=world.ana)
    assert not Label.objects.exists()


def test_each_version_is_measured_by_what_people_said_of_posts(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    right = arrive(world, *["the ferry is late"] * 10)
    wrong = arrive(world, *["a ferry godmother"] * 5)
    missed = arrive(world, *["the boat is late"] * 2)
    actions.label_posts(
        watch, dict.fromkeys([*right, *missed], True) | dict.fromkeys(wrong, False), by=world.ana
    )
    watch = actions.change_watch(watch, query="(ferry OR boat) -godmother", by=world.ana)
    care = queries.care_of(world.viewer(world.ana), watch)
    first, now = care.measured[1], care.measured[2]
    assert (first.precision, first.recall) == (10 / 15, 10 / 12)
    assert (now.precision, now.recall) == (1.0, 1.0)
    assert (now.right, now.wrong) == (12, 5)
    assert {one.word for one in care.suggestions.add} == {"late", "the", "is"}


def test_too_little_said_is_no_measure_and_what_is_hidden_does_not_count(world: World) -> None:
    watch = actions.add_watch("Timetable", "timetable", by=world.ana)
    _, hidden = world.start(world.partners, "The timetable changes in May", by=world.partner)
    actions.label_post(watch, hidden.pk, True, by=world.ana)
    ana, lea = (queries.care_of(world.viewer(one), watch).measured[1] for one in (world.ana, world.lea))
    assert (ana.right, ana.precision, ana.recall) == (1, None, None)
    assert lea.right == 0


TOLD = "The ferry to the island does not run today because of the storm, says the harbour"


def test_copies_are_folded_under_the_first_and_counted_apart(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    first, *copies = sorted(arrive(world, *[TOLD] * 3))
    (late,) = arrive(world, f"RT @somebody: {TOLD} https://pretend.example/x")
    (other,) = arrive(world, "Who takes the ferry to the market with me on Sunday morning at nine?")
    viewer = world.viewer(world.lea)
    assert queries.mentions_for(viewer, watch, narrowed=Narrowing(folded=True)) == [other, first]
    assert set(queries.mentions_for(viewer, watch)) == {first, *copies, late, other}
    stands = queries.standing_of(viewer, watch, [first, other])
    assert (stands[first].told, stands[other].told) == (4, 1)
    assert queries.story_of(viewer, watch, first) == sorted([first, *copies, late], reverse=True)
    assert queries.stories_and_posts(viewer, watch, days=30) == (2, 5)
    assert actions.tell_stories({}) == {}
    assert actions.match_posts([first, late]) == 0


def test_a_copy_stands_for_its_story_where_the_first_is_hidden_or_gone(world: World) -> None:
    watch = actions.add_watch("Ferry", "ferry", by=world.ana)
    world.start(world.partners, TOLD, by=world.partner)
    arrive(world)
    (open_copy,) = arrive(world, TOLD)
    ana, lea = world.viewer(world.ana), world.viewer(world.lea)
    assert open_copy not in queries.mentions_for(ana, watch, narrowed=Narrowing(folded=True))
    assert queries.mentions_for(lea, watch, narrowed=Narrowing(folded=True)) == [open_copy]
    assert queries.standing_of(lea, watch, [open_copy])[open_copy].told == 1
    assert queries.stories_and_posts(lea, watch, days=30) == (1, 1)


def test_a_watch_catches_what_is_stored_in_parts_once_and_opens_no_cases(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfills, "AT_ONCE", 3)
    old = arrive(world, *(f"the ferry number {n} of the old days" for n in range(7)), "the bus")
    watch = actions.add_watch("Ferry", "ferry", by=world.lea, opens_case=True)
    work.backfill(watch, days=None, by=world.lea)
    assert actions.catch_more(watch.pk)
    half = queries.mentions_for(world.viewer(world.lea), watch)
    assert 0 < len(half) <= 3
    run_due(limit=50)
    arrive(world)
    assert set(queries.mentions_for(world.viewer(world.lea), watch)) == set(old[:7])
    assert not actions.catch_more(watch.pk)
    viewer = world.viewer(world.lea)
    again = queries.watch_for(viewer, watch.pk)
    assert again is not None
    told = queries.backfill_of(viewer, again)
    assert told is not None
    assert told.done
    assert not Case.objects.exists()
    work.backfill(watch, days=None, by=world.ana)
    run_due(limit=50)
    facts = [one.event for one in events.since(0, kinds=(MentionsFound,))]
    assert sorted(post for fact in facts if isinstance(fact, MentionsFound) for post in fact.posts) == sorted(
        old[:7]
    )
    with pytest.raises(PermissionDenied):
        work.backfill(watch, days=30, by=world.okafor)


def test_what_is_stored_is_caught_of_so_many_days_as_are_asked(world: World) -> None:
    (today,) = arrive(world, "the ferry of today")
    long_ago = clock.now() - timedelta(days=40)
    said = base.Post(
        uri="https://pretend.example/long-ago",
        author=base.Author(network="pretend", address="walker", name="A walker"),
        text="the ferry of long ago",
        published=long_ago,
    )
    (old,) = conversations.receive(world.wire, [base.Item(raw=b"long ago", read=(said,))]).posts
    watch = actions.add_watch("Ferry", "ferry", by=world.lea)
    for days, caught in ((30, [today]), (None, [today, old])):
        work.backfill(watch, days=days, by=world.lea)
        run_due(limit=50)
        assert queries.mentions_for(world.viewer(world.lea), watch) == caught
