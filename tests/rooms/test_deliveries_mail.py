"""Letters: a real relay on loopback that takes, refuses, delays, and hangs up at the worst moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from colonnade.conversations.models import Post
from colonnade.deliveries import actions, queries
from colonnade.deliveries.models import Attempt, Delivery, Lane
from colonnade.deliveries.types import Patience
from colonnade.networks.base import Author, Outgoing
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.primitives import clock
from tests.rooms.pretend_town import account_of, again, deliver, free_port, run_errands

pytestmark = pytest.mark.django_db
QUICK = Patience(quiet_s=0.0)


class Relay:
    """Keeps what it took; `answers` are given to the next letters instead of a plain yes, "cut" hangs up after taking."""

    port = 0

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.answers: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's)
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "cut before":
            server.transport.close()
            return "421 gone"
        if answer.startswith(("250", "cut")):
            self.taken.append(envelope.content)
        if answer == "cut":
            server.transport.close()
        return answer

    def message_ids(self) -> list[str]:
        """Of what was taken."""
        return [str(message_from_bytes(one)["Message-ID"]) for one in self.taken]


@pytest.fixture
def relay() -> Iterator[Relay]:
    kept = Relay()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    kept.port = controller.port
    try:
        yield kept
    finally:
        controller.stop()


@pytest.fixture
def desk(relay: Any) -> Place:
    return places.add_account(
        "mail",
        "desk@portalder.example",
        name="Desk",
        credentials={"host": "127.0.0.1", "port": relay.port, "tls": "none", "timeout_s": 5.0},
        identity=Author(network="mail", address="desk@portalder.example", name="Desk", proof="signed"),
    )


@pytest.fixture
def move() -> Iterator[Callable[[float], None]]:
    with clock.stopped_at(clock.now()) as moved:
        yield moved


def write(desk: Place, text: str, to: str = "okafor@example.org") -> Delivery:
    """A letter to somebody."""
    made = actions.dispatch(
        Outgoing(text=text, title="Your question"),
        place=desk,
        scope=places.default_scope(desk),
        targets=[actions.letter_to(account_of(desk), to)],
        undo_s=0,
    )
    return Delivery.objects.get(dispatch=made)


def test_a_letter_is_handed_over_once_and_stands_here(relay: Relay, desk: Place) -> None:
    delivery = write(desk, "The ferry leaves at nine.")
    deliver()
    delivery = again(delivery)
    assert delivery.state == "sent"
    [message] = [message_from_bytes(one) for one in relay.taken]
    assert message["To"] == "okafor@example.org"
    assert delivery.remote_id.strip("<>") == str(message["Message-ID"]).strip("<>")
    assert Post.objects.get(pk=delivery.post_id).said.text == "The ferry leaves at nine."


def test_a_lost_answer_leads_to_one_repeat_with_the_same_name(
    relay: Relay, desk: Place, move: Callable[[float], None]
) -> None:
    relay.answers = ["cut"]
    delivery = write(desk, "Perhaps twice.")
    deliver(QUICK)
    assert again(delivery).state == "uncertain"
    move(60)
    run_errands(QUICK)
    delivery = again(delivery)
    assert (delivery.state, delivery.maybe_twice) == ("sent", True)
    assert "may have arrived twice" in queries.in_words(delivery)
    first, second = relay.message_ids()
    assert first == second
    assert relay.taken[0] == relay.taken[1]


def test_after_a_second_lost_answer_a_person_is_asked_and_nothing_more_is_sent(
    relay: Relay, desk: Place, move: Callable[[float], None]
) -> None:
    relay.answers = ["cut", "cut"]
    delivery = write(desk, "Perhaps twice.")
    deliver(QUICK)
    for _ in range(6):
        move(3600)
        deliver(QUICK)
        run_errands(QUICK)
    delivery = again(delivery)
    assert delivery.state == "uncertain"
    assert queries.needs_person(delivery)
    assert len(relay.taken) == 2
    assert [one.outcome for one in Attempt.objects.filter(delivery=delivery)] == ["unknown", "unknown"]


def test_when_a_person_knows_that_it_arrived_it_stands_here_as_well(relay: Relay, desk: Place) -> None:
    relay.answers = ["cut"]
    delivery = write(desk, "They rang to thank us.")
    deliver(QUICK)
    actions.settle(delivery, "confirmed", by=_staff())
    assert Post.objects.get(pk=again(delivery).post_id).said.text == "They rang to thank us."


def test_a_refused_recipient_is_the_end(relay: Relay, desk: Place) -> None:
    relay.answers = ["550 No such person"]
    delivery = write(desk, "To nobody.")
    deliver()
    delivery = again(delivery)
    assert (delivery.state, relay.taken) == ("failed", [])
    assert "No such person" in delivery.last_error


def test_one_letter_that_must_wait_does_not_hold_up_the_others(
    relay: Relay, desk: Place, move: Callable[[float], None]
) -> None:
    relay.answers = ["451 Come back later"]
    first = write(desk, "Greylisted.")
    move(1)
    write(desk, "To somebody else.", to="ferry@example.org")
    deliver()
    assert len(relay.taken) == 1
    assert Lane.objects.get(account=desk.pk).not_before is None
    move(60)
    deliver()
    assert again(first).state == "sent"
    assert len(relay.taken) == 2


def test_a_relay_that_is_away_loses_nothing(desk: Place, relay: Any, move: Callable[[float], None]) -> None:
    credentials = {"host": "127.0.0.1", "tls": "none", "timeout_s": 5.0}
    ana = _staff()
    places.renew_credentials(desk, {**credentials, "port": 1}, by=ana)
    delivery = write(desk, "Patience.")
    deliver()
    assert again(delivery).state == "waiting"
    places.renew_credentials(desk, {**credentials, "port": relay.port}, by=ana)
    move(60)
    deliver()
    assert len(relay.taken) == 1


def test_a_relay_that_wants_another_password_pauses_the_account(desk: Place, relay: Relay) -> None:
    relay.answers = ["535 Authentication failed"]
    delivery = write(desk, "Wrong password.")
    deliver()
    assert again(delivery).state == "waiting"
    assert [lane.account_id for lane in queries.paused()] == [desk.pk]
    actions.resume(account_of(desk), by=_staff())
    deliver()
    assert again(delivery).state == "sent"


def _staff() -> Any:
    from colonnade.people import actions as people
    from colonnade.people.models import Role

    return people.meet("Ines Moreau", role=Role.OWNER, handle="ines")
