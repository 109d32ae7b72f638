"""Moods: read when a post is caught, corrected by staff, learned from corrections, and switched back."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from colonnade.conversations import actions as conversations
from colonnade.core import events
from colonnade.core.db import act
from colonnade.listening import actions, queries, work
from colonnade.listening.models import Correction, Mention, MoodModel
from colonnade.networks.base import Author, Item, Post
from colonnade.primitives import clock
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.rooms.moods_of_port_alder import SAYINGS, corrections
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def arrive(world: World, *texts: str, lang: str = "en") -> list[int]:
    items = []
    for text in texts:
        world._number += 1
        author = Author(network="pretend", address="rider", name="Rider")
        post = Post(uri=f"https://pretend.example/m/{world._number}", author=author, text=text, lang=lang)
        items.append(Item(raw=text.encode(), read=(post,)))
    posts = conversations.receive(world.wire, items).posts
    events.stamp()
    while events.pump():
        events.stamp()
    return posts


def test_a_mention_has_the_mood_and_the_language_that_were_read(world: World) -> None:
    actions.add_watch("Ferry", "ferry OR fähre", by=world.ana)
    arrive(world, "I love the wonderful ferry!", "I hate this horrible ferry.")
    arrive(world, "Die Fähre ist schrecklich", lang="de-AT")
    arrive(world, "ferry", lang="x" * 12)
    found = list(Mention.objects.order_by("pk").values_list("mood", "lang"))
    assert found == [("positive", "en"), ("negative", "en"), ("unsure", "de"), ("unsure", "")]


def test_the_last_word_counts_for_every_mention_of_a_post(world: World) -> None:
    first = actions.add_watch("Ferry", "ferry", by=world.ana)
    actions.add_watch("Boats", "ferry OR boat", by=world.ana)
    (post,) = arrive(world, "I hate the ferry")
    assert actions.correct_mood(post, "neutral", by=world.ana)
    assert actions.correct_mood(post, "positive", by=world.lea)
    assert set(Mention.objects.values_list("mood", flat=True)) == {"positive"}
    assert Correction.objects.get().by == world.lea
    actions.remove_watch(first, by=world.ana)
    with act():
        Mention.objects.all().delete()
    actions.match_posts([post])
    assert Mention.objects.get().mood == "positive"
    for wrong in ("angry", "unsure", ""):
        with pytest.raises(ValueError, match="no mood"):
            actions.correct_mood(post, wrong, by=world.ana)
    with pytest.raises(PermissionDenied):
        actions.correct_mood(post, "neutral", by=world.okafor)


def test_a_house_learns_from_corrections_and_goes_back(world: World) -> None:
    said = corrections(126)
    posts = arrive(world, *(one.text for one in said))
    with act():
        Correction.objects.bulk_create(
            Correction(post_id=post, mood=one.label, lang="en", by=world.ana, at=clock.now())
            for post, one in zip(posts, said, strict=True)
        )
    assert queries.worth_learning() == ["en"]
    work.learn_moods()
    model = MoodModel.objects.get()
    assert model.switched_on
    assert model.verdict["after"] > model.verdict["before"]
    assert queries.worth_learning() == []
    actions.add_watch("Ferry", "ferry", by=world.ana)
    text = f"the ferry {SAYINGS['negative'][1]} again"
    (caught,) = arrive(world, text)
    assert Mention.objects.get(post=caught).mood == "negative"
    client = visitor(world.ana)
    client.get("/listen")
    with few_statements():
        shown = text_of(client.get("/listen/moods"))
    assert "What was learned here, version 1, reads it." in shown
    assert '<span class="num">42</span> neutral' in shown
    assert client.post("/listen/moods/switch", {"lang": "en", "version": "0"}).status_code == 302
    assert "A word list (VADER) reads it" in text_of(client.get("/listen/moods"))
    (after,) = arrive(world, f"{text} !")
    assert Mention.objects.get(post=after).mood != "negative"
    assert client.post("/listen/moods/switch", {"lang": "en", "version": "1"}).status_code == 302
    assert MoodModel.objects.get().switched_on
    for version in ("2", "x", ""):
        assert client.post("/listen/moods/switch", {"lang": "en", "version": version}).status_code == 404
    assert MoodModel.objects.get().switched_on
    assert visitor(world.okafor).get("/listen/moods").status_code == 404
