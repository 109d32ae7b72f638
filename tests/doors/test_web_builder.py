"""A first watch from a name: what it would have caught, yes and no of a sample, words to press."""

from __future__ import annotations

import re

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.listening import actions as listening
from colonnade.listening import queries
from colonnade.listening.models import Label, Mention, Watch
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

FERRY = [
    "Port Alder ferry is late",
    "the ferry of port alder",
    "ferry at Port Alder again",
    "PortAlder: no ferry",
]
WINE = ["Port Alder wine, a bottle", "a wine named port alder", "wine from Port Alder", "#portalder wine"]


@pytest.fixture
def world() -> World:
    return World.make()


def arrive(world: World, *texts: str) -> list[int]:
    made = conversations.receive(world.wire, [world.incoming(text) for text in texts])
    worker.settle()
    return made.posts


def sampled(html: str) -> set[int]:
    return {int(pk) for pk in re.findall(r'id="hit-(\d+)"', html)}


def test_a_name_finds_the_ways_in_which_it_is_written(world: World) -> None:
    arrive(world, *FERRY, *WINE, "the harbour")
    client = visitor(world.ana)
    shown = text_of(client.get("/listen/preview", {"topic": "Port Alder"}))
    assert "<b>8</b> of the 9 posts of 30 days" in shown
    assert 'value="&quot;port alder&quot;" id="way-1" checked' in shown
    assert len(sampled(shown)) == 6
    assert len(sampled(text_of(client.get("/listen/preview", {"topic": "Port Alder", "further": "1"})))) == 8
    fewer = {"topic": "Port Alder", "offered": "Port Alder", "way": "#portalder"}
    assert "<b>1</b> of the 9" in text_of(client.get("/listen/preview", fewer))
    assert "Write the name." in text_of(client.get("/listen/new"))


def test_yes_and_no_offer_words_that_are_pressed_and_kept(world: World) -> None:
    right, wrong = arrive(world, *FERRY), arrive(world, *WINE)
    said = {f"said-{pk}": "y" for pk in right} | {f"said-{pk}": "n" for pk in wrong}
    client = visitor(world.ana)
    shown = text_of(client.get("/listen/preview", {"topic": "Port Alder", **said}))
    assert 'name="add" value="ferry"' in shown
    assert 'name="leave_out" value="wine"' in shown
    assert "still finds <b>4</b> of 4" in shown
    assert set(map(int, re.findall(r'name="said-(\d+)"', shown))) == {*right, *wrong}
    pressed = {"topic": "Port Alder", "leave_out": "wine", **said}
    shown = text_of(client.get("/listen/preview", pressed))
    assert "still finds <b>0</b> of 4" in shown
    assert sampled(shown) == set(right)
    made = client.post("/listen/add", pressed)
    watch = Watch.objects.get()
    assert made["Location"] == f"/listen/{watch.pk}"
    assert watch.query == '("port alder" OR portalder OR #portalder OR @portalder) -wine'
    assert watch.name == "Port Alder"
    assert not Mention.objects.exists()
    client.post(f"/listen/{watch.pk}/stored", {"days": "30"})
    assert "Looking back at what is stored begins in a moment: these figures grow." in text_of(
        client.get(f"/listen/{watch.pk}?part=care")
    )
    worker.settle()
    assert set(Mention.objects.values_list("post_id", flat=True)) == set(right)
    assert "What is stored was caught too" in text_of(client.get(f"/listen/{watch.pk}?part=care"))
    assert dict(Label.objects.filter(watch=watch).values_list("post_id", "relevant")) == (
        dict.fromkeys(right, True) | dict.fromkeys(wrong, False)
    )


def test_a_new_watch_says_that_it_is_still_looking_back_until_it_has(world: World) -> None:
    arrive(world, *FERRY)
    worker.settle()
    client = visitor(world.lea)
    client.post("/listen/add", {"topic": "Port Alder", "stored": "1"})
    watch = Watch.objects.get()
    says = "Looking back at what is stored begins in a moment: these figures grow."
    for where in ("/listen", f"/listen/{watch.pk}", f"/listen/{watch.pk}?by=day"):
        with few_statements():
            page = text_of(client.get(where))
        assert says in page, where
        assert "Nothing was said since" not in page
    asked = re.findall(
        r'hx-get="([^"]+)"\s+hx-trigger="load delay:2s"', text_of(client.get(f"/listen/{watch.pk}?by=day"))
    )
    assert asked == [f"/listen/{watch.pk}?part=chart&amp;by=day"], "it looks again by itself"
    worker.settle()
    for where in ("/listen", f"/listen/{watch.pk}", *(one.replace("&amp;", "&") for one in asked)):
        page = text_of(client.get(where))
        assert says not in page
        assert 'hx-trigger="load delay:2s"' not in page


