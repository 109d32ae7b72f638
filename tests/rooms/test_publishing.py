"""Writing, planning, going out exactly once, and holding back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from colonnade.conversations.models import Post
from colonnade.core import worker
from colonnade.core.models import AuditEntry
from colonnade.core.work import run_due
from colonnade.deliveries.models import Delivery, Dispatch
from colonnade.networks.base import Author, Capabilities
from colonnade.people import actions as people
from colonnade.people.models import Role
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.places.rules import ON_THE_WEB, STAFF_ONLY
from colonnade.primitives import clock
from colonnade.primitives.states import NotAllowed
from colonnade.publishing import actions, queries, rules, work
from colonnade.publishing.models import Draft
from colonnade.publishing.types import Wanted
from tests.world import World

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def move() -> Iterator[Callable[[float], None]]:
    with clock.stopped_at(NOON) as moved:
        yield moved


def account(name: str = "harbour", **more: object) -> Place:
    return places.add_account(
        "pretend",
        f"pretend://{name}",
        name=name.title(),
        credentials={},
        identity=Author(network="pretend", address=f"{name}@town", name=name.title(), proof="signed"),
        **more,  # type: ignore[arg-type]
    )


def planned(world: World, *targets: Place, at: str = "2026-11-23T13:00", text: str = "Ferry runs") -> Draft:
    draft = actions.write(text, by=world.ana, targets=[Wanted(one.pk) for one in targets])
    return actions.schedule(draft, at, "UTC", by=world.ana)


def again(draft: Draft) -> Draft:
    return Draft.objects.get(pk=draft.pk)


# --- when ---------------------------------------------------------------------------------------------------------


def test_a_time_of_day_is_the_moment_that_it_is_there() -> None:
    plan = rules.planned("2026-07-01T09:30", "Europe/Berlin")
    assert (plan.moment, plan.say) == (datetime(2026, 7, 1, 7, 30, tzinfo=UTC), "")


def test_a_time_that_the_clocks_skip_goes_as_much_later_and_says_so() -> None:
    plan = rules.planned("2026-03-29T02:30", "Europe/Berlin")
    there = plan.moment.astimezone(ZoneInfo("Europe/Berlin"))
    assert (there.hour, there.minute) == (3, 30)
    assert "skipped" in plan.say


def test_a_time_that_comes_twice_goes_the_first_time_and_says_so() -> None:
    plan = rules.planned("2026-10-25T02:30", "Europe/Berlin")
    assert plan.moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "twice" in plan.say


@pytest.mark.parametrize(
    ("local", "zone"),
    [
        ("2026-02-30T10:00", "UTC"),
        ("", "UTC"),
        ("2026-02-03T10:00", "Mars/Base"),
        ("0001-01-01T00:00", "Asia/Tokyo"),
    ],
)
def test_what_is_no_time_is_refused_with_a_sentence(local: str, zone: str) -> None:
    with pytest.raises(rules.Unfit):
        rules.planned(local, zone)


def test_what_has_passed_cannot_be_planned(world: World, move: Callable[[float], None]) -> None:
    with pytest.raises(rules.Unfit, match="passed"):
        planned(world, world.town, at="2026-11-23T11:59")
    assert Draft.objects.get().state == "draft"


# --- what fits ----------------------------------------------------------------------------------------------------


def test_length_is_counted_by_the_rule_of_each_network() -> None:
    address = "https://portalder.example/" + "a" * 600
    mastodon = Capabilities(network="mastodon", can_write=True, max_text=500)
    assert rules.fit(f"Read {address}", mastodon).length == 28
    assert rules.fit(f"Read {address}", mastodon).why == ""
    family = "👩‍👩‍👧‍👦" * 300
    assert rules.fit(family, Capabilities(network="bluesky", can_write=True)).length == 300
    pretend = Capabilities(network="pretend", can_write=True, max_text=3)
    assert "at most 3" in rules.fit("four", pretend).why


def test_what_is_too_long_for_one_target_goes_nowhere(world: World) -> None:
    draft = actions.write("x" * 5001, by=world.ana, targets=[Wanted(account().pk), Wanted(world.town.pk)])
    with pytest.raises(rules.Unfit, match="Harbour cannot take it"):
        actions.publish_now(draft, by=world.ana)
    assert not Dispatch.objects.exists()
    assert not Post.objects.exists()


def test_a_target_may_have_words_of_its_own(world: World) -> None:
    harbour = account()
    wanted = [Wanted(harbour.pk, "Short."), Wanted(world.town.pk)]
    actions.publish_now(actions.write("Long words.", by=world.ana, targets=wanted), by=world.ana)
    assert Dispatch.objects.get().content["text"] == "Short."
    assert Post.objects.get().said.text == "Long words."


# --- going out once -----------------------------------------------------------------------------------------------


def test_each_target_is_served_exactly_once_however_often_the_work_runs(
    world: World, move: Callable[[float], None]
) -> None:
    draft = planned(world, account(), world.town)
    worker.settle()
    assert not Dispatch.objects.exists()
    move(3600)
    assert run_due() >= 1
    for _ in range(3):
        work.send(draft.pk)
        work.send_due()
    assert Dispatch.objects.count() == 1
    assert Post.objects.count() == 1
    assert again(draft).state == "going"
    assert Post.objects.get().author.person == world.ana


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_at_the_same_moment_send_it_once(move: Callable[[float], None]) -> None:
    world = World.make()
    draft = planned(world, account(), world.town)
    move(3601)
    said: list[str] = []

    def run() -> None:
        try:
            said.append(actions.send(draft.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert said == ["going", "going"]
    assert (Dispatch.objects.count(), Post.objects.count()) == (1, 1)


def test_a_draft_finds_itself_on_what_became_of_its_deliveries(world: World) -> None:
    draft = actions.write("Now", by=world.ana, targets=[Wanted(account().pk)])
    actions.publish_now(draft, by=world.ana)
    assert again(draft).state == "going"
    from colonnade.deliveries import actions as deliveries

    deliveries.recall(Delivery.objects.get(), world.ana)
    worker.settle()
    assert again(draft).state == "done"


def test_publish_now_can_be_taken_back_for_ten_seconds(world: World, move: Callable[[float], None]) -> None:
    draft = actions.write("Now", by=world.ana, targets=[Wanted(account().pk), Wanted(world.town.pk)])
    actions.publish_now(draft, by=world.ana)
    assert Post.objects.get().deleted is False
    move(9)
    actions.take_back(draft, by=world.ana)
    worker.settle()
    assert again(draft).state == "draft"
    assert Dispatch.objects.get().state == "undone"
    assert Post.objects.get().deleted
    actions.publish_now(draft, by=world.ana)
    move(10)
    with pytest.raises(rules.TooLate):
        actions.take_back(draft, by=world.ana)


def test_what_is_only_for_spaces_is_done_at_once_and_can_be_taken_down(world: World) -> None:
    draft = actions.write("Swim", by=world.ana, title="Lanes", targets=[Wanted(world.town.pk)])
    actions.publish_now(draft, by=world.ana)
    assert again(draft).state == "done"
    target = draft.targets.get()
    with pytest.raises(PermissionDenied):
        actions.take_down(draft, target.pk, by=world.lea)
    actions.take_down(draft, target.pk, by=world.tomasz)
    assert Post.objects.get().deleted
    with pytest.raises(rules.Unfit):
        actions.take_down(draft, target.pk, by=world.tomasz)


# --- waiting for a person -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late_s", "state"), [(3599, "done"), (3600, "paused")])
def test_a_server_that_was_off_sends_what_is_less_than_an_hour_late(
    world: World, move: Callable[[float], None], late_s: float, state: str
) -> None:
    draft = planned(world, world.town)
    move(3600 + late_s)
    work.send_due()
    assert again(draft).state == state
    assert Post.objects.exists() is (state == "done")
    if state == "paused":
        (line,) = queries.agenda(world.viewer(world.ana))
        assert "server was off" in line.why
        actions.schedule(again(draft), "2026-11-23T15:00", "UTC", by=world.lea)
        assert again(draft).state == "waiting"


def test_while_everything_is_paused_nothing_planned_goes_out_and_what_came_due_waits(
    world: World, move: Callable[[float], None]
) -> None:
    due, later = planned(world, world.town), planned(world, world.town, at="2026-11-24T13:00")
    with pytest.raises(rules.Unfit):
        actions.pause_all("  ", by=world.lea)
    actions.pause_all("The bridge", by=world.lea)
    brake = queries.brake(world.viewer(world.ana))
    assert brake is not None
    assert (brake.reason, brake.by, brake.waiting) == ("The bridge", "Lea Brandt", 2)
    move(3601)
    work.send_due()
    actions.send(due.pk)
    assert again(due).state == "waiting"
    assert actions.resume_all(by=world.ana) == 1
    work.send_due()
    assert (again(due).state, again(due).why) == ("paused", "held")
    assert again(later).state == "waiting"
    assert queries.brake(world.viewer(world.ana)) is None
    assert not Post.objects.exists()


def test_a_person_can_publish_while_everything_planned_is_paused(world: World) -> None:
    actions.pause_all("The bridge", by=world.tomasz)
    draft = actions.write("The bridge is closed.", by=world.tomasz, targets=[Wanted(world.town.pk)])
    assert actions.publish_now(draft, by=world.tomasz).state == "done"


def test_one_can_be_paused_resumed_withdrawn_and_thrown_away(
    world: World, move: Callable[[float], None]
) -> None:
    draft = planned(world, world.town)
    assert actions.pause(draft, by=world.lea, reason="Wait for Ines").why == "person"
    move(1800)
    assert actions.resume(draft, by=world.ana).state == "waiting"
    actions.pause(draft, by=world.lea)
    move(3600)
    with pytest.raises(rules.Unfit, match="passed"):
        actions.resume(draft, by=world.ana)
    with pytest.raises(NotAllowed):
        actions.remove(draft, by=world.ana)
    assert actions.withdraw(draft, by=world.ana).state == "withdrawn"
    actions.remove(draft, by=world.ana)
    assert not Draft.objects.exists()


def test_it_waits_when_more_people_would_read_it_than_when_it_was_planned(
    world: World, move: Callable[[float], None]
) -> None:
    draft = planned(world, world.staff_room)
    places.set_audience(world.staff_room, ON_THE_WEB)
    move(3601)
    work.send_due()
    assert (again(draft).state, again(draft).why) == ("paused", "wider")
    actions.schedule(again(draft), "2026-11-23T15:00", "UTC", by=world.ana)
    move(3600 * 2)
    work.send_due()
    assert again(draft).state == "done"


def test_it_waits_when_whoever_planned_it_is_gone(world: World, move: Callable[[float], None]) -> None:
    draft = planned(world, world.town)
    people.suspend(world.ana, by=world.ines)
    move(3601)
    work.send_due()
    assert (again(draft).state, again(draft).why) == ("paused", "nobody")


def test_it_waits_when_a_target_cannot_take_it_any_more(world: World, move: Callable[[float], None]) -> None:
    draft = planned(world, world.partners, account())
    places.leave(world.partners, world.ana)
    move(3601)
    work.send_due()
    assert (again(draft).state, again(draft).why) == ("paused", "unfit")
    assert not Dispatch.objects.exists()


def test_a_plan_keeps_its_time_of_day_when_the_rules_of_its_zone_change(
    world: World, move: Callable[[float], None]
) -> None:
    draft = planned(world, world.town)
    from colonnade.core import db

    with db.act():  # as if it had been worked out by older rules
        Draft.objects.update(goes_at=NOON)
    assert actions.send(draft.pk) == "waiting"
    assert again(draft).goes_at == NOON + timedelta(hours=1)
    with db.act():
        Draft.objects.update(goes_at=NOON + timedelta(hours=3))
    work.keep_times()
    assert again(draft).goes_at == NOON + timedelta(hours=1)


# --- two at once, and who may -------------------------------------------------------------------------------------


def test_nobody_overwrites_what_they_have_not_seen(world: World) -> None:
    draft = actions.write("First", by=world.ana, targets=[Wanted(world.town.pk)])
    seen = draft.version
    actions.change(draft, "Second", by=world.lea, version=seen)
    with pytest.raises(rules.StaleDraft, match="Lea Brandt"):
        actions.change(draft, "Mine", by=world.ana, version=seen)
    with pytest.raises(rules.StaleDraft):
        actions.publish_now(draft, by=world.ana, version=seen)
    assert again(draft).text == "Second"


def test_a_draft_is_seen_by_those_who_read_all_of_its_targets(world: World) -> None:
    alone = actions.write("Alone", by=world.ana)
    partners = actions.write(
        "Partners", by=world.ana, targets=[Wanted(world.town.pk), Wanted(world.partners.pk)]
    )
    everybody = actions.write("Town", by=world.ana, targets=[Wanted(world.town.pk)])

    def shown(person: object) -> set[int]:
        return {one.id for one in queries.drafts_for(world.viewer(person))}  # type: ignore[arg-type]

    assert shown(world.ana) == {alone.pk, partners.pk, everybody.pk}
    assert shown(world.lea) == {everybody.pk}
    assert shown(world.partner) == set()
    assert queries.draft_for(world.viewer(world.lea), partners.pk) is None
    assert queries.drafts_for(world.anonymous) == []


def test_an_account_with_members_is_for_them_and_admins(world: World) -> None:
    harbour = account()
    hidden = account("hidden", audience=frozenset({(world.ines.principal_id,) * 2}))
    places.join(harbour, world.lea)
    assert harbour not in queries.publishable(world.viewer(world.ana), world.ana)
    for may in (world.lea, world.tomasz):
        assert harbour in queries.publishable(world.viewer(may), may)
    for place in (harbour, hidden):
        with pytest.raises(rules.Unfit):
            actions.write("No", by=world.ana, targets=[Wanted(place.pk)])


def test_only_staff_write(world: World) -> None:
    for person in (world.okafor, world.partner):
        with pytest.raises(PermissionDenied):
            actions.write("No", by=person)
        with pytest.raises(PermissionDenied):
            actions.pause_all("No", by=person)
    people.set_role(world.lea, Role.GUEST, by=world.ines)
    world.lea.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.write("No", by=world.lea)


def test_who_will_see_it_is_said_in_words(world: World) -> None:
    def words(*chosen: Place) -> str:
        found = queries.audience_in_words(
            [one for one in queries.publishable(world.viewer(world.ana), world.ana) if one in chosen]
        )
        return found.text if found else ""

    assert words() == ""
    assert words(world.town, world.partners) == "Everyone on the web"
    assert words(world.staff_room) == "Staff only"
    assert words(world.partners, world.staff_room) == "2 people in Partners and Staff only"
    assert STAFF_ONLY


def test_what_goes_out_before_a_moment_is_shown_for_today(
    world: World, move: Callable[[float], None]
) -> None:
    planned(world, world.town, text="Today")
    planned(world, world.town, at="2026-11-25T09:00", text="Later")
    lines = queries.goes_out(world.viewer(world.lea), NOON + timedelta(days=1))
    assert [line.text for line in lines] == ["Today"]


def test_what_is_done_stands_in_the_audit_log(world: World, move: Callable[[float], None]) -> None:
    draft = planned(world, world.town)
    actions.pause(draft, by=world.lea)
    actions.withdraw(draft, by=world.lea)
    said = AuditEntry.objects.filter(subject=f"draft:{draft.pk}").order_by("id").values_list("what", "actor")
    assert list(said) == [
        ("publishing.aimed", world.ana.principal_id),
        ("publishing.written", world.ana.principal_id),
        ("publishing.planned", world.ana.principal_id),
        ("publishing.paused", world.lea.principal_id),
        ("publishing.withdrawn", world.lea.principal_id),
    ]
