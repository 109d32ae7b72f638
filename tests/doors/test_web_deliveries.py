"""What goes out, as staff see it: the list, what a person says about what nobody knows, taking back, chips in a case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from colonnade.conversations import queries as conversations
from colonnade.deliveries import actions
from colonnade.deliveries.models import Attempt, Delivery, Dispatch
from colonnade.deliveries.types import Patience
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.networks.base import Outgoing
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.primitives import clock
from colonnade.web.views import deliveries
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, posts_on, text_of, visitor
from tests.rooms import pretend_town
from tests.rooms.pretend_town import Town, again, deliver, pull, run_errands, send, target_of, town
from tests.world import World

pytestmark = pytest.mark.django_db

HX = {"HX-Request": "true"}
QUICK = Patience(quiet_s=0.0)
UNSURE = "Not sure it arrived: check"
THERE, NOT_THERE = "It is there", "It is not there, send again"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("town"), "D") as there:
        yield there


@pytest.fixture
def there(running: Town, settings: Any) -> Town:
    pretend_town.allow_loopback(settings)
    return running.begin_anew()


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def move() -> Iterator[Callable[[float], None]]:
    with clock.stopped_at(clock.now()) as moved:
        yield moved


def unclear(there: Town, text: str = "Did it arrive?", place: Place | None = None) -> Delivery:
    """A delivery of which nobody can tell whether it arrived, not even by looking."""
    there.fail("cut_after")
    delivery = send(place or there.account(), text)
    deliver(QUICK)
    there.fail("error_before", on="find", times=None)
    return again(delivery)


def press(client: Client, delivery: Delivery, what: str, **form: str) -> Any:
    return client.post(f"/deliveries/{delivery.pk}/{what}", form)


def case_there(there: Town, world: World, place: Place) -> Case:
    """Somebody there says something, a worker reads it, and it is a case."""
    there.says("Is the bridge open?")
    pull(place)
    viewer = world.viewer(world.ana)
    (post,) = conversations.newest(viewer)
    (said,) = conversations.said_of([post])
    talk = conversations.conversation_by_id(said.conversation)
    return inbox.open_case(talk, post=conversations.post_for(viewer, post), why="mention")


def answer(client: Client, case: Case, text: str) -> Any:
    seen = max(posts_on(client.get(f"/inbox/{case.pk}?part=thread")))
    return client.post(f"/inbox/{case.pk}/reply", {"text": text, "seen": seen}, headers=HX)


def lose_the_answer(there: Town, case: Case, client: Client, move: Callable[[float], None]) -> Delivery:
    """An answer whose connection broke after it began to be sent."""
    assert answer(client, case, "It is open.").status_code == 200
    there.fail("cut_after")
    move(11)
    deliver(QUICK)
    there.fail("error_before", on="find", times=None)
    return Delivery.objects.get()


# --- the list -----------------------------------------------------------------------------------------------------


def test_the_list_shows_what_is_open_what_to_check_and_what_is_done(there: Town, world: World) -> None:
    client, place = visitor(world.ana), there.account()
    unclear(there, "Did it arrive?", place)
    send(place, "Not yet.", undo_s=60)
    for view, shown in (
        ("open", {"Did it arrive?", "Not yet."}),
        ("check", {"Did it arrive?"}),
        ("done", set()),
    ):
        with few_statements():
            page = text_of(client.get("/deliveries", {"view": view}))
        assert {words for words in ("Did it arrive?", "Not yet.") if words in page} == shown, view
    with few_statements():
        part = text_of(client.get("/deliveries", {"view": "check", "part": "list"}))
    assert "<html" not in part
    assert UNSURE in part
    assert THERE in part
    assert NOT_THERE in part


def test_what_is_older_is_a_page_further(there: Town, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "AT_ONCE", 1)
    client, place = visitor(world.ana), there.account()
    send(place, "The first.", undo_s=60)
    newer = send(place, "The second.", undo_s=60)
    page = text_of(client.get("/deliveries"))
    assert f"/deliveries?view=open&amp;before={newer.pk}" in page
    assert "The first." not in page
    older = text_of(client.get(f"/deliveries?view=open&before={newer.pk}"))
    assert "The first." in older
    assert "The second." not in older
    assert f"/deliveries?part=list&amp;view=open&amp;before={newer.pk}" in older


def test_many_deliveries_need_no_more_statements_than_one(there: Town, world: World) -> None:
    client, place = visitor(world.ana), there.account()
    send(place, "Number 0", undo_s=60)
    with few_statements() as one:
        client.get("/deliveries")
    for number in range(1, 9):
        send(place, f"Number {number}", undo_s=60)
    with few_statements() as nine:
        page = text_of(client.get("/deliveries"))
    assert "Number 8" in page
    assert len(one) == len(nine)


def test_an_empty_list_says_so(world: World) -> None:
    client = visitor(world.ana)
    for view, words in (
        ("open", "Nothing is on its way."),
        ("check", "Nothing to check."),
        ("done", "Nothing has gone out yet."),
        ("made-up", "Nothing is on its way."),
    ):
        assert words in text_of(client.get("/deliveries", {"view": view})), view


def test_one_delivery_shows_every_attempt(there: Town, world: World) -> None:
    row, client = unclear(there), visitor(world.lea)
    with few_statements():
        page = text_of(client.get(f"/deliveries/{row.pk}"))
    assert UNSURE in page
    assert "Sent it" in page
    assert page.count('<td class="num">') == 2 * Attempt.objects.count() > 0


# --- who may ------------------------------------------------------------------------------------------------------


def test_deliveries_are_for_staff_alone(there: Town, world: World) -> None:
    row = unclear(there)
    for address in ("/deliveries", f"/deliveries/{row.pk}"):
        assert visitor().get(address)["Location"].startswith("/account/sign-in?next="), address
        assert visitor(world.okafor).get(address).status_code == 404, address
    assert_the_same_as_absent(visitor(world.okafor), f"/deliveries/{row.pk}", "/deliveries/17")
    for what in ("there", "not-there", "leave", "again", "recall"):
        assert press(visitor(world.okafor), row, what).status_code == 404, what
        assert press(visitor(), row, what).status_code == 302, what
    assert again(row).state == "uncertain"


def test_what_is_among_members_is_not_there_for_other_staff(there: Town, world: World) -> None:
    made = actions.dispatch(
        Outgoing(text="Between partners.", to="partner@town"),
        place=world.partners,
        scope=places.default_scope(world.partners),
        targets=[target_of(there.account("quay"))],
    )
    row = Delivery.objects.get(dispatch=made)
    inside, outside = visitor(world.ana), visitor(world.lea)
    assert "Between partners." in text_of(inside.get("/deliveries"))
    assert inside.get(f"/deliveries/{row.pk}").status_code == 200
    assert "Between partners." not in text_of(outside.get("/deliveries"))
    assert_the_same_as_absent(outside, f"/deliveries/{row.pk}", "/deliveries/17")
    for what in ("there", "not-there", "leave", "again", "recall"):
        address = f"/deliveries/{row.pk}/{what}"
        assert_the_same_as_absent(outside, address, f"/deliveries/17/{what}", method="post")
    assert again(row).state == "waiting"


def test_only_a_button_that_exists_does_something_and_only_when_pressed(there: Town, world: World) -> None:
    row, client = unclear(there), visitor(world.ana)
    assert press(client, row, "burn").status_code == 404
    assert client.get(f"/deliveries/{row.pk}/there").status_code == 405
    assert again(row).state == "uncertain"


# --- what a person says -------------------------------------------------------------------------------------------


def test_it_is_there_settles_it_and_sends_nothing_again(there: Town, world: World) -> None:
    row, client = unclear(there), visitor(world.ana)
    said = press(client, row, "there")
    assert (said.status_code, said["Location"]) == (302, f"/deliveries/{row.pk}")
    assert again(row).state == "confirmed"
    assert "Arrived" in text_of(client.get(f"/deliveries/{row.pk}"))
    deliver(QUICK)
    run_errands(QUICK)
    assert there.texts() == ["Did it arrive?"]


def test_it_is_not_there_sends_it_again_under_the_same_key(there: Town, world: World) -> None:
    there.fail("cut_before")
    row = send(there.account(), "Lost on the way.")
    deliver(QUICK)
    there.begin_anew()
    assert again(row).state == "uncertain"
    assert press(visitor(world.ana), row, "not-there").status_code == 302
    assert again(row).state == "waiting"
    deliver(QUICK)
    assert (again(row).state, again(row).key) == ("sent", row.key)
    assert there.texts() == ["Lost on the way."]


def test_it_can_be_left_and_tried_again_later(there: Town, world: World) -> None:
    row, client = unclear(there), visitor(world.ana)
    press(client, row, "leave")
    assert again(row).state == "failed"
    page = text_of(client.get("/deliveries?view=check"))
    assert "Not sent" in page
    assert "Try again" in page
    press(client, row, "again")
    assert again(row).state == "waiting"


def test_whoever_is_late_is_told_how_it_stands(there: Town, world: World) -> None:
    row = unclear(there)
    press(visitor(world.lea), row, "there")
    late = press(visitor(world.ana), row, "not-there")
    assert late.status_code == 409
    assert escape("It is “confirmed” by now") in text_of(late)
    assert again(row).state == "confirmed"


def test_after_a_button_one_comes_back_to_ones_own_page_never_to_another_site(
    there: Town, world: World
) -> None:
    client = visitor(world.ana)
    row = unclear(there)
    assert press(client, row, "leave", next="/inbox/5")["Location"] == "/inbox/5"
    elsewhere = press(client, row, "again", next="https://elsewhere.example/")
    assert elsewhere["Location"] == f"/deliveries/{row.pk}"


# --- taking back --------------------------------------------------------------------------------------------------


def test_what_still_waits_is_taken_back_and_never_goes(
    there: Town, world: World, move: Callable[[float], None]
) -> None:
    client = visitor(world.ana)
    row = send(there.account(), "Too early.", undo_s=10)
    assert "Take back" in text_of(client.get("/deliveries"))
    press(client, row, "recall")
    move(60)
    deliver(QUICK)
    assert again(row).state == "recalled"
    assert there.texts() == []
    assert "Taken back" in text_of(client.get("/deliveries?view=done"))


def test_an_answer_elsewhere_is_undone_in_its_window_with_its_words(
    there: Town, world: World, move: Callable[[float], None]
) -> None:
    client, case = visitor(world.ana), case_there(there, world, there.account())
    assert "Undo" in text_of(answer(client, case, "It is open."))
    assert "It is open." in text_of(client.get(f"/inbox/{case.pk}?part=outgoing"))
    back = client.post(f"/inbox/{case.pk}/take-back", {"text": "It is open."}, headers=HX)
    assert back.status_code == 200
    assert "It is open.</textarea>" in text_of(back)
    move(60)
    deliver(QUICK)
    assert Dispatch.objects.get().state == "undone"
    assert there.texts() == []
    assert "It is open." not in text_of(client.get(f"/inbox/{case.pk}?part=outgoing"))


def test_after_its_window_an_answer_is_not_undone(
    there: Town, world: World, move: Callable[[float], None]
) -> None:
    client, case = visitor(world.ana), case_there(there, world, there.account())
    answer(client, case, "It is open.")
    move(11)
    late = client.post(f"/inbox/{case.pk}/take-back", {"text": "It is open."}, headers=HX)
    assert late.status_code == 422
    assert "The time to take it back is over." in text_of(late)
    assert "It is open.</textarea>" in text_of(late)
    deliver(QUICK)
    assert there.texts() == ["It is open."]


# --- in a case ----------------------------------------------------------------------------------------------------


def test_a_case_shows_its_uncertain_answer_and_asks_a_person(
    there: Town, world: World, move: Callable[[float], None]
) -> None:
    client, case = visitor(world.ana), case_there(there, world, there.account())
    row = lose_the_answer(there, case, client, move)
    assert f'hx-get="/inbox/{case.pk}?part=outgoing"' in text_of(client.get(f"/inbox/{case.pk}"))
    with few_statements():
        page = text_of(client.get(f"/inbox/{case.pk}?part=outgoing"))
    assert re.search(rf'<a class="chip clock"\s+href="/deliveries/{row.pk}">{UNSURE}</a>', page)
    assert THERE in page
    assert NOT_THERE in page
    pressed = press(client, row, "there", next=f"/inbox/{case.pk}")
    assert pressed["Location"] == f"/inbox/{case.pk}"
    assert UNSURE not in text_of(client.get(f"/inbox/{case.pk}?part=outgoing"))
    assert there.texts() == ["It is open."]


def test_what_is_on_its_way_has_a_chip_and_no_button(there: Town, world: World) -> None:
    client, case = visitor(world.ana), case_there(there, world, there.account())
    answer(client, case, "It is open.")
    page = text_of(client.get(f"/inbox/{case.pk}?part=outgoing"))
    assert ">Waiting</a>" in page
    assert "<button" not in page


# --- pages for whoever has no session -----------------------------------------------------------------------------


def test_the_box_on_other_sites_and_sign_in_need_few_statements(world: World) -> None:
    widget = places.make_widget(world.questions, ["https://ferry.example"])
    asked = inbox.ask(world.questions, name="Grace", text="When does it leave?", ip_or_key="1")
    anybody, staff = visitor(), visitor(world.ana)
    for address in (
        f"/embed/{widget.key}",
        f"/embed/{widget.key}/{asked.resume_token}",
        f"/embed/{widget.key}/{asked.resume_token}?part=thread",
        "/account/sign-in",
        "/account/password",
    ):
        with few_statements():
            assert anybody.get(address).status_code == 200, address
    with few_statements():
        assert staff.get("/account/sign-out").status_code == 200