def test_an_expert_goes_on_with_what_was_built(world: World) -> None:
    (post,) = arrive(world, "Port Alder wine")
    built = {"topic": "Port Alder", "leave_out": "wine", f"said-{post}": "n", "expert": "1"}
    shown = text_of(visitor(world.ana).get("/listen/new", built))
    assert ">(&quot;port alder&quot; OR portalder OR #portalder OR @portalder) -wine</textarea>" in shown
    assert f'name="said-{post}" value="n"' in shown
    assert 'name="name" value="Port Alder"' in shown
    asked = text_of(visitor(world.ana).get("/listen/new?q=ferry"))
    assert ">ferry</textarea>" in asked
    mistaken = text_of(visitor(world.ana).get("/listen/preview", {"query": "(ferry", f"said-{post}": "n"}))
    assert "not closed" in mistaken
    assert f'name="said-{post}" value="n"' in mistaken


def test_what_was_said_of_a_watch_is_there_when_it_is_changed(world: World) -> None:
    posts = arrive(world, *FERRY)
    client = visitor(world.ana)
    client.post("/listen/add", {"query": "ferry", f"said-{posts[0]}": "y", f"said-{posts[1]}": "y"})
    watch = Watch.objects.get()
    assert text_of(client.get(f"/listen/{watch.pk}/edit")).count('name="said-') == 2
    client.post(f"/listen/{watch.pk}/change", {"query": "ferry", "add": "late", f"said-{posts[0]}": "n"})
    watch.refresh_from_db()
    assert (watch.query, watch.version) == ("ferry late", 2)
    assert Label.objects.get(watch=watch, post=posts[0]).relevant is False


def test_a_preview_says_how_far_it_looked_and_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from colonnade.listening.queries import previewing

    monkeypatch.setattr(previewing, "LOOKED_AT", 7)
    monkeypatch.setattr(previewing, "AT_ONCE", 3)
    arrive(world, *["the ferry is late"] * 10)
    client = visitor(world.ana)
    shown = text_of(client.get("/listen/preview", {"query": "ferry"}))
    assert "<b>7</b> of the newest 7 posts you may see, back to" in shown
    assert "deep=1" in shown
    deep = text_of(client.get("/listen/preview", {"query": "ferry", "deep": "1"}))
    assert "<b>10</b> of the 10 posts of 30 days" in deep


def test_what_is_said_seldom_is_looked_for_further_back_and_shown_to_be_judged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from colonnade.listening.queries import previewing

    monkeypatch.setattr(previewing, "LOOKED_AT", 4)
    monkeypatch.setattr(previewing, "AT_ONCE", 3)
    (seldom,) = arrive(world, "the ferry is late")
    arrive(world, *["a gull on the quay"] * 5)
    client = visitor(world.ana)
    shown = text_of(client.get("/listen/preview", {"topic": "ferry"}))
    assert "far=1" in shown
    assert "Nothing so far" not in shown, "it has not looked everywhere yet"
    further = text_of(client.get("/listen/preview", {"topic": "ferry", "far": "1"}))
    assert sampled(further) == {seldom}
    assert "<b>1</b> of the 6 posts of 30 days" in further
    assert '<input type="hidden" name="far" value="1">' in further, (
        "what is judged next is looked for as far back"
    )
    assert "Nothing so far" in text_of(client.get("/listen/preview", {"topic": "tunnel", "far": "1"}))


def test_where_nothing_is_stored_the_builder_says_so_and_leads_to_what_is_read(world: World) -> None:
    shown = text_of(visitor(world.ana).get("/listen/preview", {"topic": "ferry"}))
    assert "There is nothing stored yet to try it on" in shown
    assert 'href="/places"' in shown
    assert "Nothing so far" not in shown


