"""The hub: whom a hint wakes, how often, and what becomes of readers who do not keep up."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from colonnade.core.push import cursors
from colonnade.core.push.tokens import Channels
from colonnade.live import interests
from colonnade.live.client import Client
from colonnade.live.hub import Hub
from colonnade.live.pace import Pace
from colonnade.live.rows import Heard, Row
from colonnade.primitives import clock
from tests.doors.streaming import Parser, Said

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class Line:
    """A line whose reader falls behind and catches up when the test says so."""

    def __init__(self) -> None:
        self.parser = Parser()
        self.over = False
        self.congested = False
        self.was_cut = False
        self._on_pause: Callable[[], None] = lambda: None
        self._on_relief: Callable[[], None] = lambda: None

    def attend(self, on_pause: Callable[[], None], on_relief: Callable[[], None]) -> None:
        self._on_pause, self._on_relief = on_pause, on_relief

    def narrow(self, write_buffer: int, socket_buffer: int) -> None:
        assert 0 < write_buffer <= 65536
        assert 0 < socket_buffer <= 65536

    def write(self, body: bytes) -> None:
        assert not self.congested, "a write would wait for its reader"
        assert not self.over, "nothing may follow the end"
        self.parser.feed(body)

    def cut(self) -> None:
        self.was_cut = True

    def fall_behind(self) -> None:
        self.congested = True
        self._on_pause()

    def catch_up(self) -> None:
        self.congested = False
        self._on_relief()


class Browser:
    """A reader of one stream."""

    def __init__(self, hub: Hub, query: str, audiences: set[int], **token: Any) -> None:
        self.line = Line()
        self.parser = self.line.parser
        channels = Channels(
            token.get("principal", 1), token.get("epoch", 0), None, token.get("session", "s"),
            token.get("expires", clock.now_s() + 300),
        )  # fmt: skip
        keys = interests.read(query).keys
        self.client = Client(
            channels, frozenset(audiences), keys, self._take, self.line, token.get("address", "")
        )
        hub.join(self.client)
        if not token.get("waits"):
            hub.begin(self.client, [])

    async def _take(self, message: dict[str, Any]) -> None:
        self.line.write(message["body"])
        self.line.over = not message["more_body"]

    @property
    def over(self) -> bool:
        return self.line.over

    @property
    def heard(self) -> list[Said]:
        return self.parser.events

    def places(self) -> list[tuple[Any, ...]]:
        """All that it was told to look at, in order."""
        return [
            tuple(None if hint[name] is None else int(hint[name] or 0) for name in ("place", "conversation", "watch"))
            for said in self.heard
            if said.kind == "hint"
            for hint in said.hints
        ]  # fmt: skip


class Time:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def row(seq: int, *hints: Heard) -> Row:
    return Row(seq, hints)


def run(story: Coroutine[Any, Any, None]) -> None:
    with clock.stopped_at(NOON):
        asyncio.run(story)


async def settle() -> None:
    """Let everything that is ready on the loop happen."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_hint_reaches_those_of_its_audience_who_show_that_place() -> None:
    async def story() -> None:
        hub = Hub()
        shows = Browser(hub, "place=5", {1, 2})
        elsewhere = Browser(hub, "place=6", {1, 2})
        outside = Browser(hub, "place=5&all=1", {2, 3})
        everything = Browser(hub, "all=1", {1})
        await hub.publish([row(1, (1, 5, 7, None))])
        assert shows.places() == everything.places() == [(5, 7, None)]
        assert elsewhere.heard == outside.heard == []

    run(story())


def test_ids_are_strings_and_the_number_of_the_row_never_shows() -> None:
    async def story() -> None:
        hub = Hub()
        browser = Browser(hub, "conversation=9007199254740993", {1})
        await hub.publish([row(987_654_321, (1, 5, 9007199254740993, None))])
        (said,) = browser.heard
        assert json.loads(said.data) == {"place": "5", "conversation": "9007199254740993", "watch": None}
        assert cursors.open_(said.id) == 987_654_321
        assert "987654321" not in said.id + said.data

    run(story())


def test_nobody_learns_of_a_watch_that_they_did_not_name() -> None:
    async def story() -> None:
        hub = Hub()
        owner = Browser(hub, "watch=40", {1})
        other = Browser(hub, "all=1", {1})
        await hub.publish([row(1, (1, None, None, 40))])
        assert owner.places() == [(None, None, 40)]
        assert other.heard == []
        await hub.publish([row(2, (1, 5, 6, 41))])
        assert other.places() == [(5, 6, None)]

    run(story())


