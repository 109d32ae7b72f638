"""Whatever the description of the API allows, and much that it does not, is answered as described; nothing answers 500."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.core import worker
from colonnade.deliveries.models import Delivery
from colonnade.inbox import actions as inbox
from colonnade.listening import actions as listening
from colonnade.networks import base
from colonnade.places import actions as places
from tests.doors.programs import Program
from tests.world import World

pytestmark = pytest.mark.django_db

EXAMPLES = 10
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
PERMISSIONS = ("read", "write", "cases", "admin")


def real_ids(world: World) -> dict[str, str]:
    """Something that is there, for each name under which an id stands in an address or a body."""
    account = places.add_account(
        "pretend",
        "pretend://town",
        name="Port Alder",
        credentials={},
        identity=base.Author(network="pretend", address="harbour@town"),
    )
    watch = listening.add_watch("Ferry", "ferry", by=world.ines, opens_case=True)
    (post,) = conversations.receive(account, [world.incoming("Is the ferry late?")]).posts
    worker.settle()
    talk = conversation_queries.said_of([post])[0].conversation
    case = inbox.open_case(conversation_queries.conversation_by_id(talk))
    inbox.reply(case, "No", by=world.ines, undo_s=600)
    inbox.ask(world.questions, name="Mrs Okafor", text="When?", ip_or_key="x")
    ids = {
        "place": world.town.pk,
        "account": account.pk,
        "feed": world.wire.pk,
        "conversation": world.start(world.town, "Ferry", by=world.ines)[0].pk,
        "post": post,
        "case": case.pk,
        "delivery": Delivery.objects.get().pk,
        "watch": watch.pk,
        "list_id": listening.add_list("boats", "ferry", by=world.ines).pk,
        "aim": places.set_aim("Ferries are on time", owner=world.ines, by=world.ines).pk,
        "to": world.ana.pk,
        "owner": world.ines.pk,
        "author": world.identity(world.ines).pk,
        "reply_to": post,
        "seen_post": post,
    }
    return {name: str(pk) for name, pk in ids.items()}


def with_real_ids(values: Any, ids: dict[str, str]) -> Any:
    """The same values, with ids of things that are there in place of made-up ones."""
    if not isinstance(values, dict):
        return values
    return {name: ids[name] if name in ids and value is not None else value for name, value in values.items()}


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A request neither begins nor ends with a new connection: it stands inside the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
def test_nothing_that_programs_send_breaks_the_api(capsys: pytest.CaptureFixture[str]) -> None:
    world = World.make()
    ids = real_ids(world)
    schema = schemathesis.openapi.from_wsgi("/rest/openapi.json", get_wsgi_application())
    answers: Counter[int] = Counter()
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
    for operation in operations:
        for mode in MODES:
            # Each with a token of its own, so that none is told to wait for what others did.
            token = Program(world.ines, *PERMISSIONS).token
            ask_in_all_ways(operation.as_strategy(generation_mode=mode), token, ids, answers)
    with capsys.disabled():
        told = ", ".join(f"{status}: {count}" for status, count in sorted(answers.items()))
        print(f"\nREST: {len(operations)} operations, {answers.total()} answers ({told})", end="")
    assert len(operations) >= 30
    assert {200, 201, 404, 422} <= answers.keys()
    assert not {status for status in answers if status >= 500}


def ask_in_all_ways(cases: Any, token: str, ids: dict[str, str], answers: Counter[int]) -> None:
    """Send what the strategy draws, with made-up ids and with real ones."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, real=st.booleans())
    def answers_as_described(case: Any, real: bool) -> None:
        if real:
            case.path_parameters = with_real_ids(case.path_parameters, ids)
            case.query = with_real_ids(case.query, ids)
            case.body = with_real_ids(case.body, ids)
        response = case.call(headers={"Authorization": f"Bearer {token}"})
        answers[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    answers_as_described()
