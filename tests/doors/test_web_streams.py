"""A stream is added where feeds are, for staff alone."""

from __future__ import annotations

import pytest

from colonnade.networks import streams
from colonnade.places.models import Source
from colonnade.places.queries import terms_of_place
from colonnade.places.rules import STAFF_ONLY
from tests.doors.web_visits import text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_stream_is_added_by_its_word_where_feeds_are_and_by_admins_alone() -> None:
    world = World.make()
    assert visitor(world.lea).post("/places/feeds", {"address": "bluesky"}).status_code in (403, 404)
    admin = visitor(world.ines)
    for asked in ("bluesky", "#ferry@mastodon.example"):
        assert admin.post("/places/feeds", {"address": asked})["Location"] == "/places"
    added = Source.objects.filter(connector__in=("jetstream", "mastodon_streaming")).select_related("place")
    assert {one.address for one in added} == {streams.BLUESKY, "https://mastodon.example/tags/ferry"}
    assert all(terms_of_place(one.place) == STAFF_ONLY for one in added)
    assert "#ferry on mastodon.example" in text_of(admin.get("/places"))