def test_hints_of_one_moment_are_one_event() -> None:
    async def story() -> None:
        hub = Hub()
        browser = Browser(hub, "all=1", {1})
        await hub.publish([row(1, (1, 5, 6, None), (1, 5, 6, None)), row(2, (1, 5, 7, None))])
        (said,) = browser.heard
        assert json.loads(said.data) == {
            "place": "5",
            "conversation": None,
            "watch": None,
            "parts": [
                {"place": "5", "conversation": "6", "watch": None},
                {"place": "5", "conversation": "7", "watch": None},
            ],
        }
        assert cursors.open_(said.id) == 2

    run(story())


def test_too_many_hints_become_look_everywhere() -> None:
    async def story() -> None:
        hub = Hub(Pace(merged=4))
        at_once, bit_by_bit = Browser(hub, "all=1", {1}), Browser(hub, "all=1", {2})
        bit_by_bit.line.fall_behind()
        await hub.publish([row(1, *((1, 5, n, None) for n in range(1, 6)))])
        for n in range(2, 8):
            await hub.publish([row(n, (2, 5, n, None))])
        bit_by_bit.line.catch_up()
        await settle()
        for browser in (at_once, bit_by_bit):
            (said,) = browser.heard
            assert json.loads(said.data) == {"place": None, "conversation": None, "watch": None, "many": True}

    run(story())


def test_a_stream_hears_at_most_four_hints_a_second_and_loses_none() -> None:
    async def story() -> None:
        now = Time()
        hub = Hub(Pace(flush_gap_s=0.25, merged=100), now)
        browser = Browser(hub, "all=1", {1})
        sent_at: list[float] = []
        write = browser.line.write

        def note(body: bytes) -> None:
            sent_at.append(now.at)
            write(body)

        browser.line.write = note  # type: ignore[method-assign]
        for step in range(1, 101):  # 100 posts in one second
            await hub.publish([row(step, (1, 5, step, None))])
            now.at += 0.01
            await pass_time(hub, now)
        for _ in range(30):
            now.at += 0.01
            await pass_time(hub, now)
        assert len(sent_at) <= 5
        assert all(later - earlier >= 0.25 - 1e-9 for earlier, later in itertools.pairwise(sent_at))
        assert [place[1] for place in browser.places()] == list(range(1, 101))

    run(story())


async def pass_time(hub: Hub, now: Time) -> None:
    """Do what the loop's timers would have done by now."""
    for grain in [grain for grain in hub._later if grain * 0.01 <= now.at]:
        hub._flush_later(grain)
    await settle()


def test_every_hint_is_told_once_to_everyone_it_concerns_and_to_nobody_else() -> None:
    """Random hints and readers beside an oracle that goes through all of them."""

    async def story(chance: random.Random) -> None:
        hub = Hub(Pace(flush_gap_s=0, merged=10_000))
        browsers = []
        for _ in range(40):
            names = chance.sample(["place", "conversation", "watch"], chance.randint(1, 3))
            query = "&".join(f"{name}={chance.randint(1, 6)}" for name in names)
            query += chance.choice(["", "", "&all=1"])
            browsers.append((Browser(hub, query, set(chance.sample(range(1, 9), 3))), query.split("&")))
        told = {id(browser): set[tuple[Any, ...]]() for browser, _ in browsers}
        for seq in range(1, 200):
            heard: Heard = (
                chance.randint(1, 8),
                *(chance.choice([None, chance.randint(1, 6)]) for _ in range(3)),
            )  # type: ignore[assignment]
            await hub.publish([row(seq, heard)])
            audience, place, conversation, watch = heard
            for browser, fields in browsers:
                if audience in browser.client.audiences:
                    if f"watch={watch}" in fields:
                        told[id(browser)].add((place, conversation, watch))
                    shown = {f"place={place}", f"conversation={conversation}"} & set(fields)
                    if shown or ("all=1" in fields and (place or conversation or not watch)):
                        told[id(browser)].add((place, conversation, None))
        for browser, _ in browsers:
            assert set(browser.places()) == told[id(browser)]

    for seed in range(10):
        run(story(random.Random(seed)))


