"""Four eyes: what a second person approved goes out, exactly that, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colonnade.core import events, worker
from colonnade.core.models import AuditEntry, Outbox
from colonnade.deliveries.models import Dispatch
from colonnade.inbox import actions as inbox
from colonnade.networks.base import Author
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.primitives import clock
from colonnade.primitives.states import NotAllowed
from colonnade.publishing import actions, queries, rules, work
from colonnade.publishing.models import Draft, Review
from colonnade.publishing.types import Content, DraftLine, ReviewLine, Wanted
from colonnade.workspace.queries import notices_for
from tests.world import World

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ONE = "2026-11-23T13:00"
NOTE = "Depot says the 17:40 runs and the 18:10 does not, not official until eleven."


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def move() -> Iterator[Callable[[float], None]]:
    with clock.stopped_at(NOON) as moved:
        yield moved


@pytest.fixture
def harbour(world: World) -> Place:
    """An account of ours that asks for approval."""
    us = Author(network="pretend", address="harbour@town", name="Harbour", proof="signed")
    made = places.add_account("pretend", "pretend://harbour", name="Harbour", credentials={}, identity=us)
    actions.ask_for_approval(made, True, by=world.ines)
    return made


def written(world: World, place: Place, text: str = "The ferry runs.", *, by: Person | None = None) -> Draft:
    return actions.write(text, by=by or world.ana, targets=[Wanted(place.pk)])


def line_of(world: World, draft: Draft, person: Person) -> DraftLine:
    line = queries.draft_for(world.viewer(person), draft.pk)
    assert line is not None
    return line


def look(world: World, draft: Draft, person: Person) -> ReviewLine:
    review = line_of(world, draft, person).review
    assert review is not None
    return review


def approve(world: World, draft: Draft, person: Person) -> Review:
    return actions.approve(draft, by=person, seen=look(world, draft, person).fingerprint)


def again(draft: Draft) -> Draft:
    return Draft.objects.get(pk=draft.pk)


def change(draft: Draft, text: str, *, by: Person, **more: Any) -> Draft:
    return actions.change(draft, text, by=by, version=again(draft).version, **more)


# --- bound to everything that would go out ------------------------------------------------------------------------


def test_without_a_second_person_nothing_leaves_and_with_one_it_does(world: World, harbour: Place) -> None:
    draft = written(world, harbour)
    with pytest.raises(rules.NeedsApproval, match="Somebody else has to approve it"):
        actions.publish_now(draft, by=world.ana)
    actions.ask_review(draft, by=world.ana)
    with pytest.raises(rules.NeedsApproval, match="waits for approval"):
        actions.publish_now(draft, by=world.lea)
    assert (look(world, draft, world.tomasz).waits, look(world, draft, world.tomasz).may) == (True, True)
    assert look(world, draft, world.ana).may is False
    approve(world, draft, world.tomasz)
    assert not Dispatch.objects.exists()
    actions.publish_now(draft, by=world.ana)
    assert Dispatch.objects.get().content["text"] == "The ferry runs."


def test_one_letter_makes_it_fall_and_it_is_said_which(world: World, harbour: Place) -> None:
    draft = written(world, harbour)
    approve(world, draft, world.tomasz)
    change(draft, "The ferry runs.", by=world.ana)
    change(draft, "The ferry tuns.", by=world.ana)
    fallen = look(world, draft, world.tomasz)
    assert (fallen.standing, fallen.by, fallen.how) == ("fell", "Tomasz Zielke", "letter")
    assert [(run.kind, run.words) for run in fallen.changed[0].runs] == [
        ("same", "The ferry "), ("gone", "runs"), ("new", "tuns"), ("same", "."),
    ]  # fmt: skip
    with pytest.raises(rules.NeedsApproval, match="changed since it was approved"):
        actions.publish_now(draft, by=world.ana)
    assert queries.has_fallen(world.tomasz)
    assert AuditEntry.objects.filter(what="publishing.approval_fell").count() == 1
    change(draft, "The ferry runs.", by=world.ana)
    assert look(world, draft, world.tomasz).standing == "approved"


@pytest.mark.parametrize(
    ("what", "how"),
    [
        ({"title": "Ferry"}, "words"),
        ({"plan": ("2026-11-24T09:00", "UTC")}, "time"),
        ({"plan": (ONE, "Europe/Berlin")}, "time"),
        ({"text": "The ferry does not run today."}, "words"),
        ({"text": "It runs.", "title": "Ferry"}, "more"),
    ],
)
def test_each_thing_that_would_go_out_otherwise_makes_it_fall(
    world: World, harbour: Place, move: Callable[[float], None], what: dict[str, Any], how: str
) -> None:
    draft = written(world, harbour)
    actions.schedule(draft, ONE, "UTC", by=world.ana)
    approve(world, draft, world.tomasz)
    assert look(world, draft, world.lea).standing == "approved"
    move(-3600)
    change(draft, **{"text": "The ferry runs.", "by": world.ana, **what})
    assert (look(world, draft, world.lea).standing, look(world, draft, world.lea).how) == ("fell", how)


def test_another_place_or_other_words_there_make_it_fall(world: World, harbour: Place) -> None:
    draft = written(world, harbour)
    approve(world, draft, world.tomasz)
    for wanted, how in (
        ([Wanted(harbour.pk, "Ferry!")], "words"),
        ([Wanted(harbour.pk), Wanted(world.town.pk)], "where"),
    ):
        actions.choose_targets(draft, wanted, by=world.ana, version=again(draft).version)
        assert (look(world, draft, world.lea).standing, look(world, draft, world.lea).how) == ("fell", how)


def test_what_was_approved_for_a_time_does_not_go_at_once(
    world: World, harbour: Place, move: Callable[[float], None]
) -> None:
    draft = written(world, harbour)
    actions.schedule(draft, ONE, "UTC", by=world.ana)
    approve(world, draft, world.tomasz)
    with pytest.raises(rules.NeedsApproval, match="approved for 2026-11-23 13:00"):
        actions.publish_now(draft, by=world.ana)
    move(3600)
    work.send_due()
    assert again(draft).state == "going"
    assert Dispatch.objects.count() == 1


def test_what_was_read_is_what_is_approved(world: World, harbour: Place) -> None:
    draft = written(world, harbour)
    seen = look(world, draft, world.tomasz).fingerprint
    change(draft, "The ferry is full.", by=world.ana)
    with pytest.raises(rules.StaleDraft, match="changed since you read it"):
        actions.approve(draft, by=world.tomasz, seen=seen)
    assert not Review.objects.filter(verdict="approved").exists()


# --- at its time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("once", [False, True])
def test_a_planned_one_that_nobody_approved_as_it_is_does_not_go_out_and_its_people_are_told(
    world: World, harbour: Place, move: Callable[[float], None], once: bool
) -> None:
    draft = written(world, harbour)
    actions.schedule(draft, ONE, "UTC", by=world.lea)
    assert look(world, draft, world.tomasz).standing == "asked", "what is planned asks by itself"
    if once:
        approve(world, draft, world.tomasz)
        change(draft, "The ferry runs!", by=world.ana)
    move(3600)
    for _ in range(2):
        work.send_due()
    assert (again(draft).state, again(draft).why) == ("paused", "review")
    assert not Dispatch.objects.exists()
    missed = Outbox.objects.get(kind__endswith="ApprovalMissed")
    told = {world.ana.pk, world.lea.pk} - ({world.lea.pk} if once else set())
    for person in told | ({world.tomasz.pk} if once else set()):
        assert str(person) in missed.payload
    assert "nobody had approved it" in line_of(world, draft, world.ana).why
    actions.schedule(again(draft), "2026-11-23T15:00", "UTC", by=world.ana)
    approve(world, draft, world.tomasz)
    move(2 * 3600)
    work.send_due()
    assert Dispatch.objects.count() == 1


def test_an_account_that_asks_only_now_holds_what_was_planned_before(
    world: World, harbour: Place, move: Callable[[float], None]
) -> None:
    actions.ask_for_approval(harbour, False, by=world.ines)
    draft = written(world, harbour)
    actions.schedule(draft, ONE, "UTC", by=world.ana)
    assert line_of(world, draft, world.tomasz).review is None
    actions.ask_for_approval(harbour, True, by=world.ines)
    assert [line.id for line in queries.waits_for_approval(world.viewer(world.tomasz))] == [draft.pk]
    move(3600)
    work.send_due()
    assert again(draft).why == "review"


# --- who ----------------------------------------------------------------------------------------------------------


def test_nobody_approves_what_they_worded(world: World, harbour: Place) -> None:
    draft = written(world, harbour)
    with pytest.raises(rules.OwnWords):
        approve(world, draft, world.ana)
    with pytest.raises(rules.OwnWords):
        actions.ask_changes(draft, "No", by=world.ana)
    change(draft, "The ferry runs late.", by=world.tomasz)
    with pytest.raises(rules.OwnWords):
        approve(world, draft, world.tomasz)
    actions.schedule(draft, f"{clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M}", "UTC", by=world.lea)
    with pytest.raises(rules.OwnWords, match="somebody else"):
        approve(world, draft, world.tomasz)
    assert approve(world, draft, world.ana).alone is False


def test_only_those_who_may_speak_there_approve(world: World, harbour: Place) -> None:
    draft = written(world, harbour, by=world.tomasz)
    places.join(harbour, world.lea)
    assert look(world, draft, world.ana).may is False
    with pytest.raises(rules.Unfit, match="may not publish"):
        approve(world, draft, world.ana)
    for person in (world.okafor, world.partner):
        with pytest.raises(PermissionDenied):
            actions.approve(draft, by=person, seen="")
        with pytest.raises(PermissionDenied):
            actions.ask_changes(draft, "No", by=person)
    approve(world, draft, world.lea)


@pytest.mark.parametrize("how", ["suspended", "no longer of staff", "out of the account", "out of the space"])
def test_an_approval_falls_with_the_right_of_who_gave_it_and_its_author_is_told_why(
    world: World, harbour: Place, move: Callable[[float], None], how: str
) -> None:
    places.join(harbour, world.ana)
    places.join(harbour, world.lea)
    places.join(world.partners, world.lea)
    targets = (
        [Wanted(harbour.pk), Wanted(world.partners.pk)] if how == "out of the space" else [Wanted(harbour.pk)]
    )
    draft = actions.write("The ferry runs.", by=world.ana, targets=targets)
    actions.schedule(draft, ONE, "UTC", by=world.ana)
    approve(world, draft, world.lea)
    assert look(world, draft, world.ana).standing == "approved"
    events.stamp()
    events.pump()
    if how == "suspended":
        people.suspend(world.lea, by=world.ines)
    elif how == "no longer of staff":
        people.set_role(world.lea, "guest", by=world.ines)
    else:
        places.go(harbour if how == "out of the account" else world.partners, world.lea)
    review = look(world, draft, world.ana)
    assert (review.standing, review.by, review.waits) == ("lost", "Lea Brandt", True)
    events.stamp()
    events.pump()
    fell = AuditEntry.objects.get(what="publishing.approval_fell")
    assert json.loads(fell.details) == {"reason": "lost"}
    move(3600)
    work.send_due()
    assert (again(draft).state, again(draft).why) == ("paused", "review")
    assert not Dispatch.objects.exists()
    assert str(world.ana.pk) in Outbox.objects.get(kind__endswith="ApprovalMissed").payload


def test_who_is_let_in_again_has_approved_it_and_another_may_in_their_stead(
    world: World, harbour: Place
) -> None:
    draft = written(world, harbour)
    approve(world, draft, world.lea)
    people.suspend(world.lea, by=world.ines)
    assert look(world, draft, world.tomasz).standing == "lost"
    with pytest.raises(rules.NeedsApproval, match="may no longer"):
        actions.publish_now(draft, by=world.ana)
    people.restore(world.lea, by=world.ines)
    assert look(world, draft, world.tomasz).standing == "approved"
    people.suspend(world.lea, by=world.ines)
    approve(world, draft, world.tomasz)
    actions.publish_now(draft, by=world.ana)
    assert Dispatch.objects.count() == 1


def test_changes_asked_for_hold_it_until_somebody_looks_again(world: World, harbour: Place) -> None:
    draft = written(world, harbour)
    approve(world, draft, world.tomasz)
    with pytest.raises(rules.Unfit):
        actions.ask_changes(draft, " ", by=world.lea)
    actions.ask_changes(draft, "Say which ferry.", by=world.lea)
    seen = look(world, draft, world.ana)
    assert (seen.standing, seen.words, seen.by, seen.needs_me) == (
        "changes",
        "Say which ferry.",
        "Lea Brandt",
        True,
    )
    with pytest.raises(rules.NeedsApproval, match="Changes were asked for"):
        actions.publish_now(draft, by=world.ana)
    change(draft, "The ferry Hedda runs.", by=world.ana)
    assert not look(world, draft, world.lea).waits
    actions.ask_review(draft, by=world.ana)
    assert look(world, draft, world.lea).waits
    approve(world, draft, world.lea)
    assert look(world, draft, world.ana).needs_me, "her own tap sends"


def alone_in_the_house(world: World) -> None:
    for person in (world.tomasz, world.ana, world.lea):
        people.suspend(person, by=world.ines)


def test_whoever_is_alone_reads_it_again_in_peace_and_says_it_a_second_time(
    world: World, harbour: Place, move: Callable[[float], None]
) -> None:
    alone_in_the_house(world)
    draft = written(world, harbour, by=world.ines)
    assert look(world, draft, world.ines).alone is False, "nothing was asked yet"
    actions.ask_review(draft, by=world.ines)
    seen = look(world, draft, world.ines)
    assert (seen.alone, seen.needs_me) == (True, True)
    with pytest.raises(rules.ReadAgain, match="Read it once more"):
        actions.approve(draft, by=world.ines, seen=seen.fingerprint)
    actions.read_again(draft, by=world.ines, seen=seen.fingerprint)
    move(3)
    with pytest.raises(rules.ReadAgain, match="in 7 seconds"):
        actions.approve(draft, by=world.ines, seen=seen.fingerprint)
    change(draft, "The ferry stops.", by=world.ines)
    move(60)
    with pytest.raises(rules.ReadAgain, match="Read it once more"):
        approve(world, draft, world.ines)
    actions.read_again(draft, by=world.ines, seen=look(world, draft, world.ines).fingerprint)
    move(10)
    assert approve(world, draft, world.ines).alone
    assert look(world, draft, world.ines).by_themselves
    actions.publish_now(draft, by=world.ines)
    assert Dispatch.objects.count() == 1


def test_nobody_reads_alone_while_a_colleague_may_look(world: World, harbour: Place) -> None:
    people.suspend(world.tomasz, by=world.ines)
    places.join(harbour, world.ines)
    draft = written(world, harbour, by=world.ines)
    actions.ask_review(draft, by=world.ines)
    assert look(world, draft, world.ines).alone, "Ana and Lea may not speak there"
    places.join(harbour, world.lea)
    seen = look(world, draft, world.ines)
    assert seen.alone is False
    with pytest.raises(rules.OwnWords):
        actions.read_again(draft, by=world.ines, seen=seen.fingerprint)
    with pytest.raises(rules.Unfit, match="somebody else's words"):
        actions.read_again(draft, by=world.lea, seen=seen.fingerprint)


def test_admins_say_which_account_asks_and_it_is_written_down(world: World, harbour: Place) -> None:
    for person in (world.ana, world.okafor):
        with pytest.raises(PermissionDenied):
            actions.ask_for_approval(harbour, False, by=person)
    with pytest.raises(rules.Unfit):
        actions.ask_for_approval(world.town, True, by=world.ines)
    actions.ask_for_approval(harbour, False, by=world.tomasz)
    said = AuditEntry.objects.filter(what="publishing.four_eyes").order_by("id")
    assert list(said.values_list("actor", flat=True)) == [world.ines.principal_id, world.tomasz.principal_id]
    draft = written(world, harbour)
    with pytest.raises(rules.Unfit, match="can go out as it is"):
        actions.ask_review(draft, by=world.ana)
    with pytest.raises(rules.Unfit):
        actions.approve(draft, by=world.lea, seen=rules.fingerprint(Content("", ((harbour.pk, draft.text),))))
    actions.publish_now(draft, by=world.ana)
    with pytest.raises(NotAllowed):
        actions.ask_review(draft, by=world.ana)


def test_a_look_does_not_disturb_whoever_writes(world: World, harbour: Place) -> None:
    draft = written(world, harbour)
    before = again(draft).version
    approve(world, draft, world.tomasz)
    assert change(draft, "The ferry runs!", by=world.ana).version == before + 1


def test_notices_tell_whom_it_concerns_and_nobody_who_may_not_see_it(
    world: World, harbour: Place, move: Callable[[float], None]
) -> None:
    def told(person: Person) -> list[tuple[str, int | None]]:
        worker.settle()
        return [(one.kind, one.draft) for one in notices_for(world.viewer(person))]

    places.join(harbour, world.tomasz)
    places.join(harbour, world.ana)
    draft = written(world, harbour)
    actions.schedule(draft, ONE, "UTC", by=world.ana)
    assert (told(world.tomasz), told(world.lea)) == ([("to_approve", draft.pk)], [])
    actions.ask_changes(draft, "Say which.", by=world.tomasz)
    worker.settle()
    move(1)
    change(draft, "The Hedda runs.", by=world.ana, plan=(ONE, "UTC"))
    approve(world, draft, world.tomasz)
    assert [kind for kind, _ in told(world.ana)] == ["approved", "changes_asked"]
    change(draft, "The Hedda runs!", by=world.ana)
    move(3600)
    assert told(world.ana)[0] == told(world.tomasz)[0] == ("not_approved", draft.pk)
    actions.choose_targets(
        again(draft),
        [Wanted(world.partners.pk), Wanted(harbour.pk)],
        by=world.ana,
        version=again(draft).version,
    )
    assert told(world.tomasz) == [], "he does not read the partners' space"


# --- what only staff read -----------------------------------------------------------------------------------------


def test_words_of_a_note_to_staff_do_not_go_out_by_a_slip(
    world: World, harbour: Place, move: Callable[[float], None]
) -> None:
    asked = inbox.ask(world.questions, name="Grace", text="Is the 17:40 running?", ip_or_key="1")
    inbox.note(asked.case, NOTE, by=world.tomasz)
    actions.ask_for_approval(harbour, False, by=world.ines)
    draft = written(world, harbour, NOTE)
    for refused in (
        lambda: actions.schedule(draft, ONE, "UTC", by=world.ana),
        lambda: actions.publish_now(draft, by=world.ana),
    ):
        with pytest.raises(rules.HeldBack, match="note to staff only, in Questions") as held:
            refused()
        assert held.value.carried.place == "Questions"
    assert again(draft).state == "draft"
    actions.schedule(draft, ONE, "UTC", by=world.ana, said_anyway=True)
    assert AuditEntry.objects.filter(what="publishing.said_although_for_staff").count() == 1
    actions.pause(draft, by=world.ana)
    actions.resume(draft, by=world.ana)
    with pytest.raises(rules.HeldBack):
        change(draft, f"{NOTE} We hear.", by=world.ana)
    assert again(draft).text == NOTE
    change(draft, "All boats run.", by=world.ana)
    inside = actions.write(NOTE, by=world.ana, targets=[Wanted(world.staff_room.pk)])
    assert actions.publish_now(inside, by=world.ana).state == "done"


def test_the_guard_looks_before_anybody_is_asked(world: World, harbour: Place) -> None:
    asked = inbox.ask(world.questions, name="Grace", text="Is the 17:40 running?", ip_or_key="1")
    inbox.note(asked.case, NOTE, by=world.tomasz)
    draft = written(world, harbour, NOTE)
    with pytest.raises(rules.HeldBack):
        actions.ask_review(draft, by=world.ana)
    actions.ask_review(draft, by=world.ana, said_anyway=True)
    approve(world, draft, world.tomasz)
    actions.publish_now(draft, by=world.ana)


# --- whatever is done, in whatever order --------------------------------------------------------------------------

TEXTS = ("The ferry runs.", "The ferry tuns.", "No ferry today.")
TIMES = ("2026-11-23T13:00", "2026-11-23T14:00")
STEP = st.tuples(
    st.sampled_from(
        ("change", "approve", "approve", "schedule", "now", "back", "unplan", "ask", "changes", "wait")
    ),
    st.integers(0, 2),
    st.integers(0, 2),
)


@given(steps=st.lists(STEP, min_size=3, max_size=14))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
def test_no_order_of_steps_lets_out_a_text_that_nobody_else_approved(
    world: World, harbour: Place, steps: list[tuple[str, int, int]]
) -> None:
    """Told apart from the room: who worded a text, who said yes to which words for which time, and what then left."""
    with clock.stopped_at(NOON) as move:
        told = Told(world, harbour, move)
        for what, who, which in steps:
            with suppress(
                rules.Unfit, rules.OwnWords, rules.StaleDraft, rules.TooLate, NotAllowed, PermissionDenied
            ):
                told.step(what, who, which)
            told.check()


class Told:
    """A draft in the hands of three colleagues, and what was really said about it."""

    def __init__(self, world: World, harbour: Place, move: Callable[[float], None]) -> None:
        self.world, self.move = world, move
        self.people = (world.ana, world.lea, world.tomasz)
        self.draft = written(world, harbour, TEXTS[0])
        self.worded = world.ana.pk
        self.yes: set[tuple[str, str]] = set()
        self.known = set(Dispatch.objects.values_list("pk", flat=True))
        self.planned = ""

    def step(self, what: str, who: int, which: int) -> None:
        by, row = self.people[who], again(self.draft)
        if what == "change":
            actions.change(row, TEXTS[which], by=by, version=row.version)
            self.worded = by.pk if row.text != TEXTS[which] else self.worded
        elif what == "approve":
            self._approve(row, by)
        elif what == "schedule":
            actions.schedule(row, TIMES[which % 2], "UTC", by=by)
        elif what == "now":
            self.planned = ""
            actions.publish_now(row, by=by)
        elif what == "wait":
            self.planned = row.goes_at_local
            self.move(1800.0 * (which + 1))
            work.send_due()
        else:
            self._rest(what, row, by)

    def _rest(self, what: str, row: Draft, by: Person) -> None:
        if what == "back":
            actions.take_back(row, by=by)
        elif what == "unplan":
            actions.plan_back(row, by=by)
        elif what == "ask":
            actions.ask_review(row, by=by)
        else:
            actions.ask_changes(row, "Otherwise.", by=by)
            self.yes.clear()

    def _approve(self, row: Draft, by: Person) -> None:
        line = queries.draft_for(self.world.viewer(by), row.pk)
        if line is not None and line.review is not None:
            actions.approve(row, by=by, seen=line.review.fingerprint)
            assert by.pk != self.worded
            self.yes = {(row.text, row.goes_at_local)}

    def check(self) -> None:
        for dispatch in Dispatch.objects.exclude(pk__in=self.known):
            self.known.add(dispatch.pk)
            assert (dispatch.content["text"], self.planned) in self.yes
