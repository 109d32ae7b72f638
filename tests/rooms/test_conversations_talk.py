"""Saying something here: audiences along the chain, notes, narrowing, editing, and search in words."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from colonnade.conversations import actions, queries, rules
from colonnade.core.db import WriteOutsideAction
from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard, Reading
from colonnade.people import actions as people
from colonnade.places import actions as places
from colonnade.places import queries as places_queries
from colonnade.places.models import Scope
from colonnade.places.rules import STAFF_ONLY
from tests.searching import search
from tests.world import World


@pytest.fixture
def world(db: None) -> World:
    return World.make()


def test_an_answer_to_a_private_question_stays_private(world: World) -> None:
    talk, question = world.start(world.questions, "May I bring a dog?", by=world.okafor, private=True)
    answer = actions.say(talk, "Yes, on a lead.", by=world.identity(world.ana), reply_to=question)
    assert queries.post_for(world.anonymous, answer.pk) is None
    assert queries.post_for(world.viewer(world.okafor), answer.pk) is not None
    assert queries.post_for(world.viewer(world.lea), answer.pk) is not None


def test_a_staff_note_is_no_link_of_the_chain_unless_it_is_answered(world: World) -> None:
    talk, question = world.start(world.town, "When does the ferry go?", by=world.okafor)
    note = actions.note(talk, "Ask the harbour first", by=world.identity(world.tomasz), person=world.tomasz)
    public = actions.say(talk, "At nine.", by=world.identity(world.ana), reply_to=question)
    inside = actions.say(talk, "They say nine.", by=world.identity(world.ana), reply_to=note)
    assert queries.post_for(world.anonymous, public.pk) is not None
    assert queries.post_for(world.anonymous, inside.pk) is None


def test_widening_is_refused(world: World) -> None:
    talk, question = world.start(world.questions, "private", by=world.okafor, private=True)
    wide = places.default_scope(world.questions)
    with pytest.raises(rules.WideningRefused):
        actions.say(talk, "to everyone", by=world.identity(world.ana), scope=wide, reply_to=question)
    assert queries.posts_in(world.viewer(world.ana), talk.pk) == 1


def test_the_audience_is_named_in_words(world: World) -> None:
    words = lambda scope: places_queries.audience_in_words(scope).text  # noqa: E731
    talk, _ = world.start(world.questions, "private", by=world.okafor, private=True)
    assert words(places.default_scope(world.town)) == "Everyone on the web"
    assert words(places.default_scope(world.staff_room)) == "Staff only"
    assert words(places.default_scope(world.signed_in)) == "Everyone who is signed in"
    assert words(places.default_scope(world.partners)) == "2 people in Partners"
    assert words(talk.scope) == "Those in this conversation and staff"


def test_only_staff_leave_notes(world: World) -> None:
    talk, _ = world.start(world.town, "hello", by=world.okafor)
    with pytest.raises(PermissionDenied):
        actions.note(talk, "sneaky", by=world.identity(world.okafor), person=world.okafor)


def test_closing_a_place_hides_its_posts_and_search_still_finds_them_for_staff(world: World) -> None:
    _, post = world.start(world.town, "the old bridge", by=world.ana)
    assert search(world.anonymous, "bridge") == [post.pk]
    places.set_audience(world.town, STAFF_ONLY)
    assert search(world.anonymous, "bridge") == []
    assert search(world.viewer(world.lea), "bridge") == [post.pk]
    for scope in Scope.objects.filter(stale_hints=True):
        actions.renew_hints(scope.pk)
    assert search(world.viewer(world.lea), "bridge") == [post.pk]


def test_a_mute_and_a_block_hide_and_the_desk_is_not_bound(world: World) -> None:
    _, post = world.start(world.town, "I shout", by=world.okafor)
    people.mute(world.identity(world.lea), target=world.identity(world.okafor))
    people.block(world.identity(world.okafor), target=world.identity(world.tomasz))
    assert queries.newest(world.viewer(world.lea)) == []
    assert queries.newest(world.viewer(world.tomasz)) == []
    assert queries.newest(world.viewer(world.ana)) == [post.pk]
    assert queries.newest(world.anonymous) == [post.pk]


def test_a_suspended_person_sees_nothing_and_is_seen(world: World) -> None:
    _, post = world.start(world.town, "before", by=world.okafor)
    people.suspend(world.okafor, by=world.ines)
    assert queries.newest(world.viewer(world.okafor)) == []
    assert queries.newest(world.anonymous) == [post.pk]


def test_its_author_edits_a_post_and_nobody_else(world: World) -> None:
    _, post = world.start(world.town, "frist", by=world.okafor)
    with pytest.raises(PermissionDenied):
        actions.edit(post.pk, "mine now", by=world.ana)
    actions.edit(post.pk, "first", by=world.okafor)
    (line,) = queries.lines(world.anonymous, [post.pk])
    assert (line.text, line.edited is not None) == ("first", True)


def test_an_admin_deletes_a_post_and_a_member_does_not(world: World) -> None:
    _, post = world.start(world.town, "rude", by=world.okafor)
    with pytest.raises(PermissionDenied):
        actions.delete(post.pk, by=world.ana)
    actions.delete(post.pk, by=world.tomasz)
    assert queries.newest(world.anonymous) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ferry", True),
        ("FERRY", True),
        ("ferry bridge", False),
        ('"ferry leaves"', True),
        ('"leaves ferry"', False),
        ("„ferry leaves“", True),
        ("“leaves ferry”", False),
        ("ferry -late", True),
        ("ferry -nine", False),
        ("straße", True),
        ("STRASSE", True),
        ("渡し船", True),
        ("naïve", True),
    ],
)
def test_words_and_phrases_find_the_same_on_both_databases_and_in_memory(
    world: World, query: str, found: bool
) -> None:
    text = "The Ferry leaves at nine, Straße 4. naïve 渡し船"
    _, post = world.start(world.town, text, by=world.ana)
    assert search(world.anonymous, query) == ([post.pk] if found else [])
    assert holds(parse(query), Reading(Heard(text))) is found


def test_a_search_without_a_word_is_refused_with_a_sentence(world: World) -> None:
    with pytest.raises(QueryError, match="only leaves things out"):
        search(world.anonymous, "-only")


def test_a_post_written_past_the_actions_is_refused(world: World) -> None:
    with pytest.raises(WriteOutsideAction):
        world.town.save()


def test_nothing_said_is_refused_with_a_sentence(world: World) -> None:
    with pytest.raises(ValueError, match="at least one word"):
        world.start(world.town, "  \n ", by=world.ana)
