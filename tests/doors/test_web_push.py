"""The cookie that opens the push stream: for whom, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from colonnade.access import actions as access
from colonnade.access.types import STAFF
from colonnade.core.push import tokens
from colonnade.places import actions as places
from colonnade.primitives import clock
from tests.doors.web_visits import visitor
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def channels_of(answer: Any) -> tokens.Channels:
    opened = tokens.open_(answer.cookies[tokens.COOKIE].value)
    assert opened is not None
    return opened


def test_a_stream_may_last_until_the_first_thing_that_its_viewer_holds_ends(world: World) -> None:
    with clock.stopped_at(clock.now()) as move:
        ends = clock.now() + timedelta(seconds=90)
        places.join(world.partners, world.okafor, expires_at=ends)
        access.hold(world.okafor.principal_id, STAFF, until=ends + timedelta(seconds=200))
        seen = world.viewer(world.okafor)
        assert seen.until == ends
        client = visitor(world.okafor)
        page = client.get("/places")
        assert channels_of(page).expires == ends.timestamp()
        assert page.cookies[tokens.COOKIE]["max-age"] == 90
        move(80)
        assert channels_of(client.post("/live/token")).expires == ends.timestamp()
        move(10.5)  # the membership is over: the next stream is one without it
        again = channels_of(client.post("/live/token"))
        assert again.expires == (ends + timedelta(seconds=200)).timestamp()
        assert again.audiences == world.viewer(world.okafor).audiences < seen.audiences


def test_a_stream_of_somebody_whose_rights_have_no_end_lasts_as_long_as_any(world: World) -> None:
    with clock.stopped_at(clock.now()):
        page = visitor(world.ana).get("/places")
        assert channels_of(page).expires == pytest.approx(clock.now_s() + tokens.LIFETIME_S)