def test_labels_of_posts_that_one_may_not_see_say_nothing(world: World) -> None:
    _, hidden = world.start(world.partners, "Port Alder timetable secret", by=world.partner)
    worker.settle()
    told = queries.preview(world.viewer(world.lea), "timetable", said={hidden.pk: True})
    assert (told.matched, told.measured.right) == (0, 0)
    assert queries.preview(world.viewer(world.ana), "timetable", said={hidden.pk: True}).measured.right == 1
    assert queries.preview(world.viewer(world.okafor), "timetable").looked == 0


def test_the_builder_needs_few_statements(world: World) -> None:
    right, wrong = arrive(world, *FERRY), arrive(world, *WINE)
    said = {f"said-{pk}": "y" for pk in right} | {f"said-{pk}": "n" for pk in wrong}
    client = visitor(world.ana)
    for path in ("/listen/preview", "/listen/new"):
        with few_statements():
            assert client.get(path, {"topic": "Port Alder", **said}).status_code == 200


def test_a_query_that_chips_can_say_opens_in_chips_and_is_kept_from_them(world: World) -> None:
    arrive(world, *FERRY, *WINE)
    client = visitor(world.ana)
    client.post(
        "/listen/add", {"query": '("port alder" OR #portalder) (ferry OR boat) -wine', "name": "Boats"}
    )
    watch = Watch.objects.get()
    page = text_of(client.get(f"/listen/{watch.pk}/edit"))
    assert 'name="topic"\n        value="port alder"' in page
    sent = dict(re.findall(r'type="hidden" name="(offered|way|add|leave_out)" value="([^"]*)"', page))
    assert sent == {"offered": "port alder", "way": "#portalder", "add": "boat", "leave_out": "wine"}
    kept = {
        "topic": "port alder",
        "offered": "port alder",
        "way": ['"port alder"', "#portalder"],
        "add": ["ferry"],
        "leave_out": ["wine"],
    }
    looked = text_of(client.get(f"/listen/{watch.pk}/edit", kept))
    assert 'name="add" value="ferry" id="add-ferry" checked' in looked
    client.post(f"/listen/{watch.pk}/change", {**kept, "name": "Boats"})
    watch.refresh_from_db()
    assert (watch.query, watch.version) == ('("port alder" OR #portalder) ferry -wine', 2)
    with few_statements():
        client.get(f"/listen/{watch.pk}/edit")
    with few_statements():
        client.get(f"/listen/{watch.pk}/edit", kept)


def test_a_query_that_says_more_stays_text_and_says_why(world: World) -> None:
    client = visitor(world.ana)
    client.post("/listen/add", {"query": "ferry NEAR/3 late", "name": "Late"})
    page = text_of(client.get(f"/listen/{Watch.objects.get().pk}/edit"))
    assert ">ferry NEAR/3 late</textarea>" in page
    assert "It stays text: “(ferry NEAR/3 late)” has no chip." in page
    again = text_of(client.get("/listen/new", {"query": "ferry OR boat", "expert": "1", "chips": "1"}))
    assert 'value="ferry, boat"' in again
    wrong = text_of(client.get("/listen/new", {"query": "ferry OR (", "expert": "1", "chips": "1"}))
    assert ">ferry OR (</textarea>" in wrong


def test_what_is_costly_or_listened_for_already_is_said_before_it_is_kept(world: World) -> None:
    client = visitor(world.ana)
    told = text_of(client.get("/listen/preview", {"expert": "1", "query": "*ing bridge"}))
    assert "“*ing” begins with fewer than" in told
    assert "it goes the slow way" in told
    assert "slow way" not in text_of(client.get("/listen/preview", {"expert": "1", "query": "bridge"}))
    watch = listening.add_watch("Our bridge", "bridge  closed", by=world.lea)
    asked = {"expert": "1", "query": "bridge closed", "same": "1"}
    assert "“Our bridge” looks for the very same already." in text_of(client.get("/listen/preview", asked))
    same = "looks for the very same"
    assert same not in text_of(client.get("/listen/preview", asked | {"watch": str(watch.pk)})), (
        "it is that one"
    )
    assert same not in text_of(
        client.get("/listen/preview", {"expert": "1", "query": "bridge closes", "same": "1"})
    )
