"""The desk: cases, who sees them, who has them, what they say to one another."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.core import events
from colonnade.inbox import actions, queries, rules
from colonnade.inbox.models import Case
from colonnade.listening import actions as listening
from colonnade.networks import base
from colonnade.people import actions as people
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.primitives import clock
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def heard() -> None:
    """Let everybody hear what was announced, and what was announced because of it."""
    events.stamp()
    while events.pump():
        events.stamp()


def account(world: World) -> Place:
    return places.add_account(
        "pretend",
        "pretend://port-alder",
        name="Port Alder",
        credentials={},
        identity=base.Author(network="pretend", address="port.alder", name="Port Alder"),
    )


def asked(world: World, text: str = "When does the ferry leave?") -> actions.Asked:
    return actions.ask(world.questions, name="Mrs Okafor", text=text, ip_or_key="192.0.2.7")


def test_a_conversation_has_one_unsolved_case_however_often_it_is_opened(world: World) -> None:
    talk, post = world.start(world.town, "The lamp at the quay is broken", by=world.okafor)
    first = actions.open_case(talk, post=post, why="mention")
    again = actions.open_case(talk, post=post, by=world.ana)
    assert first == again
    assert (again.state, again.why, again.version) == ("open", "mention", 1)
    assert [entry.kind for entry in queries.history(world.viewer(world.ana), first)] == ["opened"]


def test_cases_are_staffs_and_follow_their_conversation(world: World) -> None:
    talk, post = world.start(world.partners, "The new timetable?", by=world.partner)
    case = actions.open_case(talk, post=post)
    assert queries.case_for(world.viewer(world.ana), case.pk) == case
    for viewer in (world.viewer(world.lea), world.viewer(world.partner), world.anonymous):
        assert queries.case_for(viewer, case.pk) is None
        assert queries.cases_for(viewer) == []
        assert queries.counts(viewer).open == 0
    with pytest.raises(PermissionDenied):
        actions.take(case, by=world.lea)
    with pytest.raises(PermissionDenied):
        actions.solve(case, by=world.partner)


def test_a_case_is_given_only_to_somebody_who_may_see_it(world: World) -> None:
    talk, post = world.start(world.partners, "The new timetable?", by=world.partner)
    case = actions.open_case(talk, post=post)
    with pytest.raises(ValueError, match="Lea Brandt cannot see"):
        actions.assign(case, to=world.lea, by=world.ana)
    taken = actions.take(case, by=world.ana)
    assert (taken.state, taken.owner) == ("assigned", world.ana)
    assert queries.counts(world.viewer(world.ana)).mine == 1
    let_go = actions.assign(case, to=None, by=world.ana)
    assert (let_go.state, let_go.owner) == ("open", None)


def test_somebody_who_saw_an_older_case_changes_nothing(world: World) -> None:
    case = asked(world).case
    seen = case.version
    actions.take(case, by=world.ana, seen_version=seen)
    with pytest.raises(rules.StaleCase, match="Look at it again"):
        actions.assign(case, to=world.lea, by=world.lea, seen_version=seen)
    assert Case.objects.get(pk=case.pk).owner == world.ana


def test_a_solved_case_is_ours_again_when_its_asker_says_more(world: World) -> None:
    question = asked(world)
    actions.take(question.case, by=world.ana)
    actions.solve(question.case, by=world.ana, outcome="told the time")
    solved = Case.objects.get(pk=question.case.pk)
    assert (solved.state, solved.outcome, solved.waiting_since) == ("solved", "told the time", None)
    actions.ask_more(question.conversation, question.person, "And on Sunday?")
    heard()
    again = Case.objects.get(pk=question.case.pk)
    assert (again.state, again.owner, again.outcome) == ("assigned", world.ana, "")
    assert again.waiting_since is not None
    kinds = [entry.kind for entry in queries.history(world.viewer(world.ana), again)]
    assert kinds == ["opened", "assigned", "solved", "heard"]


def test_what_was_heard_before_does_not_open_a_case_that_was_solved_since(world: World) -> None:
    question = asked(world)
    actions.solve(question.case, by=world.ana)
    heard()
    assert Case.objects.get(pk=question.case.pk).state == "solved"
    again = actions.reopen(question.case, by=world.ana)
    assert again.state == "open"


def test_notes_are_staffs_and_stand_in_the_thread(world: World) -> None:
    question = asked(world)
    note = actions.note(question.case, "She asked last week, too", by=world.ana)
    talk = question.conversation.pk
    staff = [line.id for line in conversation_queries.thread(world.viewer(world.lea), talk)]
    asker = [line.id for line in conversation_queries.thread(world.viewer(question.person), talk)]
    assert staff == [question.post.pk, note.pk]
    assert asker == [question.post.pk]
    heard()
    assert Case.objects.get(pk=question.case.pk).state == "open"


def test_replies_to_our_account_and_direct_words_open_a_case_and_other_talk_does_not(world: World) -> None:
    place = account(world)
    ours = world.incoming("We repaint the ferry", uri="https://pretend.example/ours", author="port.alder")
    (our_post,) = conversations.receive(place, [ours]).posts
    answer = world.incoming("In which colour?", reply_to="https://pretend.example/ours")
    aside = world.incoming("Nice weather in Port Alder")
    direct = base.Post(
        uri="https://pretend.example/direct",
        author=base.Author(network="pretend", address="cyclist"),
        text="May I bring my bicycle?",
        audience="restricted",
    )
    done = conversations.receive(place, [answer, aside, base.Item(raw=b"", read=(direct,))])
    heard()
    cases = queries.cases_for(world.viewer(world.lea))
    assert {(case.heard.id if case.heard else 0, case.why) for case in cases} == {
        (done.posts[0], "reply"),
        (done.posts[2], "direct"),
    }
    assert our_post not in {case.heard.id for case in cases if case.heard}


def test_a_watch_that_opens_cases_makes_one_a_conversation(world: World) -> None:
    listening.add_watch("Bridge", "bridge", by=world.lea, opens_case=True)
    listening.add_watch("Old", "old", by=world.lea)
    root = world.incoming("The old bridge is closed", uri="https://pretend.example/root")
    more = world.incoming("Which bridge?", reply_to="https://pretend.example/root")
    done = conversations.receive(world.wire, [root, more, world.incoming("Old boats")])
    heard()
    (case,) = queries.cases_for(world.viewer(world.ana))
    assert case.heard is not None
    assert (case.heard.id, case.why, case.state) == (done.posts[1], "mention", "open")


def test_two_conversations_that_become_one_keep_one_unsolved_case(world: World) -> None:
    place = account(world)
    early = world.incoming("And mine?", uri="https://pretend.example/b", reply_to="https://pretend.example/a")
    other = world.incoming("Mine too", uri="https://pretend.example/c", reply_to="https://pretend.example/a")
    for item in (early, other):
        (post,) = conversations.receive(place, [item]).posts
        (said,) = conversation_queries.said_of([post])
        actions.open_case(conversation_queries.conversation_by_id(said.conversation))
    assert len(queries.cases_for(world.viewer(world.ana))) == 2
    conversations.receive(place, [world.incoming("A bus is late", uri="https://pretend.example/a")])
    heard()
    (left,) = queries.cases_for(world.viewer(world.ana))
    (joined,) = queries.cases_for(world.viewer(world.ana), state="solved")
    assert (left.state, joined.conversation) == ("open", left.conversation)


def test_the_desk_shows_what_presses_first_and_then_who_waits_longest(world: World) -> None:
    with clock.stopped_at(clock.now()) as move:
        cases = []
        for number in range(5):
            question = actions.ask(
                world.questions, name="", text=f"Question {number}", ip_or_key=f"key {number}"
            )
            cases.append(question.case.pk)
            move(10)
        actions.set_priority(Case.objects.get(pk=cases[3]), 2, by=world.ana)
        viewer = world.viewer(world.ana)
        whole = [case.id for case in queries.cases_for(viewer)]
        assert whole == [cases[3], cases[0], cases[1], cases[2], cases[4]]
        pages, after = [], None
        while page := queries.cases_for(viewer, after=after, limit=2):
            pages += [case.id for case in page]
            after = page[-1].id
        assert pages == whole
        for pk in cases[:3]:
            actions.solve(Case.objects.get(pk=pk), by=world.ana)
            move(10)
        solved = queries.cases_for(viewer, state="solved", limit=2)
        rest = queries.cases_for(viewer, state="solved", after=solved[-1].id)
        assert [case.id for case in solved + rest] == [cases[2], cases[1], cases[0]]


def test_a_look_is_told_to_others_for_a_minute(world: World) -> None:
    case = asked(world).case
    with clock.stopped_at(clock.now()) as move:
        actions.look(case, world.ana)
        actions.look(case, world.lea)
        assert [one.name for one in queries.looking_at(case, besides=world.ana.pk)] == ["Lea Brandt"]
        move(queries.desk.LOOKS_LAST_S + 1)
        assert queries.looking_at(case) == []
        move(86_400)
        assert actions.forget_looks() == 2


def test_tags_are_folded_and_kept_once(world: World) -> None:
    case = actions.tag(asked(world).case, ["Ferry", " ferry ", "\x00", "TIMES"], by=world.ana)
    assert case.tags == ["ferry", "times"]


def test_the_program_of_somebody_needs_the_permission_for_cases(world: World) -> None:
    case = asked(world).case
    viewer = world.viewer(world.ana)
    assert queries.case_for(replace(viewer, permissions=frozenset({"read"})), case.pk) is None
    assert queries.case_for(replace(viewer, permissions=frozenset({"cases"})), case.pk) == case
    assert queries.case_for(replace(viewer, ceiling=frozenset({world.town.pk})), case.pk) is None
    assert queries.case_for(replace(viewer, ceiling=frozenset({world.questions.pk})), case.pk) == case


def test_a_person_who_was_suspended_does_nothing_more(world: World) -> None:
    case = asked(world).case
    people.suspend(world.lea, by=world.ines)
    world.lea.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.take(case, by=world.lea)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_open_a_case_at_once_open_one() -> None:
    world = World.make()
    talk, post = world.start(world.town, "The lamp at the quay is broken", by=world.okafor)
    barrier, made = threading.Barrier(4), []

    def open_it() -> None:
        try:
            barrier.wait()
            made.append(actions.open_case(talk, post=post).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1