def test_nothing_is_said_before_the_backlog_and_nothing_twice_after_it() -> None:
    async def story() -> None:
        hub = Hub()
        await hub.publish([row(n, (1, 5, n, None)) for n in range(1, 4)])
        browser = Browser(hub, "all=1", {1}, waits=True)
        await hub.publish([row(4, (1, 5, 4, None))])
        assert browser.heard == []
        hub.begin(browser.client, hub.recent(after=1, until=4))
        await settle()
        (said,) = browser.heard
        assert sorted(place[1] for place in browser.places()) == [2, 3, 4]
        assert cursors.open_(said.id) == 4

    run(story())


def test_a_backlog_is_filtered_as_what_comes_live_is() -> None:
    async def story() -> None:
        hub = Hub()
        missed = [
            row(1, (1, 5, 6, 40)),
            row(2, (2, 5, 7, None)),
            row(3, (1, 8, 9, None)),
            row(4, (1, 5, 6, 41)),
        ]
        browser = Browser(hub, "place=5&watch=41", {1}, waits=True)
        hub.begin(browser.client, missed)
        await settle()
        assert sorted(browser.places(), key=str) == [(5, 6, 41), (5, 6, None)]

    run(story())


def test_a_row_heard_twice_wakes_once() -> None:
    async def story() -> None:
        hub = Hub(Pace(flush_gap_s=0))
        browser = Browser(hub, "all=1", {1})
        await hub.publish([row(1, (1, 5, 6, None))])
        await hub.publish([row(1, (1, 5, 6, None)), row(2)])
        assert len(browser.heard) == 1
        assert hub.position == 2

    run(story())


def test_heartbeats_carry_a_newer_cursor_and_wake_nobody() -> None:
    async def story() -> None:
        hub = Hub(Pace(beat_s=3))
        browsers = [Browser(hub, "place=5", {1}) for _ in range(6)]
        await hub.publish([row(71, (9, 1, 1, None))])
        for _ in range(3):
            await hub.tick()
        for browser in browsers:
            assert browser.heard == []
            assert cursors.open_(browser.parser.last_id) == 71
        first = browsers[0].parser.last_id
        for _ in range(3):
            await hub.tick()
        assert browsers[0].parser.last_id != first, "that nothing happened must not show either"

    run(story())


def test_a_heartbeat_never_moves_the_cursor_past_what_is_unsaid() -> None:
    async def story() -> None:
        now = Time()
        hub = Hub(Pace(beat_s=1), now)
        browser = Browser(hub, "all=1", {1})
        await hub.publish([row(1, (1, 5, 6, None))])
        await hub.publish([row(2, (1, 5, 7, None))])  # too soon after the first: it waits
        await hub.tick()
        assert cursors.open_(browser.parser.last_id) == 1
        assert len(browser.heard) == 1

    run(story())


def test_a_stream_asks_for_a_new_token_before_the_old_one_ends_and_says_first_what_is_unsaid() -> None:
    async def story() -> None:
        hub = Hub(Pace(beat_s=1), Time())
        browser = Browser(hub, "all=1", {1}, expires=clock.now_s() + 44)
        await hub.publish([row(1, (1, 5, 6, None))])
        await hub.publish([row(2, (1, 5, 7, None))])
        await hub.tick()
        assert [said.kind for said in browser.heard] == ["hint", "hint", "renew"]
        assert browser.over
        assert len(hub) == 0
        assert cursors.open_(browser.heard[-1].id) == 2

    run(story())


def test_a_token_outlives_a_round_of_heartbeats_by_a_good_margin() -> None:
    pace = Pace()
    assert pace.renew_before_s > pace.beat_s * pace.tick_s + 10


def test_a_stream_of_a_brief_token_ends_with_it_and_not_at_the_next_heartbeat() -> None:
    async def story() -> None:
        hub = Hub()
        brief = Browser(hub, "all=1", {1}, expires=clock.now_s() + 0.02)
        over = Browser(hub, "all=1", {1}, expires=clock.now_s())
        longer = Browser(hub, "all=1", {1}, expires=clock.now_s() + 30)
        await hub.tick()
        assert [browser.over for browser in (brief, over, longer)] == [False, False, False]
        async with asyncio.timeout(30):
            while not brief.over:
                await asyncio.sleep(0.01)
        assert [said.kind for said in brief.heard] == [said.kind for said in over.heard] == ["renew"]
        for _ in range(hub.pace.beat_s):
            await hub.tick()
        assert not longer.over, "asked for earlier, another token would be as brief"

    run(story())


