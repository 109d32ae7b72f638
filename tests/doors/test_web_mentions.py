"""Mentions on the page of their watch: said right or wrong, sorted one by one and together, with versions and figures."""

from __future__ import annotations

import re

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.listening import actions as listening
from colonnade.listening.models import Label, Mention, Watch
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, posts_on, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def world() -> World:
    return World.make()


def arrive(world: World, *texts: str) -> list[int]:
    made = conversations.receive(world.wire, [world.incoming(text) for text in texts])
    worker.settle()
    return sorted(made.posts)


def test_a_mention_is_said_right_or_wrong_and_that_is_taken_back(world: World) -> None:
    watch = listening.add_watch("The ferry", "ferry", by=world.ana)
    (post,) = arrive(world, "a ferry godmother")
    client, address = visitor(world.ana), f"/listen/{watch.pk}/mentions/label?post={post}"
    wrong = text_of(client.post(address, {"relevant": "no"}, headers=HTMX))
    assert 'value="none" aria-pressed="true" data-in-post="n"' in wrong
    assert Label.objects.get(watch=watch, post=post).relevant is False
    assert client.post(address, {"relevant": "none"})["Location"] == f"/listen/{watch.pk}#mention-{post}"
    assert not Label.objects.exists()
    assert client.post(address, {"relevant": "maybe"}).status_code == 404


def test_mentions_are_sorted_together_and_put_back_in_ten_seconds(world: World) -> None:
    watch = listening.add_watch("The ferry", "ferry", by=world.ana)
    one, two = arrive(world, "ferry one", "ferry two")
    client, address = visitor(world.ana), f"/listen/{watch.pk}/mentions"
    told = text_of(client.post(f"{address}/state", {"post": [one, two], "state": "done"}, headers=HTMX))
    assert "2 mentions sorted." in told
    assert told.count('hx-swap-oob="true"') == 2
    assert posts_on(client.get(f"/listen/{watch.pk}?state=done")) == [two, one]
    assert posts_on(client.get(f"/listen/{watch.pk}?state=new")) == []
    sealed = re.search(r'name="before" value="([^"]+)"', told)
    assert sealed is not None
    assert "2 mentions are as they were." in text_of(
        client.post(f"{address}/undo", {"before": sealed[1]}, headers=HTMX)
    )
    assert set(Mention.objects.values_list("state", flat=True)) == {"new"}
    other = visitor(world.lea).post(f"{address}/undo", {"before": sealed[1]}, headers=HTMX)
    assert other.status_code == 422


def test_mentions_are_handed_over_and_tagged_and_shown_by_that(world: World) -> None:
    watch = listening.add_watch("The ferry", "ferry", by=world.ana)
    one, two = arrive(world, "ferry one", "ferry two")
    client, address = visitor(world.ana), f"/listen/{watch.pk}"
    assert "Lea Brandt" in text_of(client.get(f"{address}?part=colleagues"))
    client.post(f"{address}/mentions/give", {"post": one, "to": world.lea.pk}, headers=HTMX)
    client.post(f"{address}/mentions/tag", {"post": [one, two], "tags": "fares, pier"}, headers=HTMX)
    client.post(f"{address}/mentions/untag", {"post": two, "tags": "fares"}, headers=HTMX)
    assert posts_on(client.get(f"{address}?owner={world.lea.pk}")) == [one]
    assert posts_on(client.get(f"{address}?owner=nobody&tag=pier")) == [two]
    shown = client.get(f"{address}?tag=fares")
    assert posts_on(shown) == [one]
    assert f'data-column="/columns/posts?watch={watch.pk}&amp;care=1&amp;tag=fares"' in text_of(shown)
    assert posts_on(client.get(f"/columns/posts?watch={watch.pk}&care=1&tag=fares")) == [one]
    assert "mention-" not in text_of(client.get(f"/columns/posts?watch={watch.pk}"))
    nobody = client.post(f"{address}/mentions/give", {"post": one, "to": world.okafor.pk}, headers=HTMX)
    assert nobody.status_code == 422


def test_a_watch_says_how_well_each_version_listens_and_goes_back(world: World) -> None:
    watch = listening.add_watch("The ferry", "ferry", by=world.ana)
    right = arrive(world, *["the ferry is late"] * 9)
    wrong = arrive(world, *["a ferry godmother"] * 3)
    listening.label_posts(watch, dict.fromkeys(right, True) | dict.fromkeys(wrong, False), by=world.ana)
    client = visitor(world.ana)
    care = text_of(client.get(f"/listen/{watch.pk}?part=care"))
    assert "<b>75 %</b>" in care
    assert "too few" in care
    assert 'name="leave_out" value="godmother"' in care
    assert (
        "1 story in 12 posts" in care or "12 stories in 12 posts" in care or "2 stories in 12 posts" in care
    )
    client.post(f"/listen/{watch.pk}/words", {"leave_out": "godmother"})
    watch.refresh_from_db()
    assert (watch.query, watch.version) == ("ferry -godmother", 2)
    care = text_of(client.get(f"/listen/{watch.pk}?part=care"))
    assert "<ins> -godmother</ins>" in care
    client.post(f"/listen/{watch.pk}/back", {"version": "1"})
    watch.refresh_from_db()
    assert (watch.query, watch.version) == ("ferry", 3)


def test_cases_are_opened_for_what_the_form_says(world: World) -> None:
    client = visitor(world.ana)
    client.post("/listen/add", {"query": "ferry", "opens_case": "1", "case_query": "late"})
    watch = Watch.objects.get(query="ferry")
    assert (watch.opens_case, watch.case_query) == (True, "late")
    assert 'name="case_query" value="late"' in text_of(client.get(f"/listen/{watch.pk}/edit"))
    wrong = client.post(f"/listen/{watch.pk}/change", {"query": "ferry", "case_query": "(late"})
    assert wrong.status_code == 422


def test_mentions_of_hidden_posts_are_neither_shown_nor_sorted(world: World) -> None:
    watch = listening.add_watch("Timetable", "timetable", by=world.ana)
    _, hidden = world.start(world.partners, "The timetable changes in May", by=world.partner)
    worker.settle()
    client = visitor(world.lea)
    for what, field in (("label", {"relevant": "yes"}), ("state", {"state": "done"})):
        there, absent = (
            client.post(f"/listen/{watch.pk}/mentions/{what}?post={pk}", field, headers=HTMX)
            for pk in (hidden.pk, 17)
        )
        assert there.status_code == absent.status_code == 404
    assert posts_on(client.get(f"/listen/{watch.pk}?story={hidden.pk}")) == []
    assert_the_same_as_absent(
        visitor(world.okafor), f"/listen/{watch.pk}/mentions/state", "/listen/17/mentions/state", "post"
    )


def test_the_page_of_a_watch_needs_few_statements_with_all_its_care(world: World) -> None:
    watch = listening.add_watch("The ferry", "ferry", by=world.ana)
    posts = arrive(world, *["the ferry is late"] * 6)
    listening.label_posts(watch, dict.fromkeys(posts, True), by=world.ana)
    listening.give_mentions(watch, posts[:3], to=world.lea, by=world.ana)
    listening.tag_mentions(watch, posts, ["late"], by=world.ana)
    client = visitor(world.ana)
    for path in ("", "?state=new&tag=late", f"?owner={world.lea.pk}", f"?story={posts[0]}", "?part=care",
                 "?part=colleagues"):  # fmt: skip
        with few_statements():
            assert client.get(f"/listen/{watch.pk}{path}").status_code == 200