def test_who_is_revoked_hears_nothing_more_but_the_end() -> None:
    async def story() -> None:
        now = Time()
        hub = Hub(Pace(), now)
        browser = Browser(hub, "all=1", {1})
        await hub.publish([row(1, (1, 5, 6, None))])
        await hub.publish([row(2, (1, 5, 7, None))])
        await hub.revoke(browser.client)
        now.at += 1
        await pass_time(hub, now)
        await hub.publish([row(3, (1, 5, 8, None))])
        assert [said.kind for said in browser.heard] == ["hint", "end"]
        assert browser.over
        assert cursors.open_(browser.parser.last_id) == 1, "what was unsaid is caught up after the new token"

    run(story())


def test_a_stuck_reader_holds_up_nobody_and_keeps_one_small_set() -> None:
    async def story() -> None:
        hub = Hub(Pace(flush_gap_s=0))
        stuck, swift = Browser(hub, "all=1", {1}), Browser(hub, "all=1", {1})
        stuck.line.fall_behind()
        for n in range(1, 2001):
            await hub.publish([row(n, (1, 5, n, None))])
        assert len(swift.heard) == 2000
        assert stuck.heard == []
        assert stuck.client.unsaid is not None
        assert len(stuck.client.unsaid) <= hub.pace.merged
        stuck.line.catch_up()
        await settle()
        (said,) = stuck.heard
        assert cursors.open_(said.id) == 2000

    run(story())


def test_a_reader_stuck_for_ten_seconds_is_cut_with_a_marker_or_else_without() -> None:
    async def story() -> None:
        now = Time()
        hub = Hub(Pace(), now)
        slow, dead = Browser(hub, "all=1", {1}), Browser(hub, "all=1", {1})
        for browser in (slow, dead):
            browser.line.fall_behind()
        now.at += 9
        await hub.tick()
        assert len(hub) == 2
        now.at += 2
        await hub.tick()
        assert len(hub) == 0
        slow.line.catch_up()
        await settle()
        assert [said.kind for said in slow.heard] == ["cut"]
        assert slow.over
        assert not slow.line.was_cut
        assert slow.parser.last_id == "", "a cut moves no cursor"
        now.at += 5
        await hub.tick()
        assert dead.line.was_cut
        assert dead.heard == []

    run(story())


def test_a_revoked_reader_that_is_stuck_is_cut_at_once() -> None:
    async def story() -> None:
        hub = Hub()
        browser = Browser(hub, "all=1", {1})
        browser.line.fall_behind()
        await hub.revoke(browser.client)
        assert browser.line.was_cut
        assert len(hub) == 0

    run(story())


def test_who_joins_an_audience_late_is_woken_for_it() -> None:
    async def story() -> None:
        hub = Hub(Pace(flush_gap_s=0))
        inside, outside = (Browser(hub, "all=1", {1}, principal=principal) for principal in (4, 5))
        hub.admit(77, [4])
        await hub.publish([row(1, (77, 5, 6, None))])
        assert len(inside.heard) == 1
        assert outside.heard == []
        await hub.publish([row(2, (1, 5, 6, None))])
        assert len(inside.heard) == 2
        assert len(outside.heard) == 1

    run(story())


def test_one_viewer_and_one_address_open_only_so_many() -> None:
    async def story() -> None:
        hub = Hub(Pace(per_principal=2, per_address=3))
        channels = Channels(4, 0, None, "s", 0)
        nobody = Channels(6, 0, None, "", 0)
        browsers = [Browser(hub, "all=1", {1}, principal=4, address="192.0.2.1") for _ in range(2)]
        assert not hub.has_room_for(channels, "192.0.2.2")
        assert hub.has_room_for(nobody, "192.0.2.1")
        Browser(hub, "all=1", {1}, principal=6, session="", address="192.0.2.1")
        assert not hub.has_room_for(nobody, "192.0.2.1")
        assert hub.has_room_for(nobody, "")
        hub.leave(browsers[0].client)
        hub.leave(browsers[0].client)
        assert hub.has_room_for(channels, "192.0.2.1")

    run(story())


@pytest.mark.parametrize("how", ["leave", "revoke", "renew", "drop"])
def test_nothing_is_kept_of_those_who_left(how: str) -> None:
    async def story() -> None:
        hub = Hub()
        browsers = [
            Browser(hub, f"place={n}", {1, n}, principal=n, address="192.0.2.9") for n in range(1, 30)
        ]
        for browser in browsers:
            done = getattr(hub, how)(browser.client)
            if done is not None:
                await done
        assert len(hub) == 0
        assert not (hub._by_principal)
        assert not (hub._addresses)
        assert not (hub._index._groups)
        assert not (hub._index._by_audience)

    run(story())
